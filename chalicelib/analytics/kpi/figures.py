"""The input of key figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.analytics.counts.counts import Cell, Counts, Step
from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.event import Kind


@dataclass(frozen=True, slots=True)
class Filter:
    """Filters of figures; None means no filter."""

    achievement: str | None = None
    channel: str | None = None
    country: str | None = None

    @property
    def any(self) -> bool:
        """Whether anything is filtered."""
        return self != Filter()

    def admits(self, cell: Cell) -> bool:
        """Whether ``cell`` is counted. Events of issuers and holders have no channel and no country."""
        return (
            self.achievement in (None, cell.achievement)
            and self.channel in (None, cell.channel)
            and self.country in (None, cell.country)
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of a range of days, and the journeys of the credentials issued on them."""

    cells: Mapping[Cell, int]
    steps: Mapping[Step, int]

    def events(self, kind: Kind, *, machine: bool | None = False, detail: str | None = None) -> int:
        """The number of events of a kind: by machines, by everyone else, or (None) both."""
        return sum(
            many
            for cell, many in self.cells.items()
            if cell.kind == kind.value and machine in (None, cell.machine) and detail in (None, cell.detail)
        )

    def by_detail(self, *kinds: Kind, machine: bool | None = False) -> dict[str, int]:
        """Events of ``kinds`` by their detail."""
        found: Counter[str] = Counter()
        names = {kind.value for kind in kinds}
        for cell, many in self.cells.items():
            if cell.kind in names and machine in (None, cell.machine):
                found[cell.detail] += many
        return dict(found)

    def credentials(self, stage: Stage) -> int:
        """The number of credentials issued on these days that have reached ``stage`` since."""
        return sum(many for step, many in self.steps.items() if step.stage == stage.value)

    def hours(self, stage: Stage) -> dict[int, int]:
        """Those credentials by hours from issue to the stage."""
        found: Counter[int] = Counter()
        for step, many in self.steps.items():
            if step.stage == stage.value:
                found[step.hours] += many
        return dict(found)


def figures(counts: Counts, journeys: Counts, days: Days, only: Filter) -> Figures:
    """The figures of ``days``: ``counts`` of them, and ``journeys`` of all time, limited to ``only``."""
    first, last = days.first.isoformat(), days.last.isoformat()
    return Figures(
        {cell: many for cell, many in counts.cells.items() if only.admits(cell)},
        {
            step: many
            for step, many in journeys.journeys.items()
            if first <= step.issued <= last and only.achievement in (None, step.achievement)
        },
    )
