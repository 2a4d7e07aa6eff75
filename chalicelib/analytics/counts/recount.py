"""Compare the stored counts of a day with its events, and repair them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.analytics.counts.counts import NOTHING, Counts, close_day, fold, merge
from chalicelib.analytics.counts.folding import FoldContext, fold_longer, safely_kept_since, start
from chalicelib.analytics.counts.periods import Level, Period, day_of
from chalicelib.analytics.counts.ports import Superseded
from chalicelib.analytics.counts.repeats import without_repeats
from chalicelib.analytics.counts.sections import SHARDS, ByAchievement, Part, Section, section_of, sections_at
from chalicelib.errors import Refused

ByIssuer = dict[str, Counts]


@dataclass(frozen=True, slots=True)
class Difference:
    """Stored counts that differ from the events."""

    issuer_id: str
    period: Period
    stored: int
    """Number of events in the stored counts."""
    expected: int
    """Number of events in the event store."""


def recount(context: FoldContext, day: date, *, repair: bool = False) -> list[Difference]:
    """Count the events of ``day`` again and return the past buckets, hours and days whose stored counts differ.

    With ``repair``, store the correct counts, and then the month and all time of every issuer of that day, because an
    earlier repair may have been interrupted before them. Late events that have not been counted
    yet are differences too. Raises `Refused` for a day whose events may have expired; `Unavailable`.
    """
    whole = day_of(day)
    if whole.start < safely_kept_since(context):
        raise Refused("Some events of this day may have expired, so it cannot be counted again.", code="events_expired")
    # Taking the number before reading anything stops a fold that is in progress: see `folding`.
    mine = start(context, take_over=True) if repair else None
    number = None if mine is None else mine.number
    progress = context.store.progress()
    found: list[Difference] = []
    issuers: set[str] = set()
    if progress is None:
        return found
    for period, expected, stored in _compared(context, whole, progress.folded_to):
        issuers |= {*expected, *stored}
        for issuer_id in sorted({*expected, *stored}):
            right, there = expected.get(issuer_id, NOTHING), stored.get(issuer_id, NOTHING)
            if right == there:
                continue
            found.append(Difference(issuer_id, period, _events(there), _events(right)))
            if number is not None:
                with suppress(Superseded):  # counted by a later run in the meantime
                    context.store.save(issuer_id, period, right, number, shrunk=True)
    if number is not None:
        with suppress(Superseded):
            fold_longer(context.store, {whole.parent: issuers}, number, shrunk=True)
    return found


def _compared(context: FoldContext, day: Period, end: datetime) -> Iterator[tuple[Period, ByIssuer, ByIssuer]]:
    """The expected and the stored counts of each bucket, hour and day that is over by ``end``."""
    stored_hours = _by_period(context, day)
    hours: dict[str, list[Counts]] = defaultdict(list)
    for hour in day.parts():
        stored_buckets = _by_period(context, hour)
        buckets: dict[str, list[Counts]] = defaultdict(list)
        for bucket in (each for each in hour.parts() if each.end <= end):
            counted = fold(without_repeats(context.reader.events(bucket)))
            for issuer_id, counts in counted.items():
                buckets[issuer_id].append(counts)
            yield bucket, counted, stored_buckets[bucket]
        expected = {issuer_id: merge(parts) for issuer_id, parts in buckets.items()}
        for issuer_id, counts in expected.items():
            hours[issuer_id].append(counts)
        if hour.end <= end:
            yield hour, expected, stored_hours[hour]
    if day.end <= end:
        whole = {issuer_id: close_day(merge(parts)) for issuer_id, parts in hours.items()}
        issuers = {*whole, *(issuer_id for stored in stored_hours.values() for issuer_id in stored)}
        yield day, whole, {issuer_id: _day(context, issuer_id, day) for issuer_id in issuers}


def _by_period(context: FoldContext, whole: Period) -> dict[Period, ByIssuer]:
    found: dict[Period, ByIssuer] = defaultdict(dict)
    for issuer_id, period, counts in context.store.parts(whole):
        found[period][issuer_id] = counts
    return found


def _day(context: FoldContext, issuer_id: str, day: Period) -> Counts:
    """The stored counts of a day; if its sections disagree, counts that equal no others."""
    cells, touches, visitors = (
        context.store.section(issuer_id, day, section)
        for section in (Section.CELLS, Section.CREDENTIALS, Section.VISITORS)
    )
    counts = Counts(cells.cells, touches.touches, visitors=visitors.visitors)
    others: set[Part] = {*sections_at(Level.DAY), *map(ByAchievement, range(SHARDS))}
    others -= {Section.CELLS, Section.CREDENTIALS, Section.VISITORS}
    agree = all(context.store.section(issuer_id, day, each) == section_of(counts, each) for each in others)
    return counts if agree else NOTHING


def _events(counts: Counts) -> int:
    return sum(counts.cells.values())
