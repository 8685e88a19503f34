"""Papers put back to what they said before an event that was taken back."""

import attrs

from prodstock.journal.commit import RecordEvent
from prodstock.orders.demand import DemandState
from prodstock.orders.production import ProductionOrder
from prodstock.orders.purchase import SupplyState


@attrs.frozen
class Restored(RecordEvent):
    """A demand, supply or order is again as it was before the commit that is taken back."""

    state: DemandState | SupplyState | ProductionOrder

    def on(self, state: object) -> DemandState | SupplyState | ProductionOrder:  # noqa: ARG002 - it is overwritten
        """Return the state before."""
        return self.state
