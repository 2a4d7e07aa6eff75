"""The sections in which the counts of a day, a month and all time are stored, so that a reader only reads what it
shows."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from chalicelib.analytics.counts.counts import EVERYONE, Cell, Counts, Step
from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.counts.periods import Level
from chalicelib.analytics.event import Kind

_SIZES = frozenset({Stage.ISSUED.value, Stage.EXPIRED.value})
_BY_HOST = frozenset({Kind.IMPRESSION.value, Kind.CLICK.value})
"""Kinds whose detail is a host name, of which there may be thousands: only `Section.CELLS` has it."""


class Section(StrEnum):
    """A section of the counts."""

    TOTALS = "totals"
    """By kind and detail, and unique visitors: small, for a series of many days."""
    ACHIEVEMENTS = "achievements"
    CHANNELS = "channels"
    COUNTRIES = "countries"
    CELLS = "cells"
    """By all dimensions together, for filters and details."""
    CREDENTIALS = "credentials"
    """By credential."""
    VISITORS = "visitors"
    """Unique visitors of a day by every dimension."""
    SIZES = "sizes"
    """How many credentials were issued and ended, of all time, by achievement: what decides which groups are too
    small."""
    COHORTS = "cohorts"
    """How far credentials got, of all time: small, for figures without a filter."""
    FIRSTS = "firsts"
    """The first events of credentials up to the end of a month: see `all_time`."""


SHARDS = 32
"""Parts of `ByAchievement`. Each of 500 achievements shares its part with fifteen others, so that a page about one
reads little else; more parts would cost more writes, one for each part a day, and save little."""


@dataclass(frozen=True, slots=True)
class ByAchievement:
    """Everything that is counted of some achievements, in one of `SHARDS` parts, for figures of one of them.

    Of a day or month: cells and credentials; of all time: how far credentials got.
    """

    number: int

    @property
    def value(self) -> str:
        """Its name in keys, as for `Section`."""
        return f"by-achievement-{self.number:02}"


Part = Section | ByAchievement
"""What is stored and read in one item."""


@lru_cache(maxsize=4096)
def by_achievement(achievement: str) -> ByAchievement:
    """The part that has ``achievement``."""
    return ByAchievement(zlib.crc32(achievement.encode()) % SHARDS)


_OF_ALL_TIME = frozenset({Section.ACHIEVEMENTS, Section.SIZES, Section.COHORTS})
"""What is stored of all time: what is not a sum of the months, and what public pages show. Rewriting the rest every day
would cost more the longer an issuer is here."""
_OF_DAYS_AND_MONTHS = frozenset(
    {
        Section.TOTALS,
        Section.ACHIEVEMENTS,
        Section.CHANNELS,
        Section.COUNTRIES,
        Section.CELLS,
        Section.CREDENTIALS,
    }
)


def sections_at(level: Level) -> frozenset[Section]:
    """The sections of a day, a month or all time."""
    if level is Level.ALL:
        return _OF_ALL_TIME
    return _OF_DAYS_AND_MONTHS | {Section.VISITORS} if level is Level.DAY else _OF_DAYS_AND_MONTHS


def parts_of(counts: Counts, level: Level, *, shrunk: bool) -> dict[Part, Counts]:
    """What is stored of ``counts`` of a day, a month or all time. A part by achievement that is empty is left out,
    unless the counts may have ``shrunk``: then it replaces what was there."""
    found: dict[Part, Counts] = {section: section_of(counts, section) for section in sorted(sections_at(level))}
    kept = replace(counts, cells={}, touches={}) if level is Level.ALL else counts
    names = {row.achievement for rows in (kept.cells, kept.touches, kept.journeys) for row in rows}
    shards = set(map(ByAchievement, range(SHARDS))) if shrunk else set(map(by_achievement, names))
    return {**found, **{shard: _of_achievements(kept, shard) for shard in shards}}


def _of_achievements(counts: Counts, shard: ByAchievement) -> Counts:
    return Counts(
        {cell: many for cell, many in counts.cells.items() if by_achievement(cell.achievement) == shard},
        {touch: seen for touch, seen in counts.touches.items() if by_achievement(touch.achievement) == shard},
        journeys={step: many for step, many in counts.journeys.items() if by_achievement(step.achievement) == shard},
    )


def _totals(cell: Cell) -> Cell:
    return Cell(cell.kind, cell.machine, detail="" if cell.kind in _BY_HOST else cell.detail)


_PROJECTIONS: Mapping[Section, Callable[[Cell], Cell]] = {
    Section.TOTALS: _totals,
    Section.ACHIEVEMENTS: lambda cell: Cell(cell.kind, cell.machine, achievement=cell.achievement),
    Section.CHANNELS: lambda cell: Cell(cell.kind, cell.machine, channel=cell.channel),
    Section.COUNTRIES: lambda cell: Cell(cell.kind, cell.machine, country=cell.country),
    Section.CELLS: lambda cell: cell,
}


def section_of(counts: Counts, section: Part) -> Counts:
    """The ``section`` of ``counts``."""
    if isinstance(section, ByAchievement):
        return _of_achievements(counts, section)
    if section in (Section.CREDENTIALS, Section.FIRSTS):
        return Counts(touches=counts.touches)
    if section is Section.VISITORS:
        return Counts(visitors=counts.visitors, visits=counts.visits)
    if section is Section.SIZES:
        return Counts(journeys={step: many for step, many in counts.journeys.items() if step.stage in _SIZES})
    if section is Section.COHORTS:
        steps: Counter[Step] = Counter()
        for step, many in counts.journeys.items():
            steps[step._replace(achievement="")] += many
        return Counts(journeys=dict(steps))
    cells: Counter[Cell] = Counter()
    project = _PROJECTIONS[section]
    for cell, many in counts.cells.items():
        cells[project(cell)] += many
    everyone = counts.visitors.get(EVERYONE) if section is Section.TOTALS else None
    return Counts(dict(cells), visitors={} if everyone is None else {EVERYONE: everyone})
