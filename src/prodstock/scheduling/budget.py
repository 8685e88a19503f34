"""How much a search may still do."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodstock.scheduling.policy import Effort
    from prodstock.tables import Progress


class Budget:
    """Schedules that may still be made: as many as the effort says, in the time that it says.

    Attributes:
        done: how many were made.
    """

    __slots__ = ("_effort", "_end", "_ended", "_progress", "_start", "done")

    def __init__(self, effort: Effort, progress: Progress | None) -> None:
        self._effort = effort
        self._progress = progress
        self._start = monotonic()
        self._end = None if effort.milliseconds is None else self._start + effort.milliseconds / 1000
        self._ended = effort.iterations == 0
        self.done = 0

    def spent(self) -> bool:
        """Tell whether no other schedule may be made; once that is so, it stays so."""
        if not self._ended:
            most = self._effort.iterations
            late = self._end is not None and monotonic() >= self._end
            self._ended = late or (most is not None and self.done >= most)
        return self._ended

    def count(self) -> None:
        """Count a schedule that was made, and tell so."""
        self.done += 1
        if self._progress is None:
            return
        if self._effort.iterations is not None:
            self._progress(self.done, self._effort.iterations)
        else:
            passed = round((monotonic() - self._start) * 1000)
            self._progress(passed, self._effort.milliseconds)
