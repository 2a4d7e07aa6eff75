"""A deployment that counts events on the test engine, with a clock of its own; faults are injected into its calls."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from chalicelib.analytics.counts import folding
from chalicelib.analytics.counts.folding import LEASE, FoldContext
from chalicelib.analytics.counts.periods import ALL_TIME
from chalicelib.analytics.counts.recount import recount
from chalicelib.analytics.counts.sections import Section
from chalicelib.analytics.event import NOT_CHECKED, Event, Kind, VisitorClass
from chalicelib.analytics.recorder import Recorder
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.stores.analytics.events import DynamoEventStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Unavailable
from crash.faults import Fault, FaultInjector, SimulatedCrash
from crash.stage import create_table

ISSUER = "acme"
START = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
"""Half an hour before midnight, so that every period ends within a short run."""
RETENTION = timedelta(days=400)
ATTEMPTS = 50
"""Runs of the fold until it must be done. With 30% of all calls throttled, a few are needed."""
_NUMBERS = count()


class Log:
    """`analytics.ports.Fallback`: keeps what the event store did not accept."""

    def __init__(self) -> None:
        self.kept: list[Event] = []

    def keep(self, event: Event, error: Exception) -> None:  # noqa: ARG002 - the port has it
        self.kept.append(event)


class Deployment:
    """Records and counts events. Each event is of an achievement of its own, so that every count says which it is."""

    def __init__(self, tables: Tables, seed: int = 7) -> None:
        self.tables, self.rolls, self.now = tables, random.Random(seed), START
        number = next(_NUMBERS)
        for table in ("credentials", "events"):
            setattr(tables, table, f"counting-{table}-{number}")
            create_table(tables.client, f"counting-{table}-{number}")
        self.injector = FaultInjector((tables.client,))
        self.log = Log()
        self.event_store = DynamoEventStore(tables, self.clock, RETENTION)
        self.recorder = Recorder(self.event_store, self.log)
        self.store = DynamoCountStore(tables, RETENTION)
        self.context = FoldContext(self.event_store, self.store, self.clock, self.rolls.randbytes, RETENTION)
        self.acknowledged: set[str] = set()
        self.sent: dict[str, Event] = {}

    def clock(self) -> datetime:
        return self.now

    def event(self, at: datetime | None = None) -> Event:
        """A view by a person, now or ``at`` an earlier time."""
        at = at or self.now
        one = Event(
            id=ulid(at, self.rolls.randbytes(ENTROPY_BYTES)),
            kind=Kind.VIEW,
            at=at,
            credential_id="c" * 26,
            issuer_id=ISSUER,
            achievement_id=f"{len(self.sent):08}",
            verdict=NOT_CHECKED,
            visitor=f"{self.rolls.randrange(50):032}",
            referrer=None,
            visitor_class=VisitorClass.PERSON,
        )
        self.sent[one.achievement_id] = one
        return one

    def record(self, event: Event, nth: int = 0, fault: Fault | None = None) -> bool:
        """Record one event, as a view does, with a fault at its ``nth`` call, and return whether it was
        acknowledged."""
        try:
            with self.injector.failing(nth, fault) if fault else nullcontext():
                self.recorder.record(event)
        except SimulatedCrash:
            return False  # no response was sent
        self.acknowledged.add(event.achievement_id)
        return True

    def replay(self, times: int = 2) -> None:
        """Replay the log ``times``, each until everything in it is stored."""
        for event in self.log.kept * times:
            until_done(partial(self.event_store.write, event))

    def fold(self, nth: int = 0, fault: Fault | None = None) -> bool:
        """Run the fold with a fault at its ``nth`` call, and return whether it ended by itself."""
        try:
            with self.injector.failing(nth, fault) if fault else nullcontext():
                folding.run(self.context, self.now + timedelta(days=99))
        except (SimulatedCrash, Unavailable):
            return False
        return True

    def fold_until_done(self) -> None:
        """Run the fold until all that is closed is counted, with what failed for one issuer, which a note keeps until
        the next bucket has closed."""
        for _ in range(ATTEMPTS):
            self.now += LEASE
            if self.fold() and not self.store.late(1):
                return
        raise RuntimeError("the fold does not end")

    def lost_and_double(self) -> tuple[int, int]:
        """Acknowledged events that are not counted, and how often events are counted too often."""
        counts: Counter[str] = Counter()
        for cell, many in self.store.section(ISSUER, ALL_TIME, Section.ACHIEVEMENTS).cells.items():
            counts[cell.achievement] += many
        lost = sum(name not in counts for name in self.acknowledged)
        return lost, sum(many - 1 for many in counts.values()) + sum(name not in self.sent for name in counts)

    def refold_changes(self) -> int:
        """Counts that differ when every event is counted again."""
        days = {event.at.date() for event in self.sent.values()}
        return sum(len(recount(self.context, day)) for day in sorted(days))

    def drop(self) -> None:
        """Drop the tables."""
        for table in (self.tables.credentials, self.tables.events):
            self.tables.client.delete_table(TableName=table)


def until_done(act: Callable[[], Any]) -> None:
    """Call ``act`` until storage takes it."""
    for _ in range(ATTEMPTS):
        try:
            act()
        except Unavailable:
            continue
        return
    raise RuntimeError("storage never accepted it")
