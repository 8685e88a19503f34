"""What is chosen of options: pairs of an option and its value, kept apart from the options, which few need to load."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from prodstock.errors import InvalidValueError, paired
from prodstock.master.codes import code

Choices: TypeAlias = tuple[tuple[str, str], ...]
"""Options with the value chosen of each, by name: pairs, so that they hash and compare by content."""


ChosenOptions: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""What somebody chooses of options, as it is given."""


def choices(values: ChosenOptions) -> Choices:
    """Return options with the value chosen of each, by name.

    Raises:
        InvalidTypeError: if it is no mapping of texts.
        InvalidValueError: if a name or value is no code, or an option is named twice.

    >>> choices({"plug": "UK", "case": "yes"})
    (('case', 'yes'), ('plug', 'UK'))
    """
    if values == ():
        return ()
    given = paired(values, "options")
    found = {code(name, "options"): code(value, "options") for name, value in given.items()}
    if len(found) < len(given):
        raise InvalidValueError(field="options", value=sorted(given)[:10], reason="name one twice")
    return tuple(sorted(found.items()))
