"""The first section of the dashboard: what changed in the chosen period, which days this covers, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.kpi import changes
from chalicelib.analytics.kpi.tables import Request, kpi_figures
from chalicelib.http.console.overview import wording


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed, and the days covered."""

    title: str
    note: str
    sentences: tuple[str, ...]


def describe(reader: CountReader, request: Request, today: date) -> Changes:
    """Compare the whole months of the period with those before."""
    days = changes.days_described(request.days, today)
    figures = kpi_figures(reader, request._replace(days=days))
    note = f"Compared with {wording.days(days.before)}.{_reason(request.days, days, today)}"
    return Changes(f"What changed: {wording.days(days)}", note, changes.sentences(figures, days))


def _reason(chosen: Days, described: Days, today: date) -> str:
    """Why ``described`` are not the chosen days; empty if they are."""
    if chosen == described:
        return ""
    if chosen.first == described.first and chosen.last >= today:
        return " Today is not over, so it is not counted here; the figures below include it."
    return (
        f" You chose {wording.days(chosen)}, which is not a whole number of months. "
        f"This covers {wording.days(described)} instead, because figures about people are counted by whole months."
    )
