"""Tables of figures by platform, verdict, channel, country, achievement, holder, cohort or pathway."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.analytics.counts.counts import Cell, Seen, Step, Touch
from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.event import Kind
from chalicelib.analytics.kpi.figures import Figures
from chalicelib.analytics.kpi.left_out import LeftOut
from chalicelib.analytics.kpi.people import People, cohort_groups, why_left_out
from chalicelib.analytics.kpi.suppression import too_small

PATHWAY_SEPARATOR = "#"
"""Separates a pathway's id from the number of steps that the holder has completed."""


@dataclass(frozen=True, slots=True)
class Influencer:
    """A credential that brought visitors; its holder is known to the issuer only."""

    credential: str
    achievement: str
    referrals: int
    views: int
    shares: int
    conversions: int


@dataclass(frozen=True, slots=True)
class CohortRow:
    """The credentials issued in a month, or in several that are counted together, and how many got to each stage; None
    if they are left out."""

    month: str
    last_month: str
    issued: int
    stages: Mapping[str, int] | None
    left_out: LeftOut | None = None
    """Why there are no stages."""


@dataclass(frozen=True, slots=True)
class PathwayRow:
    """The number of holders who completed so many steps of a pathway; None if suppressed."""

    pathway: str
    steps: int
    holders: int | None
    dropped: float | None
    """The share of those who reached the previous step but not this one."""


def by_platform(figures: Figures) -> dict[str, int]:
    """Shares by platform."""
    return figures.by_detail(Kind.SHARED)


def verdicts(figures: Figures) -> dict[str, int]:
    """Verifications by verdict: page views by people and reports for programs."""
    reports = Counter(figures.by_detail(Kind.VERIFICATION, machine=None))
    reports.update(figures.by_detail(Kind.VIEW))
    return dict(reports)


def by_dimension(cells: Mapping[Cell, int], name: str) -> dict[str, dict[str, int]]:
    """Events by people, by kind, for each value of ``name``: `achievement`, `channel` or `country`."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for cell, many in cells.items():
        if not cell.machine and (name != "achievement" or cell.achievement):
            found[getattr(cell, name)][cell.kind] += many
    return {value: dict(kinds) for value, kinds in found.items()}


def influencers(touches: Mapping[Touch, Seen], limit: int) -> list[Influencer]:
    """The credentials that brought most referrals, then most views, best first. Only shared credentials count."""
    times: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for touch, seen in touches.items():
        times[touch.achievement, touch.credential][touch.kind] = seen.times
    found = [
        Influencer(
            credential,
            achievement,
            *(kinds.get(kind.value, 0) for kind in (Kind.REFERRAL, Kind.VIEW, Kind.SHARED, Kind.CONVERSION)),
        )
        for (achievement, credential), kinds in times.items()
    ]
    shared = [each for each in found if each.shares and (each.referrals or each.views)]
    return sorted(shared, key=lambda each: (-each.referrals, -each.views, each.credential))[:limit]


def cohorts(
    journeys: Mapping[Step, int], people: People, months: Days | None, achievement: str | None
) -> list[CohortRow]:
    """How far the credentials of each month of issue got, of which ``people`` may be shown."""
    sizes: Counter[str] = Counter()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for step, many in journeys.items():
        if step.stage == Stage.ISSUED.value:
            sizes[step.month] += many
        if achievement in (None, step.achievement):
            counts[step.month][step.stage] += many
    shown = {step.month for step in people.steps if step.stage == Stage.ISSUED.value}
    rows = []
    for group, whole in cohort_groups(sizes, months) if months else ():
        stages: Counter[str] = sum((counts[month] for month in group), Counter())
        if issued := stages[Stage.ISSUED.value]:
            left_out = why_left_out(issued, whole=whole) if shown.isdisjoint(group) else None
            rows.append(CohortRow(group[0], group[-1], issued, None if left_out else dict(stages), left_out))
    return rows


def pathway_flow(figures: Figures) -> list[PathwayRow]:
    """Holders by pathway and number of steps, with the drop-off from step to step."""
    reached: dict[str, Counter[int]] = defaultdict(Counter)
    for detail, holders in figures.by_detail(Kind.PATHWAY_STEP).items():
        pathway, _, steps = detail.rpartition(PATHWAY_SEPARATOR)
        reached[pathway][int(steps)] += holders
    return [
        _pathway_row(pathway, steps, counts)
        for pathway, counts in sorted(reached.items())
        for steps in range(1, max(counts) + 1)
    ]


def pathway_completion(figures: Figures) -> dict[str, tuple[int, int]]:
    """Holders who completed each pathway, and those who earned its first step, both in the period."""
    started = {row.pathway: row.holders or 0 for row in pathway_flow(figures) if row.steps == 1}
    completed = figures.by_detail(Kind.PATHWAY_COMPLETED)
    pairs = {pathway: (completed.get(pathway, 0), many) for pathway, many in started.items()}
    return {pathway: pair for pathway, pair in pairs.items() if pair[1] and not too_small(pair[0])}


def _pathway_row(pathway: str, steps: int, counts: Mapping[int, int]) -> PathwayRow:
    holders, before = counts.get(steps, 0), counts.get(steps - 1, 0)
    if too_small(holders):
        return PathwayRow(pathway, steps, None, None)
    shown = before and not too_small(before) and not too_small(before - holders)
    return PathwayRow(pathway, steps, holders, 1 - holders / before if shown else None)
