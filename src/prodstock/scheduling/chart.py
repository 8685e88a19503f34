"""Pictures that need no plotting library: SVG, and Vega-Lite for what draws that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodstock._render import short
from prodstock.calendars.zone import from_micros
from prodstock.scheduling.gantt import CHANGED, CLOSED, COLOURS, LATE, breaks, gantt, lanes, row_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from prodstock.scheduling.compiled import Machine
    from prodstock.scheduling.schedule import Placement

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_MIME = "application/vnd.vegalite.v5+json"


class Chart:
    """A schedule as a picture: a row for each thing that a resource does at a time.

    A notebook that draws Vega-Lite does so, with all that a bar says when pointed at; others show the SVG.
    """

    def __init__(
        self,
        machines: Sequence[Machine],
        bars: Sequence[tuple[int, int, Placement]],
        late: frozenset[str],
        span: tuple[datetime, datetime],
    ) -> None:
        """Keep what is drawn; `schedule.gantt()` is the way to it."""
        self._machines, self._bars, self._late, self._span = machines, bars, late, span

    def to_svg(self) -> str:
        """Return it as SVG. Breaks are grey, changeovers dark and narrow, late jobs outlined and hatched."""
        return gantt(self._machines, self._bars, self._late, *self._span)

    def to_vega(self) -> dict[str, object]:
        """Return it as a specification of Vega-Lite 5, with its data: plain values that `json.dumps` writes.

        Breaks are grey, changeovers dark and narrow, late jobs outlined, dashed and marked; times are in UTC.
        """
        rows = lanes(self._machines, self._bars)
        names = [row_name(self._machines[number], lane) for number, lane in rows]
        start, end = self._span
        return {
            "$schema": _SCHEMA,
            "title": f"Schedule from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC",
            "width": 800,
            "height": {"step": 26},
            "encoding": {"y": {"field": "row", "type": "nominal", "sort": names, "title": None}},
            "layer": [
                _layer(list(self._closed(rows)), {"type": "bar", "color": CLOSED}),
                _layer(list(self._changes()), {"type": "bar", "color": CHANGED, "height": 10}, tooltip=_CHANGE_TIPS),
                _layer(list(self._work()), {"type": "bar", "height": 18, "cornerRadius": 2}, tooltip=_TIPS),
                _layer(
                    [row for row in self._work() if row["late"]],
                    {"type": "text", "text": "!", "align": "left", "dx": 3, "fontWeight": "bold"},
                    ends=False,
                ),
            ],
        }

    def _closed(self, rows: Sequence[tuple[int, int]]) -> Iterator[dict[str, object]]:
        for number, lane in rows:
            machine = self._machines[number]
            for since, until in breaks(machine, self._span):
                times = {"start": _iso(from_micros(since)), "end": _iso(from_micros(until))}
                yield {"row": row_name(machine, lane), **times}

    def _work(self) -> Iterator[dict[str, object]]:
        for number, lane, one in self._bars:
            row = {"row": row_name(self._machines[number], lane), "job": one.job, "operation": one.operation}
            yield {**row, "start": _iso(one.start), "end": _iso(one.end), "late": one.job in self._late}

    def _changes(self) -> Iterator[dict[str, object]]:
        for number, lane, one in self._bars:
            machine = self._machines[number]
            if one.changeover and machine.code == one.resource:
                row = {"row": row_name(machine, lane), "job": one.job, "operation": one.operation}
                yield {**row, "start": _iso(one.changed_from), "end": _iso(one.start)}

    def _repr_html_(self) -> str:
        return self.to_svg()

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return {_MIME: self.to_vega(), "image/svg+xml": self.to_svg(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        start, end = self._span
        return short(f"<Chart of {len(self._bars)} bars, {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC>")


_TIPS = ("job", "operation", "row", "start", "end", "late")
_CHANGE_TIPS = ("job", "operation", "row", "start", "end")


def _layer(
    values: Sequence[Mapping[str, object]], mark: dict[str, object], *, tooltip: Sequence[str] = (), ends: bool = True
) -> dict[str, Any]:
    """Return a layer of marks from a start to an end; the kinds of marks share nothing but their rows."""
    encoding: dict[str, object] = {"x": {"field": "start", "type": "temporal", "scale": {"type": "utc"}, "title": None}}
    if ends:
        encoding["x2"] = {"field": "end"}
    if "late" in tooltip:
        encoding |= {
            "color": {"field": "job", "type": "nominal", "scale": {"range": list(COLOURS)}, "legend": None},
            "stroke": {"condition": {"test": "datum.late", "value": LATE}, "value": None},
            "strokeWidth": {"condition": {"test": "datum.late", "value": 2}, "value": 0},
            "strokeDash": {"condition": {"test": "datum.late", "value": [4, 2]}, "value": [1, 0]},
        }
    if tooltip:
        encoding["tooltip"] = [_tip(field) for field in tooltip]
    return {"data": {"values": list(values)}, "mark": mark, "encoding": encoding}


def _tip(field: str) -> dict[str, object]:
    if field in {"start", "end"}:
        return {"field": field, "type": "temporal", "timeUnit": "utcyearmonthdatehoursminutes", "title": field}
    return {"field": field, "type": "nominal", "title": "resource" if field == "row" else field}


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
