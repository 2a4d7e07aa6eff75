"""The counts of simulated events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from chalicelib.analytics.counts.counts import close_day, fold
from chalicelib.analytics.counts.folding import fold_longer
from chalicelib.analytics.counts.periods import day_of
from chalicelib.analytics.counts.ports import CountStore, Progress
from chalicelib.analytics.event import Event
from tests.analytics.counts import fakes


def counted(events: Iterable[Event], last: date) -> fakes.CountStore:
    """A store of the counts of ``events`` up to the end of ``last``."""
    store = fakes.CountStore()
    store.saved = save(store, events, last)
    return store


def save(store: CountStore, events: Iterable[Event], last: date) -> Progress:
    """Store the counts of ``events`` as run 1; its progress."""
    days: dict[date, list[Event]] = defaultdict(list)
    for event in events:
        days[event.at.date()].append(event)
    issuers: dict[date, set[str]] = defaultdict(set)
    for day, of in sorted(days.items()):
        for issuer_id, counts in fold(of).items():
            store.save(issuer_id, day_of(day), close_day(counts), 1)
            issuers[day.replace(day=1)].add(issuer_id)
    fold_longer(store, {day_of(month).parent: of for month, of in issuers.items()}, 1)
    end = day_of(last + timedelta(days=1)).start
    return Progress(1, end, end)
