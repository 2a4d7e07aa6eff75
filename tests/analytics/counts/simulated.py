"""The counts of simulated events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from chalicelib.analytics.counts.counts import close_day, fold
from chalicelib.analytics.counts.folding import fold_longer
from chalicelib.analytics.counts.periods import Period, bucket_of, day_of
from chalicelib.analytics.counts.ports import CountStore, Progress
from chalicelib.analytics.counts.repeats import without_repeats
from chalicelib.analytics.event import Event
from tests.analytics.counts import fakes

HOURLY_DAYS = 3
"""The last days that are counted by the hour, too."""


def counted(events: Iterable[Event], last: date) -> fakes.CountStore:
    """A store of the counts of ``events`` up to the end of ``last``."""
    store = fakes.CountStore()
    store.saved = save(store, events, last)
    return store


def save(store: CountStore, events: Iterable[Event], last: date) -> Progress:
    """Store the counts of ``events`` as run 1; its progress."""
    buckets: dict[Period, list[Event]] = defaultdict(list)
    for event in events:
        buckets[bucket_of(event.at)].append(event)
    days: dict[date, list[Event]] = defaultdict(list)
    hours: dict[Period, list[Event]] = defaultdict(list)
    for bucket, of in buckets.items():
        found = without_repeats(of)
        days[bucket.start.date()] += found
        if bucket.start.date() > last - timedelta(days=HOURLY_DAYS):
            hours[bucket.parent] += found
    for hour, of in hours.items():
        for issuer_id, counts in fold(of).items():
            store.save(issuer_id, hour, counts, 1)
    issuers: dict[date, set[str]] = defaultdict(set)
    for day, of in sorted(days.items()):
        for issuer_id, counts in fold(of).items():
            store.save(issuer_id, day_of(day), close_day(counts), 1)
            issuers[day.replace(day=1)].add(issuer_id)
    fold_longer(store, {day_of(month).parent: of for month, of in issuers.items()}, 1)
    end = day_of(last + timedelta(days=1)).start
    return Progress(1, end, end)
