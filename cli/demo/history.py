"""The counts of a simulated year for one demo issuer. Only the counts are stored, not the events."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from chalicelib.analytics.counts.counts import close_day, fold
from chalicelib.analytics.counts.folding import FoldContext, finish, fold_longer, start
from chalicelib.analytics.counts.periods import ALL_TIME, day_of
from chalicelib.analytics.counts.sections import Section
from chalicelib.analytics.event import Event
from cli.demo.catalogue import COURSES, HARBOUR
from cli.demo.plan import Kind, achievement_id, plan
from cli.demo.year import Programme, simulate

EVENTS = 6_000
"""Enough for every chart, and few seconds of writing: each day has its own items."""
PATHWAY = "demo-pathway"


def seed_year(context: FoldContext, base_url: str, today: date) -> None:
    """Store the counts of the year that ended yesterday, unless the issuer has any. Raises `Unavailable`."""
    if not context.store.section(HARBOUR.id, ALL_TIME, Section.TOTALS).empty:
        return
    days: dict[date, list[Event]] = defaultdict(list)
    for event in simulate(programmes(base_url), today - timedelta(days=1), EVENTS):
        days[event.at.date()].append(event)
    mine = start(context, take_over=True)
    if mine is None:
        return  # another run of this command does the same
    number = mine.number
    for day, events in sorted(days.items()):
        context.store.save(HARBOUR.id, day_of(day), close_day(fold(events)[HARBOUR.id]), number)
    fold_longer(context.store, {day_of(day).parent: {HARBOUR.id} for day in days}, number)
    finish(context, mine)


def programmes(base_url: str) -> list[Programme]:
    """The courses of the issuer, with their valid credentials."""
    credentials = defaultdict(list)
    for each in plan(base_url):
        if each.kind is Kind.VALID:
            credentials[each.course].append(each.id)
    own = [number for number, course in enumerate(COURSES) if course.issuer_id == HARBOUR.id]
    return [
        Programme(HARBOUR.id, achievement_id(base_url, number), credentials[number], 1 / (n + 1), PATHWAY, n + 1)
        for n, number in enumerate(own)
    ]
