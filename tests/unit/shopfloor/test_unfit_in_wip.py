"""Components in WIP that are unfit are not used up, and the refusal says that they are there, and in which state."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from prodstock.errors import NotEnough
from prodstock.master.quality_state import Quality
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant


def test_blocked_components_are_named(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """The way out is a judgement, or more of what is fit."""
    order = plant.launch(planned(quantity=5))
    plant.issue(plant.reserve(order))
    plant.judge("M-1", Quality.BLOCKED)

    with pytest.raises(NotEnough) as refused:
        plant.complete(order, good=1)

    assert refused.value.there == Decimal(0)
    assert refused.value.hint == (
        "There are 11 pcs MIC blocked: have them judged fit, or issue 3 pcs more of MIC to MO-1 first"
    )
