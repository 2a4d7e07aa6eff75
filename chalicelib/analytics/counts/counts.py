"""The counts of a period, as a pure fold over events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from chalicelib.analytics.counts import channels
from chalicelib.analytics.event import RETURNING, Event, Kind, VisitorClass

VISITS = frozenset({Kind.VIEW})
"""Kinds of event for which unique visitors are counted: views of a credential's page."""
EXPIRY = "expiry"
"""The kind of touch that records a credential's end date, which is known when it is issued."""


class Cell(NamedTuple):
    """The properties by which events are grouped and counted."""

    kind: str
    machine: bool
    """Whether a program caused them. False for events of issuers and holders, which have no visitor."""
    achievement: str = ""
    channel: str = ""
    """See `channels.channel_of`."""
    country: str = ""
    """ISO 3166 code; empty if CloudFront did not provide it."""
    detail: str = ""
    """The detail by which the kind is broken down: see `channels.detail_of`."""


class Touch(NamedTuple):
    """One kind of event of one credential, machines left out. Its issue also has touches of its own for the end date
    (`EXPIRY`) and for a `RETURNING` holder."""

    achievement: str
    credential: str
    kind: str


class Seen(NamedTuple):
    """The number of occurrences, and the time of the first one."""

    times: int
    first: int
    """Epoch seconds."""


class Visit(NamedTuple):
    """One person's visit; equal for repeated views of the same credential on the same day."""

    visitor: str
    achievement: str
    credential: str
    channel: str
    country: str


class Dimension(NamedTuple):
    """A breakdown of a day's unique visitors: a name, such as `channel`, and its value."""

    name: str
    value: str = ""


class Step(NamedTuple):
    """A group of credentials that reached the same stage: see `journeys`."""

    month: str
    """The UTC month of issue, such as 2026-11; for the stages of expiry, that of the end date."""
    achievement: str
    stage: str
    hours: int
    """Whole hours from issue to the first time; 0 for stages that are not timed."""


EVERYONE = Dimension("issuer")


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of one issuer's credentials in a period. The order of events makes no difference."""

    cells: Mapping[Cell, int] = field(default_factory=dict)
    touches: Mapping[Touch, Seen] = field(default_factory=dict)
    visits: frozenset[Visit] = frozenset()
    """The visits from which unique visitors are counted: those of a bucket, an hour, or part of a day."""
    visitors: Mapping[Dimension, int] = field(default_factory=dict)
    """Unique visitors of a day. They are not added up: a visitor's key changes every night."""
    journeys: Mapping[Step, int] = field(default_factory=dict)
    """The journeys of credentials, of all time."""

    @property
    def empty(self) -> bool:
        """Whether there are no events."""
        return not (self.cells or self.touches or self.visits or self.visitors or self.journeys)


NOTHING = Counts()
MAX_SITES = 500
"""Maximum websites counted separately per issuer and period. Visitors can invent names, so the rest are counted
together."""
MAX_VISITS = 200_000
"""Maximum visits of one issuer in a period from which unique visitors are counted, about 100 MB. Above it the number is
too low, so that counting does not become too slow for everyone."""
OTHER_SITES = "other"


def fold(events: Iterable[Event]) -> dict[str, Counts]:
    """Count ``events`` by issuer. Insensitive to order and to repetition by id."""
    distinct = {event.id: event for event in events}
    by_issuer: dict[str, list[Event]] = defaultdict(list)
    for event in distinct.values():
        by_issuer[event.issuer_id].append(event)
    return {issuer_id: _count(its) for issuer_id, its in by_issuer.items()}


def merge(parts: Iterable[Counts]) -> Counts:
    """Add up counts of disjoint sets of events. Insensitive to order and grouping.

    Unique visitors are counted from visits only (`close_day`), and journeys from all touches, so ``visitors`` and
    ``journeys`` are left out.
    """
    cells: Counter[Cell] = Counter()
    touches: dict[Touch, Seen] = {}
    visits: set[Visit] = set()
    for part in parts:
        for cell, many in part.cells.items():
            cells[cell] += many
        for touch, seen in part.touches.items():
            touches[touch] = _later(touches.get(touch), seen)
        visits |= part.visits
    return Counts(bounded_sites(cells), touches, bounded_visits(visits))


def bounded_sites(cells: Mapping[Cell, int]) -> dict[Cell, int]:
    """Keep the `MAX_SITES` websites with the largest numbers, and add up all others as `OTHER_SITES`."""
    sites: Counter[str] = Counter()
    for cell, many in cells.items():
        if cell.kind in channels.BY_SITE and cell.detail:
            sites[cell.detail] += many
    if len(sites) <= MAX_SITES:
        return dict(cells)
    kept = set(sorted(sites, key=lambda site: (-sites[site], site))[:MAX_SITES]) | {OTHER_SITES}
    found: Counter[Cell] = Counter()
    for cell, many in cells.items():
        told_apart = cell.kind not in channels.BY_SITE or not cell.detail or cell.detail in kept
        found[cell if told_apart else cell._replace(detail=OTHER_SITES)] += many
    return dict(found)


def bounded_visits(visits: Collection[Visit]) -> frozenset[Visit]:
    """Keep at most `MAX_VISITS`; which ones does not depend on their order."""
    return frozenset(visits if len(visits) <= MAX_VISITS else sorted(visits)[:MAX_VISITS])


def close_day(day: Counts) -> Counts:
    """Replace the visits of a whole day by the numbers of unique visitors."""
    return Counts(day.cells, day.touches, visitors=count_visitors(day.visits))


def count_visitors(visits: Iterable[Visit]) -> dict[Dimension, int]:
    """Count unique visitors by each dimension; `EVERYONE` is the total."""
    keys: dict[Dimension, set[str]] = defaultdict(set)
    for visit in visits:
        for dimension in (
            EVERYONE,
            Dimension("achievement", visit.achievement),
            Dimension("credential", visit.credential),
            Dimension("channel", visit.channel),
            Dimension("country", visit.country),
        ):
            keys[dimension].add(visit.visitor)
    return {dimension: len(visitors) for dimension, visitors in keys.items()}


def _count(events: Iterable[Event]) -> Counts:
    cells: Counter[Cell] = Counter()
    touches: dict[Touch, Seen] = {}
    visits: set[Visit] = set()
    for event in events:
        machine = event.visitor_class not in (None, VisitorClass.PERSON)
        channel, country = channels.channel_of(event), event.country or ""
        detail = channels.detail_of(event)
        cells[Cell(event.kind.value, machine, event.achievement_id, channel, country, detail)] += 1
        if machine or event.credential_id is None:
            continue
        for kind, at in _touches(event):
            touch = Touch(event.achievement_id, event.credential_id, kind)
            touches[touch] = _later(touches.get(touch), Seen(1, int(at.timestamp())))
        if event.kind in VISITS and event.visitor is not None:
            visits.add(Visit(event.visitor, event.achievement_id, event.credential_id, channel, country))
    return Counts(bounded_sites(cells), touches, bounded_visits(visits))


def _touches(event: Event) -> Iterator[tuple[str, datetime]]:
    yield event.kind.value, event.at
    if event.kind is Kind.ISSUED and event.target == RETURNING:
        yield RETURNING, event.at
    if event.kind is Kind.ISSUED and event.valid_until is not None:
        yield EXPIRY, event.valid_until


def _later(before: Seen | None, seen: Seen) -> Seen:
    return seen if before is None else Seen(before.times + seen.times, min(before.first, seen.first))
