"""Release criteria: what must have been seen to before finished goods may leave."""

from enum import StrEnum

import attrs

from prodstock.errors import InvalidValueError
from prodstock.master.codes import codes, item_code
from prodstock.master.definition import Definition


class Criterion(StrEnum):
    """The criteria most plants have; a host's own are plain codes beside them."""

    PRODUCTION_COMPLETION = "production-completion"
    INSPECTION_APPROVAL = "inspection-approval"
    PACKAGING = "packaging"
    LABELLING = "labelling"
    SERIALIZATION = "serialization"
    DOCUMENTATION = "documentation"
    BATCH_RELEASE = "batch-release"
    SYSTEM_CONFIRMATION = "system-confirmation"


@attrs.frozen(repr=False)
class ReleaseCriteria(Definition):
    """What an item needs before it is released, in the order in which missing ones are listed.

    >>> ReleaseCriteria("HD-7", requires=["acoustic-test", Criterion.LABELLING]).requires
    ('acoustic-test', 'labelling')
    """

    item: str = attrs.field(converter=item_code)
    requires: tuple[str, ...] = attrs.field(converter=codes)

    def __attrs_post_init__(self) -> None:
        if not self.requires:
            advice = "Leave the definition out for an item that needs no release"
            raise InvalidValueError(field="requires", value=self.requires, reason="is empty", advice=advice)
        if len(set(self.requires)) < len(self.requires):
            raise InvalidValueError(field="requires", value=self.requires, reason="names a criterion twice")

    @property
    def identity(self) -> tuple[str, ...]:
        """The item."""
        return (self.item,)

    def __repr__(self) -> str:
        return f"<ReleaseCriteria {self.item[:60]}, {len(self.requires)} criteria>"
