"""With which options a planned order is made: as it says itself, and as the demand wants that it is made to."""

from typing import TYPE_CHECKING

from prodstock.errors import Refused
from prodstock.journal.stream import demand_stream
from prodstock.master.choices import Choices
from prodstock.master.codes import OWN
from prodstock.orders.demand import DemandState
from prodstock.orders.planned import PlannedMake

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft


def made_as_chosen(draft: "Draft", planned: PlannedMake) -> Choices:
    """Return what is chosen of the options on which it depends what an order takes.

    What the order leaves out is as the demand wants that it is made to, else as usual.

    Raises:
        UnknownCode: if there is no such option, or it has no such value.
        InvalidValueError: if values do not go together.
        Refused: if the demand wants something else.
    """
    catalog = draft.world.catalog
    given, names = catalog.chosen(planned.options), catalog.decisive(planned.item)
    if not names:
        return ()
    wanted = dict(_wanted(draft, planned.segment))
    for name, value in planned.options:
        if wanted.setdefault(name, value) != value:
            reason = f"it is made with {name} {value}, and {planned.segment.removeprefix(OWN)} wants {wanted[name]}"
            raise Refused(reason=f"the plan for {planned.item} is stale: {reason}", advice="Plan again")
    found = tuple((name, wanted.get(name, given[name])) for name in names)
    catalog.chosen(found)
    return found


def _wanted(draft: "Draft", segment: str) -> Choices:
    """Return the options of the demand made to order whose stock a segment is; of any other segment none."""
    if not segment.startswith(OWN):
        return ()
    state = draft.body(demand_stream(segment.removeprefix(OWN)))
    return state.demand.options if isinstance(state, DemandState) else ()
