"""The sections in which the counts of a day, a month and all time are stored, so that a reader only reads what it
shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum

from chalicelib.analytics.counts.counts import EVERYONE, Cell, Counts, Step
from chalicelib.analytics.event import Kind

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
    """By everything at once, for filters and for details."""
    CREDENTIALS = "credentials"
    """By credential."""
    VISITORS = "visitors"
    """Unique visitors of a day by every dimension."""
    JOURNEYS = "journeys"
    """How far credentials got, of all time, by achievement."""
    COHORTS = "cohorts"
    """How far credentials got, of all time: small, for figures without a filter."""


def _totals(cell: Cell) -> Cell:
    return Cell(cell.kind, cell.machine, detail="" if cell.kind in _BY_HOST else cell.detail)


_PROJECTIONS: Mapping[Section, Callable[[Cell], Cell]] = {
    Section.TOTALS: _totals,
    Section.ACHIEVEMENTS: lambda cell: Cell(cell.kind, cell.machine, achievement=cell.achievement),
    Section.CHANNELS: lambda cell: Cell(cell.kind, cell.machine, channel=cell.channel),
    Section.COUNTRIES: lambda cell: Cell(cell.kind, cell.machine, country=cell.country),
    Section.CELLS: lambda cell: cell,
}


def section_of(counts: Counts, section: Section) -> Counts:
    """The ``section`` of ``counts``."""
    if section is Section.CREDENTIALS:
        return Counts(touches=counts.touches)
    if section is Section.VISITORS:
        return Counts(visitors=counts.visitors, visits=counts.visits)
    if section is Section.JOURNEYS:
        return Counts(journeys=counts.journeys)
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
