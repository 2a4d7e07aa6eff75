"""The input of key figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.analytics.counts.counts import Cell, Counts, Step
from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.event import NO_ACHIEVEMENT, Kind
from chalicelib.analytics.kpi.left_out import LeftOut
from chalicelib.analytics.kpi.people import People

_NOT_BY_VISITORS = frozenset(
    {
        Kind.ISSUED, Kind.RENEWED, Kind.REVOKED, Kind.DELIVERED, Kind.OPENED, Kind.SHARED, Kind.PATHWAY_STEP,
        Kind.PATHWAY_COMPLETED,
    }
)  # fmt: skip
"""Events of issuers and holders, which have no channel and no country. Visitors share too, but seldom."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Filters of figures; None means no filter."""

    achievement: str | None = None
    channel: str | None = None
    country: str | None = None

    @property
    def by_visitor(self) -> bool:
        """Whether figures are limited to a channel or country, which only visitors have."""
        return self.channel is not None or self.country is not None

    def applies_to(self, kind: Kind) -> bool:
        """Whether events of ``kind`` can be limited so. A number of events that cannot is not zero, but unknown."""
        if self.by_visitor and kind in _NOT_BY_VISITORS:
            return False
        return self.achievement is None or kind not in NO_ACHIEVEMENT

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
    """Counts of some days, and the journeys of the credentials of their whole months."""

    cells: Mapping[Cell, int]
    steps: Mapping[Step, int]
    hidden: Mapping[str, frozenset[LeftOut]] = field(default_factory=dict)
    """Stages from which people are left out, and why: see `people`."""

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
        """Credentials that got to ``stage``, of those that may be counted."""
        return sum(many for step, many in self.steps.items() if step.stage == stage.value)

    def left_out(self, stage: Stage) -> frozenset[LeftOut]:
        """Why people in ``stage`` are left out; empty if none are."""
        return self.hidden.get(stage.value, frozenset())

    def hours(self, stage: Stage) -> dict[int, int]:
        """Those credentials by hours from issue to the stage."""
        found: Counter[int] = Counter()
        for step, many in self.steps.items():
            if step.stage == stage.value:
                found[step.hours] += many
        return dict(found)


def figures(counts: Counts, people: People, only: Filter) -> Figures:
    """The figures of the days of ``counts``, limited to ``only``, and of ``people``, who are limited already."""
    cells = {cell: many for cell, many in counts.cells.items() if only.admits(cell)}
    return Figures(cells, people.steps, people.hidden)
