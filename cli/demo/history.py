"""The counts of a simulated year for one demo issuer. Only the counts are stored, not the events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from operator import attrgetter
from zlib import crc32

from chalicelib.analytics.counts.counts import close_day, fold
from chalicelib.analytics.counts.folding import FoldContext, finish, fold_longer, start
from chalicelib.analytics.counts.periods import ALL_TIME, day_of
from chalicelib.analytics.counts.sections import Section
from chalicelib.analytics.event import Event
from chalicelib.analytics.event import Kind as EventKind
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.pathways import pathway_actions
from chalicelib.award.pathways.pathway import Group, Rule
from chalicelib.award.pathways.pathway_actions import Pathways
from chalicelib.award.pathways.pathway_json import Draft
from chalicelib.award.pathways.pathway_link import Step
from cli.demo.catalogue import COURSES, HARBOUR
from cli.demo.plan import Kind, achievement_id, plan
from cli.demo.year import Programme, simulate

EVENTS = 6_000
"""Enough for every chart, and only a few seconds to write: each day has its own items."""
NAMED_DAYS = 31
"""In the last days, nearly all views and shares are of existing credentials, because the dashboard names their holders.
Others keep their first of each kind, so that the rates of the last month are like those of earlier ones."""
_NAMED = frozenset({EventKind.SHARED, EventKind.VIEW, EventKind.REFERRAL, EventKind.CONVERSION})
PATHWAY_NAME = "Harbour trades"


def seed_pathway(issuer_context: IssuerContext, pathways: Pathways) -> str:
    """Create the pathway of the simulated year, unless it exists, and return its id. It is archived, so pages do not
    show it."""
    for found in pathways.pathways(HARBOUR.id):
        if found.name == PATHWAY_NAME:
            return found.id
    own = [number for number, course in enumerate(COURSES) if course.issuer_id == HARBOUR.id]
    steps = tuple(Step(achievement_id(issuer_context.base_url, number), COURSES[number].name) for number in own)
    draft = Draft(PATHWAY_NAME, "All courses of the harbour.", Group(Rule.ALL, steps, len(steps)), archived=True)
    return pathway_actions.add(issuer_context, pathways, HARBOUR.id, draft).id


def seed_year(context: FoldContext, base_url: str, today: date, pathway_id: str) -> None:
    """Store the counts of the year that ended yesterday, unless the issuer has any. Raises `Unavailable`."""
    if not context.store.section(HARBOUR.id, ALL_TIME, Section.ACHIEVEMENTS).empty:
        return
    days: dict[date, list[Event]] = defaultdict(list)
    simulated = programmes(base_url, pathway_id)
    existing = {programme.achievement_id: programme.credentials for programme in simulated}
    firsts: set[tuple[str | None, EventKind]] = set()
    for event in sorted(simulate(simulated, today - timedelta(days=1), EVENTS), key=attrgetter("at")):
        if event.kind is EventKind.ISSUED and event.credential_id in existing[event.achievement_id]:
            continue  # recorded when the demo issued it; twice would count it in two months
        day = event.at.date()
        first = event.credential_id, event.kind
        is_named = first in firsts and event.kind in _NAMED and day > today - timedelta(days=NAMED_DAYS + 1)
        firsts.add(first)
        days[day].append(_of_existing(event, existing[event.achievement_id]) if is_named else event)
    mine = start(context, take_over=True)
    if mine is None:
        return  # another run of this command does the same
    number = mine.number
    for day, events in sorted(days.items()):
        context.store.save(HARBOUR.id, day_of(day), close_day(fold(events)[HARBOUR.id]), number)
    fold_longer(context.store, {day_of(day).parent: {HARBOUR.id} for day in days}, number)
    finish(context, mine)


def _of_existing(event: Event, credentials: Sequence[str]) -> Event:
    if not credentials or event.credential_id is None or event.credential_id in credentials:
        return event
    return replace(event, credential_id=credentials[crc32(event.credential_id.encode()) % len(credentials)])


def programmes(base_url: str, pathway_id: str) -> list[Programme]:
    """The courses of the issuer, with their valid credentials."""
    credentials = defaultdict(list)
    for each in plan(base_url):
        if each.kind is Kind.VALID:
            credentials[each.course].append(each.id)
    own = [number for number, course in enumerate(COURSES) if course.issuer_id == HARBOUR.id]
    return [
        Programme(HARBOUR.id, achievement_id(base_url, number), credentials[number], 1 / (n + 1), pathway_id, n + 1)
        for n, number in enumerate(own)
    ]
