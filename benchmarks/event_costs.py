"""`make bench-events`: what recording and counting events costs, as DynamoDB Local reports it
(`ReturnConsumedCapacity`).

A deployment with a history records each event of two days at its time, and counts every minute, as deployed. Prints
read and write units per event, by how many issuers there are, how many events each has in a day, and since when.
"""

from __future__ import annotations

import argparse
import os
import random
from base64 import b32encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from benchmarks.line import Line
from benchmarks.rounds import progress
from benchmarks.units import Meter, Used
from chalicelib.analytics.counts import folding
from chalicelib.analytics.counts.counts import close_day, fold
from chalicelib.analytics.counts.folding import FoldContext
from chalicelib.analytics.counts.periods import Level, Period, day_of, month_of
from chalicelib.analytics.event import Event
from chalicelib.analytics.recorder import Recorder
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from chalicelib.dynamo import tables as dynamo_tables
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.stores.analytics.events import DynamoEventStore
from chalicelib.dynamo.tables import Tables
from cli.demo.year import Programme, simulate
from local.aws import CREDENTIALS, REGION

LAST = date(2026, 11, 16)
"""In the middle of a month, because what a day costs grows with the month."""
DAYS = 2
ACHIEVEMENTS = 20
RETENTION = timedelta(days=400)
MINUTE = timedelta(minutes=1)
MAX_WRITES, MAX_READS = 1.6, 0.3
BAR = "the bar"
READS = ("Query", "GetItem", "BatchGetItem")


@dataclass(frozen=True, slots=True)
class Load:
    """How many issuers there are, the events of each in a day on average, and the days before those that are measured.
    There are more at the end (`cli.demo.year`)."""

    issuers: int
    events: int
    history: int


LOADS = (Load(1, 20_000, 15), Load(10, 2_000, 15), Load(10, 2_000, 365), Load(100, 200, 365))
"""Each has about a million events in its last month."""


class Log:
    """`analytics.ports.Fallback`: nothing may fail here."""

    def keep(self, event: Event, error: Exception) -> None:  # noqa: ARG002 - the port has it
        raise error


class Reported:
    """Adds up the units that DynamoDB Local reports for the calls of a client."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - botocore has no types
        self.reads = self.writes = 0.0
        client.meta.events.register_first("provide-client-params.dynamodb", self._before)
        client.meta.events.register("after-call.dynamodb", self._after)

    def _before(self, params: dict[str, Any], **_: object) -> dict[str, Any]:
        return {**params, "ReturnConsumedCapacity": "TOTAL"}

    def _after(self, parsed: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401
        consumed = parsed.get("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
        if model.name in READS:
            self.reads += units
        else:
            self.writes += units


class Deployment:
    """Records and counts events on a clock of its own."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self.now = now
        events = DynamoEventStore(tables, self.clock, RETENTION)
        self._recorder = Recorder(events, Log())
        self._store = DynamoCountStore(tables, RETENTION)
        self._context = FoldContext(events, self._store, self.clock, random.Random(7).randbytes, RETENTION)

    def clock(self) -> datetime:
        return self.now

    def store_history(self, issuers: Sequence[str], history: Mapping[Period, Sequence[Event]]) -> None:
        """Store the counts of past days and months for each of ``issuers``, without the events."""
        mine = folding.start(self._context)
        if mine is None:
            raise RuntimeError("another fold works")
        for period, events in history.items():
            (counts,) = fold(events).values()
            closed = close_day(counts) if period.level is Level.DAY else replace(counts, visits=frozenset())
            for issuer_id in issuers:
                self._store.save(issuer_id, period, closed, mine.number)
        folding.fold_longer(self._store, {month_of(LAST): set(issuers)}, mine.number)
        folding.finish(self._context, mine)

    def run(self, events: Iterable[Event], end: datetime) -> None:
        """Record each of ``events``, which are in order, at its time, and count every minute."""
        waiting = iter(events)
        event = next(waiting, None)
        tick = self.now + MINUTE
        while tick <= end:
            while event is not None and event.at < tick:
                self.now = event.at
                self._recorder.record(event)
                event = next(waiting, None)
            self.now = tick
            folding.run(self._context, self.now + MINUTE)
            tick += MINUTE


def lines(load: Load) -> Iterator[Line]:
    """Measure ``load`` on fresh tables."""
    tables = _tables()
    start = datetime.combine(LAST - timedelta(days=DAYS - 1), time(), UTC)
    deployment = Deployment(tables, start)
    issuers = [f"issuer{number}" for number in range(load.issuers)]
    simulated, history = _simulated(load, start)
    live = _of_each(issuers, simulated)
    name = f"{load.issuers}-issuers/{len(simulated) // DAYS}-a-day-each/{load.history}-days"
    progress(f"{name}: {len(live):,} events, after {load.issuers * sum(map(len, history.values())):,}")
    deployment.store_history(issuers, history)
    reported, meter = Reported(tables.client), Meter(tables.client)
    deployment.run(live, datetime.combine(LAST, time(), UTC) + timedelta(days=1, minutes=10))
    progress(f"{name}: {_by_kind(meter.used, len(live))}")
    writes, reads = reported.writes / len(live), reported.reads / len(live)
    yield Line(f"event-costs/{name}/writes", writes, "write units an event", peer=BAR, peer_value=MAX_WRITES)
    yield Line(f"event-costs/{name}/reads", reads, "read units an event", peer=BAR, peer_value=MAX_READS)
    what = "read units an event, at least half of one for each read"
    yield Line(f"event-costs/{name}/reads-by-size", meter.reads / len(live), what)


def _by_kind(calls: Iterable[Used], events: int) -> str:
    """Units per event by kind of item."""
    found: defaultdict[str, float] = defaultdict(float)
    for used in calls:
        words = used.partition.split("#")
        name = f"{words[2][:14]} {used.sort}" if words[0] == "COUNTS" else words[0]
        found[f"{name} {'read' if used.reads else 'written'}"] += (used.reads + used.writes) / events
    parts = sorted(found.items(), key=lambda part: -part[1])
    return ", ".join(f"{name} {units:.4f}" for name, units in parts)


def _simulated(load: Load, start: datetime) -> tuple[list[Event], dict[Period, list[Event]]]:
    """The events of one issuer from ``start`` on, and those before: of this month by day, of others by month."""
    programmes = [
        Programme("issuer", f"{number:04}0000-8a3b-4c1d-9e2f-0a1b2c3d4e5f", weight=1 / (number + 3))
        for number in range(ACHIEVEMENTS)
    ]
    days = load.history + DAYS
    live: list[Event] = []
    history: dict[Period, list[Event]] = defaultdict(list)
    for event in map(_with_id, simulate(programmes, LAST, load.events * days, days=days)):
        day = event.at.date()
        if event.at >= start:
            live.append(event)
        else:
            history[day_of(day) if month_of(day) == month_of(LAST) else month_of(day)].append(event)
    return live, history


def _with_id(event: Event) -> Event:
    """``event`` of a credential whose id is as random as real ones, because that determines how well it compresses."""
    if event.credential_id is None:
        return event
    digest = sha256(event.credential_id.encode()).digest()
    return replace(event, credential_id=b32encode(digest).decode().lower()[:26])


def _of_each(issuers: Sequence[str], events: Iterable[Event]) -> list[Event]:
    """``events`` of each of ``issuers``, each with an id of its own, in order."""
    rolls = random.Random(7)
    each = (
        replace(event, id=ulid(event.at, rolls.randbytes(ENTROPY_BYTES)), issuer_id=issuer_id)
        for event in events
        for issuer_id in issuers
    )
    return sorted(each, key=lambda event: event.at)


def _tables() -> Tables:
    """Fresh tables."""
    tables = Tables(credentials="credentials", directory="", events="events", secrets="", erasures="", region=REGION)
    for name in ("credentials", "events"):
        if name in tables.client.list_tables()["TableNames"]:
            tables.client.delete_table(TableName=name)
        tables.client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": part, "AttributeType": "S"} for part in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
    return tables


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.event_costs", description=__doc__)
    parser.add_argument("--load", nargs=3, type=int, action="append", metavar=("ISSUERS", "EVENTS", "HISTORY"))
    loads = [Load(*numbers) for numbers in parser.parse_args().load or ()] or LOADS
    os.environ.update({**CREDENTIALS, "AWS_ENDPOINT_URL": os.environ["LAUREL_DYNAMODB_LOCAL"]})
    dynamo_tables.READ_SECONDS = 60  # a busy machine must not make calls twice, which would count their units twice
    for load in loads:
        for line in lines(load):
            print(line, flush=True)


if __name__ == "__main__":
    main()
