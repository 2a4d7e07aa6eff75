"""Fold closed buckets into hours, days, months and all time, overwriting what was there.

A crash at any point changes nothing: progress is stored last, so the next run does the same again, with the same
result. Two runs may overlap. A run takes the next number before it reads anything, its writes replace nothing of a
higher number, and it can neither move the progress nor remove a late note once another has taken a number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from chalicelib.analytics.counts.all_time import MONTHS, of_all_time
from chalicelib.analytics.counts.counts import NOTHING, Counts, close_day, fold, merge
from chalicelib.analytics.counts.failures import Failure, Failures, isolated
from chalicelib.analytics.counts.periods import ALL_TIME, BUCKET, Level, Period, first_open
from chalicelib.analytics.counts.ports import MAX_DONE, BucketReader, CountStore, Progress, Superseded
from chalicelib.analytics.counts.repeats import without_repeats
from chalicelib.analytics.counts.sections import Section
from chalicelib.analytics.counts.view_counts import refresh
from chalicelib.analytics.event import Event
from chalicelib.errors import Unavailable

LEASE = timedelta(minutes=2)
"""The time that other runs wait for one that has not reported its end: longer than the function may run."""
BUCKETS_AT_ONCE = 20
"""Buckets folded before the progress is stored: an hour."""
BEFORE_FIRST_RUN = timedelta(hours=1)
"""How far back the first run of a deployment looks, because events may be recorded before it."""
OWNER_BYTES = 8
"""Two runs that take the same number in the same microsecond must not mistake each other's progress for their own."""
SAFELY_KEPT = timedelta(days=1)
"""Events of a bucket expire one by one. A bucket whose events expire within this time is not folded again, because its
counts would shrink."""

Changed = dict[Period, set[str] | None]
"""Periods to fold, and for which issuers; None: for all."""


Publish = Callable[[str, Sequence[Event]], None]
"""Forwards one issuer's events in a bucket. Called again when the bucket is recounted."""


def _nowhere(_issuer_id: str, _events: Sequence[Event]) -> None:
    pass


@dataclass(frozen=True, slots=True)
class FoldContext:
    """Dependencies of folding. ``entropy(n)`` returns n random bytes."""

    reader: BucketReader
    store: CountStore
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    retention: timedelta
    """How long events are kept."""
    publish: Publish = _nowhere
    """Passes the events of a bucket on to other systems, after they are counted."""


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
    # An earlier progress does no harm: it names no bucket that is not folded, so what it calls idle is idle; a number
    # that has been taken since cannot be taken; and folding a bucket again changes nothing.
    before = context.store.progress(latest=False)
    if before is not None and _is_idle(context, before):
        return Folded(behind=context.clock() - before.folded_to)
    mine = _take(context, before)
    if mine is None:
        return Folded(waits=True)
    total, failures, is_last = Folded(), Failures(context.store), False
    try:
        while context.clock() < until and not is_last:
            mine, folded, is_last = _fold_next(context, mine, failures)
            total = replace(
                total,
                buckets=total.buckets + folded.buckets,
                late=total.late + folded.late,
                too_old=total.too_old + folded.too_old,
            )
        if not is_last:
            finish(context, mine)
    except Superseded:
        pass  # the later run does again what this one did not finish
    return replace(total, behind=context.clock() - mine.folded_to, failed=tuple(failures.found))


def _fold_next(context: FoldContext, mine: Progress, failures: Failures) -> tuple[Progress, Folded, bool]:
    """Fold the next buckets and what is noted, and store the progress; whether nothing is left, which ends the run."""
    notes = context.store.late(MAX_DONE)
    end = max(mine.folded_to, min(first_open(context.clock()), mine.folded_to + BUCKET * BUCKETS_AT_ONCE))
    # The note of an open bucket waits, and what failed in this run is for the next one.
    done = [note for note in notes if note.bucket < end and note not in failures.notes]
    oldest = safely_kept_since(context)
    again: Changed = {}
    for note in done:
        if oldest <= note.bucket < mine.folded_to:
            _add(again, Period(Level.BUCKET, note.bucket), {note.failed_issuer} if note.failed_issuer else set())
    fold_buckets(context, mine, again, end, failures)
    folded = Folded((end - mine.folded_to) // BUCKET, len(done), sum(note.bucket < oldest for note in done))
    now = context.clock()
    is_last = end >= first_open(now) and (len(notes) < MAX_DONE or not done)
    after = replace(mine, folded_to=end, busy_until=now if is_last else mine.busy_until)
    context.store.save_progress(after, mine.number, [note for note in done if note not in failures.notes])
    return after, folded, is_last


def _is_idle(context: FoldContext, before: Progress) -> bool:
    """Whether no bucket has closed. Two of three runs find none, and then neither read nor write anything else: notes
    wait for the next bucket."""
    now = context.clock()
    return before.busy_until <= now and first_open(now) <= before.folded_to


def safely_kept_since(context: FoldContext) -> datetime:
    """The earliest start of a bucket whose events are certainly all still stored."""
    return context.clock() - context.retention + SAFELY_KEPT


def start(context: FoldContext, *, take_over: bool = False) -> Progress | None:
    """Take the next number; None while another run is in progress, unless ``take_over``."""
    return _take(context, context.store.progress(), take_over=take_over)


def _take(context: FoldContext, before: Progress | None, *, take_over: bool = False) -> Progress | None:
    now = context.clock()
    before = before or Progress(0, first_open(now - BEFORE_FIRST_RUN), now)
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
    """Fold the buckets ``again``, including for the issuers named there, and those from the progress of ``mine`` to
    ``end``, and every longer period that they change and that is over by ``end``. Raises `Superseded`.
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


def fold_longer(
    store: CountStore, months: Changed, number: int, failures: Failures | None = None, *, shrunk: bool = False
) -> None:
    """Store months as the sums of their days, with the view counts that holders show, and all time from all months; for
    ``shrunk`` see `CountStore.save`. Raises `Superseded`, and without ``failures`` whatever fails."""
    earliest: dict[str, Period] = {}
    for month in sorted(months):
        last = Period(Level.DAY, month.end - timedelta(days=1))
        for issuer_id in sorted(months[month] or ()):
            earliest.setdefault(issuer_id, month)
            with isolated(failures, issuer_id, month):
                first = month._replace(level=Level.DAY)
                days = [
                    counts
                    for section in (Section.CELLS, Section.CREDENTIALS)  # the others are made from these
                    for _, counts in store.sections(issuer_id, first, last, section)
                ]
                counts = merge(days)
                store.save(issuer_id, month, counts, number, shrunk=shrunk)
                refresh(store, issuer_id, month, counts, MONTHS, number)
    for issuer_id, month in sorted(earliest.items()):
        # What fails is noted for the earliest month, because all time depends on which months have changed.
        with isolated(failures, issuer_id, month):
            store.save(issuer_id, ALL_TIME, of_all_time(store, issuer_id, month, number), number, shrunk=shrunk)


def _add(changed: Changed, period: Period, issuers: set[str]) -> None:
    before = changed.setdefault(period, set())
    if before is not None:
        before |= issuers


def _fold_bucket(
    context: FoldContext, mine: Progress, bucket: Period, stored: Collection[str], failures: Failures
) -> set[str]:
    """Store the counts of ``bucket`` for every issuer that has events in it or counts ``stored``, and return those
    issuers."""
    events = list(without_repeats(context.reader.events(bucket)))
    found = fold(events)
    of_issuer: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        of_issuer[event.issuer_id].append(event)
    for issuer_id in sorted({*found, *stored}):
        with isolated(failures, issuer_id, bucket):
            context.store.save(issuer_id, bucket, found.get(issuer_id, NOTHING), mine.number)
            context.publish(issuer_id, of_issuer[issuer_id])
    return {*found, *stored}


def _stored_issuers(context: FoldContext, bucket: Period) -> set[str]:
    return {issuer_id for issuer_id, period in context.store.stored_parts(bucket.parent) if period == bucket}


def _fold_parts(
    context: FoldContext, mine: Progress, whole: Period, issuers: Collection[str] | None, failures: Failures
) -> set[str]:
    """Store the counts of an hour or a day for ``issuers``, or for all that have any, and return those issuers."""
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
