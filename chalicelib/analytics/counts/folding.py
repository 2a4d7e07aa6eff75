"""Fold closed buckets into hours, days, months and all time, overwriting what was there.

A crash at any point changes nothing: progress is stored last, so the next run does the same again, with the same
result. Two runs may overlap. A run takes the next number before it reads anything, its writes replace nothing of a
higher number, and it can neither move the progress nor remove a late note once another has taken a number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from chalicelib.analytics.counts.counts import NOTHING, Counts, close_day, fold, merge
from chalicelib.analytics.counts.failures import Failure, Failures, isolated
from chalicelib.analytics.counts.journeys import with_journeys
from chalicelib.analytics.counts.periods import ALL_TIME, BUCKET, Level, Period, first_open, month_of
from chalicelib.analytics.counts.ports import MAX_DONE, BucketReader, CountStore, Progress, Superseded
from chalicelib.analytics.counts.repeats import without_repeats
from chalicelib.analytics.counts.sections import Section
from chalicelib.errors import Unavailable

LEASE = timedelta(minutes=2)
"""The time that other runs wait for one that has not reported its end: longer than the function may run."""
BUCKETS_AT_ONCE = 20
"""Buckets folded before the progress is stored: an hour."""
BEFORE_FIRST_RUN = timedelta(hours=1)
"""The time that the first run of a deployment looks back, because events may be recorded before it."""
OWNER_BYTES = 8
"""Two runs that take the same number in the same microsecond must not mistake each other's progress for their own."""
SAFELY_KEPT = timedelta(days=1)
"""Events of a bucket expire one by one. A bucket whose events expire within this time is not folded again, because its
counts would shrink."""

Changed = dict[Period, set[str] | None]
"""Periods to fold, and for which issuers; None: for all."""


@dataclass(frozen=True, slots=True)
class FoldContext:
    """Dependencies of folding. ``entropy(n)`` returns n random bytes."""

    reader: BucketReader
    store: CountStore
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    retention: timedelta
    """How long events are kept."""


@dataclass(frozen=True, slots=True)
class Folded:
    """The result of a run."""

    buckets: int = 0
    late: int = 0
    """Late events whose buckets were folded again."""
    too_old: int = 0
    """Late events that are not counted, because other events of their bucket may have expired."""
    waits: bool = False
    """Whether it did nothing, because another run was in progress."""
    behind: timedelta = timedelta()
    """How long ago the last folded bucket ended."""
    failed: tuple[Failure, ...] = ()
    """Issuers whose counting failed, and is retried by the next run."""


def run(context: FoldContext, until: datetime) -> Folded:
    """Fold closed buckets and late events until none are left or the clock passes ``until``.

    Does nothing while another run is in progress. Raises `Unavailable`: the next run continues.
    """
    mine = start(context)
    if mine is None:
        return Folded(waits=True)
    total, failures = Folded(), Failures(context.store)
    try:
        while context.clock() < until:
            notes = context.store.late(MAX_DONE)
            end = max(mine.folded_to, min(first_open(context.clock()), mine.folded_to + BUCKET * BUCKETS_AT_ONCE))
            # The note of an open bucket waits, and what failed in this run is for the next one.
            done = [note for note in notes if note.bucket < end and note not in failures.notes]
            if not done and end == mine.folded_to:
                break
            oldest = safely_kept_since(context)
            again: Changed = {}
            for note in done:
                if oldest <= note.bucket < mine.folded_to:
                    _add(
                        again, Period(Level.BUCKET, note.bucket), {note.failed_issuer} if note.failed_issuer else set()
                    )
            fold_buckets(context, mine, again, end, failures)
            total = replace(
                total,
                buckets=total.buckets + (end - mine.folded_to) // BUCKET,
                late=total.late + len(done),
                too_old=total.too_old + sum(note.bucket < oldest for note in done),
            )
            mine = replace(mine, folded_to=end)
            context.store.save_progress(mine, mine.number, [note for note in done if note not in failures.notes])
        finish(context, mine)
    except Superseded:
        pass  # the later run does again what this one did not finish
    return replace(total, behind=context.clock() - mine.folded_to, failed=tuple(failures.found))


def safely_kept_since(context: FoldContext) -> datetime:
    """The earliest start of a bucket whose events are certainly all still stored."""
    return context.clock() - context.retention + SAFELY_KEPT


def start(context: FoldContext, *, take_over: bool = False) -> Progress | None:
    """Take the next number; None while another run is in progress, unless ``take_over``."""
    now = context.clock()
    before = context.store.progress() or Progress(0, first_open(now - BEFORE_FIRST_RUN), now)
    if before.busy_until > now and not take_over:
        return None
    mine = Progress(before.number + 1, before.folded_to, now + LEASE, context.entropy(OWNER_BYTES).hex())
    try:
        context.store.save_progress(mine, before.number)
    except Superseded:
        return None
    return mine


def finish(context: FoldContext, mine: Progress) -> None:
    """Let the next run start. Raises `Superseded`."""
    context.store.save_progress(replace(mine, busy_until=context.clock()), mine.number)


def fold_buckets(context: FoldContext, mine: Progress, again: Changed, end: datetime, failures: Failures) -> None:
    """Fold the buckets ``again``, also for the issuers named there, and those from the progress of ``mine`` to ``end``,
    and every longer period that they change and that is over by ``end``. Raises `Superseded`.
    """
    hours: Changed = {}
    for bucket in sorted(again):
        stored = _stored_issuers(context, bucket) | (again[bucket] or set())
        _add(hours, bucket.parent, _fold_bucket(context, mine, bucket, stored, failures))
    for n in range((end - mine.folded_to) // BUCKET):
        bucket = Period(Level.BUCKET, mine.folded_to + BUCKET * n)
        _fold_bucket(context, mine, bucket, (), failures)
        if bucket.end == bucket.parent.end:
            hours[bucket.parent] = None  # the hour is over, so it is folded for everyone
    days: Changed = {}
    for hour in sorted(hours):
        if hour.end > end:
            continue  # it is folded when it is over
        _add(days, hour.parent, _fold_parts(context, mine, hour, hours[hour], failures))
        if hour.end == hour.parent.end > mine.folded_to:
            days[hour.parent] = None
    months: Changed = {}
    for day in sorted(days):
        if day.end <= end:
            _add(months, day.parent, _fold_parts(context, mine, day, days[day], failures))
    fold_longer(context.store, months, mine.number, failures)


def fold_longer(store: CountStore, months: Changed, number: int, failures: Failures | None = None) -> None:
    """Store months as the sums of their days, and all time as the sum of all months. Raises `Superseded`, and without
    ``failures`` whatever fails."""
    for month in sorted(months):
        last = Period(Level.DAY, month.end - timedelta(days=1))
        for issuer_id in sorted(months[month] or ()):
            with isolated(failures, issuer_id, month):
                days = _all_of(store, issuer_id, month._replace(level=Level.DAY), last)
                store.save(issuer_id, month, merge(days), number)
    latest = {each: month for month in sorted(months) for each in months[month] or ()}
    for issuer_id, month in sorted(latest.items()):
        with isolated(failures, issuer_id, month):
            store.save(issuer_id, ALL_TIME, with_journeys(merge(_all_of(store, issuer_id, *MONTHS))), number)


def _add(changed: Changed, period: Period, issuers: set[str]) -> None:
    before = changed.setdefault(period, set())
    if before is not None:
        before |= issuers


def _fold_bucket(
    context: FoldContext, mine: Progress, bucket: Period, stored: Collection[str], failures: Failures
) -> set[str]:
    """Store the counts of ``bucket`` for every issuer that has events in it or counts ``stored``; those issuers."""
    found = fold(without_repeats(context.reader.events(bucket)))
    for issuer_id in sorted({*found, *stored}):
        with isolated(failures, issuer_id, bucket):
            context.store.save(issuer_id, bucket, found.get(issuer_id, NOTHING), mine.number)
    return {*found, *stored}


def _stored_issuers(context: FoldContext, bucket: Period) -> set[str]:
    return {issuer_id for issuer_id, period in context.store.stored_parts(bucket.parent) if period == bucket}


def _fold_parts(
    context: FoldContext, mine: Progress, whole: Period, issuers: Collection[str] | None, failures: Failures
) -> set[str]:
    """Store the counts of an hour or a day for ``issuers``, or for all that have any; those issuers."""
    folded: set[str] = set()

    def save(issuer_id: str, parts: Iterable[Counts]) -> None:
        with isolated(failures, issuer_id, whole):
            counts = merge(parts)
            counts = close_day(counts) if whole.level is Level.DAY else counts
            context.store.save(issuer_id, whole, counts, mine.number)
        folded.add(issuer_id)

    try:
        for issuer_id, parts in groupby(context.store.parts(whole, issuers), key=lambda part: part[0]):
            save(issuer_id, [counts for _, _, counts in parts])
    except Unavailable:  # the counts of one of them cannot be read, so each is read by itself
        wanted = {of for of, _ in context.store.stored_parts(whole)} if issuers is None else issuers
        for issuer_id in sorted(set(wanted) - folded):
            with isolated(failures, issuer_id, whole):
                save(issuer_id, [counts for _, _, counts in context.store.parts(whole, {issuer_id})])
            folded.add(issuer_id)
    return folded


def _all_of(store: CountStore, issuer_id: str, first: Period, last: Period) -> Iterator[Counts]:
    for section in (Section.CELLS, Section.CREDENTIALS):  # the others are made from these
        for _, counts in store.sections(issuer_id, first, last, section):
            yield counts


MONTHS = (month_of(date.min), month_of(date.max))
"""The first and the last month that there can be."""
