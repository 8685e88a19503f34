"""Codes: the names by which definitions refer to each other, in one normal form."""

from collections.abc import Iterable
from typing import NewType
from unicodedata import normalize

from prodstock.errors import InvalidTypeError, InvalidValueError, listed

ItemCode = NewType("ItemCode", str)
SiteCode = NewType("SiteCode", str)

MAIN = SiteCode("MAIN")
"""The site that always exists, and that is meant where none is named."""

LONGEST = 100


def code(value: str, field: str = "code") -> str:
    """Return a code in its normal form: NFKC, printable, without surrounding blanks, of 1 to 100 characters.

    Two spellings that print alike by compatibility (full-width and plain letters) become one code. Letters of
    different scripts that merely look alike stay different. Case is kept and matters.

    Raises:
        InvalidTypeError: if the value is no text.
        InvalidValueError: if it is empty, too long, not printable or has blanks around it.

    >>> code("\uff2d\uff29\uff23")
    'MIC'
    """
    if not isinstance(value, str):
        raise InvalidTypeError(field=field, value=value, reason="is no text", advice="Give a code as a str")
    plain = str.__str__(value)
    if len(plain) <= LONGEST and not plain.isascii():
        plain = normalize("NFKC", plain)
    if 0 < len(plain) <= LONGEST and plain.isprintable() and plain[0] != " " and plain[-1] != " ":
        return plain
    raise _refusal(plain, field)


def _refusal(value: str, field: str) -> InvalidValueError:
    if not value.strip():
        return InvalidValueError(field=field, value=value, reason="is empty")
    if len(value) > LONGEST:
        return InvalidValueError(field=field, value=value, reason=f"is longer than {LONGEST} characters")
    if value != value.strip():
        return InvalidValueError(field=field, value=value, reason="has blanks around it", advice="Strip it")
    return InvalidValueError(
        field=field,
        value=value,
        reason="has characters that do not print",
        advice="Remove them: two codes must not look alike",
    )


def optional_code(value: str | None, field: str = "code") -> str | None:
    """Return a code in its normal form, or None for none."""
    return None if value is None else code(value, field)


def codes(values: Iterable[str], field: str = "codes") -> tuple[str, ...]:
    """Return codes in their normal form, in the order given; a bare text is refused, since it is one code.

    >>> codes(["label", "packaging"])
    ('label', 'packaging')
    """
    if isinstance(values, str):
        raise InvalidTypeError(field=field, value=values, reason="is one text, not several codes", advice="Give a list")
    return tuple([code(value, field) for value in listed(values, field)])


LONGEST_TEXT = 2_000


def text(value: str, field: str = "text") -> str:
    """Return a free text as it is kept: NFC, of at most 2,000 characters that print; it may have lines.

    Raises:
        InvalidTypeError: if the value is no text.
        InvalidValueError: if it is too long or does not print.

    >>> text("see page 3", "evidence")
    'see page 3'
    """
    if not isinstance(value, str):
        raise InvalidTypeError(field=field, value=value, reason="is no text", advice="Give a str; empty for none")
    plain = str.__str__(value)
    if len(plain) > LONGEST_TEXT:
        advice = "Say it shorter, and keep the rest in a document"
        raise InvalidValueError(
            field=field, value=value, reason=f"is longer than {LONGEST_TEXT} characters", advice=advice
        )
    if not plain.isascii():
        plain = normalize("NFC", plain)
    if not plain.isprintable() and not plain.translate(_BREAKS).isprintable():
        raise InvalidValueError(
            field=field, value=value, reason="has characters that do not print", advice="Remove them"
        )
    return plain


_BREAKS = {ord("\n"): " ", ord("\t"): " "}


def code_or_empty(value: str, field: str = "code") -> str:
    """Return a code in its normal form, or the empty text for none."""
    return "" if value == "" else code(value, field)


def name_text(value: str) -> str:
    """Return a name as people write it, or the empty text for none."""
    return "" if value == "" else text(value, "name")


def reason_code(value: str) -> str:
    """Return the short reason of a quality state in its normal form, or the empty text for none."""
    return "" if value == "" else code(value, "reason")


def supplier_or_empty(value: str) -> str:
    """Return the code of a supplier in its normal form, or the empty text for none."""
    return "" if value == "" else code(value, "supplier")


def supplier_lot_or_empty(value: str) -> str:
    """Return a supplier's own lot code in its normal form, or the empty text for none."""
    return "" if value == "" else code(value, "supplier_lot")


def revision_or_empty(value: str) -> str:
    """Return the code of a revision in its normal form, or the empty text for none."""
    return "" if value == "" else code(value, "revision")


def owner_code(value: str) -> str:
    """Return the code of an owner in its normal form, or the empty text for us."""
    return "" if value == "" else code(value, "owner")


def item_code(value: str) -> str:
    """Return the code of an item in its normal form."""
    try:
        return _KNOWN[value]
    except (KeyError, TypeError):
        return _learnt(code(value, "item"))


def site_code(value: str) -> str:
    """Return the code of a site in its normal form."""
    try:
        return _KNOWN[value]
    except (KeyError, TypeError):
        return _learnt(code(value, "site"))


MOST_KNOWN = 100_000

_KNOWN: dict[str, str] = {}
"""Codes of items and sites that have been found in order: every command names some, mostly the same."""


def _learnt(known: str) -> str:
    if len(_KNOWN) < MOST_KNOWN:
        _KNOWN[known] = known
    return known


def optional_site(value: str | None) -> str | None:
    """Return the code of a site in its normal form, or None for every site."""
    return None if value is None else code(value, "site")


def revision_code(value: str) -> str:
    """Return the code of a revision in its normal form."""
    return code(value, "revision")


def supplier_code(value: str) -> str:
    """Return the code of a supplier in its normal form."""
    return code(value, "supplier")


def ref_code(value: str) -> str:
    """Return the code of a demand, a supply or an order in its normal form."""
    return code(value, "ref")


def demand_code(value: str) -> str:
    """Return the code of a demand in its normal form."""
    return code(value, "demand")


def location_code(value: str) -> str:
    """Return the code of a location in its normal form."""
    return code(value, "location")


def people_codes(values: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of people in their normal form, in the order given."""
    return codes(values, "people")


def optional_against(value: str | None) -> str | None:
    """Return the code of the expected supply that goods fulfil in its normal form, or None for none."""
    return None if value is None else code(value, "against")


def optional_customer(value: str | None) -> str | None:
    """Return the code of a customer in its normal form, or None for none."""
    return None if value is None else code(value, "customer")


def optional_item(value: str | None) -> str | None:
    """Return the code of an item in its normal form, or None for every item."""
    return None if value is None else item_code(value)


def optional_location(value: str | None) -> str | None:
    """Return the code of a location in its normal form, or None for none."""
    return None if value is None else code(value, "location")


def optional_lot(value: str | None) -> str | None:
    """Return the code of a lot in its normal form, or None for none."""
    return None if value is None else code(value, "lot")


def optional_operation(value: str | None) -> str | None:
    """Return the code of an operation in its normal form, or None for none."""
    return None if value is None else code(value, "operation")


def optional_parent(value: str | None) -> str | None:
    """Return the code of the location that another is part of in its normal form, or None for none."""
    return None if value is None else code(value, "parent")


def optional_ref(value: str | None) -> str | None:
    """Return the code of a demand, a supply or an order in its normal form, or None for none."""
    return None if value is None else code(value, "ref")


def optional_resource(value: str | None) -> str | None:
    """Return the code of a resource in its normal form, or None for none."""
    return None if value is None else code(value, "resource")


def optional_source(value: str | None) -> str | None:
    """Return the code of the site that goods come from in its normal form, or None for none."""
    return None if value is None else code(value, "source")


def optional_supplier(value: str | None) -> str | None:
    """Return the code of a supplier in its normal form, or None for none."""
    return None if value is None else supplier_code(value)


def optional_skill(value: str | None) -> str | None:
    """Return a skill's code in its normal form, or None for none given."""
    return optional_code(value, "skill")


PROJECT = "project:"
"""Begins the segment of a project's stock."""

OWN = "own:"
"""Begins the segment of the stock that a demand made to order has for itself."""


def segment_code(value: str) -> str:
    """Return a segment in its normal form: empty for free stock, `project:` and a project, `own:` and a demand.

    Raises:
        InvalidTypeError: if it is no text.
        InvalidValueError: if it begins otherwise, or what follows is no code.
    """
    if value == "":
        return ""
    if not isinstance(value, str):
        advice = "Give project:P-7, own:SO-1, or nothing for free stock"
        raise InvalidTypeError(field="segment", value=value, reason="is no text", advice=advice)
    for kind in (PROJECT, OWN):
        if value.startswith(kind):
            return kind + code(value.removeprefix(kind), "segment")
    advice = "Give project:P-7, own:SO-1, or nothing for free stock"
    raise InvalidValueError(field="segment", value=value, reason="names neither a project nor a demand", advice=advice)


def optional_stock(value: str | None) -> str | None:
    """Return a segment in its normal form, or None for none given."""
    return None if value is None else segment_code(value)


def set_aside_for(segment: str) -> str:
    """Return whose stock a segment is, as people say it: `project P-7`, or the demand's code.

    >>> set_aside_for("project:P-7"), set_aside_for("own:SO-1")
    ('project P-7', 'SO-1')
    """
    kind, _, name = segment.partition(":")
    return f"{kind} {name}" if kind == "project" else name


def set_aside(segment: str) -> str:
    """Return how stock stands, as people say it: set aside for somebody, or free.

    >>> set_aside("own:SO-1"), set_aside("")
    ('set aside for SO-1', 'free stock')
    """
    return f"set aside for {set_aside_for(segment)}" if segment else "free stock"


def optional_project(value: str | None) -> str | None:
    """Return the code of a project in its normal form, or None for none."""
    return None if value is None else code(value, "project")


def optional_segment(value: str | None) -> str | None:
    """Return the code of what goods are set aside for in its normal form, or None for none."""
    return None if value is None else code(value, "segment")


def optional_serial(value: str | None) -> str | None:
    """Return the code of a serial in its normal form, or None for none."""
    return None if value is None else code(value, "serial")
