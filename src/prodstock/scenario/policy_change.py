"""Plans are made another way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from prodstock.master import checks
from prodstock.planning.policy import PlanningPolicy
from prodstock.scenario.change import Change, nothing_changes, says

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.journal.command import Command
    from prodstock.stock.world import World


@attrs.frozen
class PolicyChange(Change):
    """The scenario is planned with this policy, by `plan` and `compare`; of several the last one holds.

    >>> from datetime import timedelta
    >>> PolicyChange(PlanningPolicy(forecast_window=timedelta(days=7))).policy.forecast_window.days
    7
    """

    policy: PlanningPolicy

    def __attrs_post_init__(self) -> None:
        checks.instance(self.policy, PlanningPolicy, "policy", "Give a PlanningPolicy")

    def __str__(self) -> str:
        return f"planned by {self.policy!r}"


@says(PolicyChange)
def _nothing_to_do(_: World, __: PolicyChange) -> Iterator[Command[Any]]:
    """Yield nothing: a policy is of the scenario, not of the state."""
    return iter(())


def policy_of(changes: Iterable[object]) -> PlanningPolicy:
    """Return the policy that holds after some changes."""
    found = PlanningPolicy()
    for change in changes:
        if isinstance(change, PolicyChange):
            found = change.policy
    return found


def refuse_same_policy(earlier: Iterable[object], change: object) -> None:
    """Refuse a policy that holds already."""
    if isinstance(change, PolicyChange) and change.policy == policy_of(earlier):
        advice = "Give a policy that differs, or leave it out"
        raise nothing_changes("policy", change.policy, "is how it is planned already", advice)
