"""One credential with 1,000 views a second, compared with what one partition of DynamoDB takes in a second.

    hot/page-reads    read units of the busiest partition key: those of one view of its page, times 1,000
    hot/event-writes  write units of the busiest partition key while a minute of views is recorded
    hot/count-reads   read units of the busiest partition key while that minute is counted
    hot/count-writes  write units of the same
    hot/count-time    seconds of CPU that counting the minute takes, compared with those that the function has

Every visitor is another one, which makes the counts as large as they can be. The engine answers at once
(`instant_engine`), so counting is faster than on AWS, and its units a second are the most there can be.

The page is measured in a process of its own, on an embedded AWS: `python -m benchmarks.suites.hot ID`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.engine import seeded
from benchmarks.instant_engine import InstantEngine
from benchmarks.line import Line
from benchmarks.request import Context, get_credential
from benchmarks.rounds import progress
from benchmarks.units import PARTITION_READS, PARTITION_WRITES, Meter
from chalicelib.analytics.counts import folding
from chalicelib.analytics.counts.folding import FoldContext
from chalicelib.analytics.event import Device, Event, Kind, VisitorClass
from chalicelib.analytics.recorder import Recorder
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.stores.analytics.events import DynamoEventStore
from chalicelib.dynamo.tables import Tables
from local.aws import CREDENTIALS, REGION

RATE = 1_000
SECONDS = int(os.environ.get("HOT_SECONDS", "60"))
START = datetime(2026, 11, 29, 23, 54, tzinfo=UTC)
"""The start of a bucket; after it, the hour, the day and all longer periods are counted too."""
RETENTION = timedelta(days=400)
LIMIT = "the limit of a partition"
CPU_SHARE = 1024 / 1769
"""Of the function `count_events` in `infrastructure/resources.yaml`: a whole CPU comes with 1,769 MB of memory (AWS
Lambda developer guide, "Configure Lambda function memory")."""


class _Log:
    """`analytics.ports.Fallback`: nothing may fail here."""

    def keep(self, event: Event, error: Exception) -> None:  # noqa: ARG002 - the port has it
        raise error


def lines() -> Iterator[Line]:
    """Measure `hot/...`, as described above."""
    yield _page()
    yield from _minute()


def _page() -> Line:
    with seeded() as seeded_aws:
        progress("hot: a page")
        units = json.loads(seeded_aws.run("benchmarks.suites.hot", seeded_aws.credential_id).splitlines()[-1])
    progress(f"hot: read units of a page by partition key: {json.dumps(units)}")
    most = RATE * max(units.values())
    return Line("hot/page-reads", most, "read units a second", peer=LIMIT, peer_value=PARTITION_READS)


class _Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()


def _minute() -> Iterator[Line]:
    os.environ.update(CREDENTIALS)
    tables = Tables(credentials="credentials", directory="", events="events", secrets="", erasures="", region=REGION)
    InstantEngine(tables.client)
    clock, rolls = _Clock(), random.Random(7)
    events = DynamoEventStore(tables, clock, RETENTION)
    context = FoldContext(events, DynamoCountStore(tables, RETENTION), clock, rolls.randbytes, RETENTION)
    folding.run(context, clock() + timedelta(days=1))
    progress(f"hot: {SECONDS} seconds of {RATE:,} views")
    recording, recorder = Meter(tables.client, clock.seconds), Recorder(events, _Log())
    for number in range(SECONDS * RATE):
        clock.now = START + timedelta(seconds=number / RATE)
        recorder.record(_view(clock(), rolls))
    _, writes = recording.busiest()
    yield Line("hot/event-writes", writes, "write units a second", peer=LIMIT, peer_value=PARTITION_WRITES)
    progress("hot: counting")
    clock.now = START + timedelta(minutes=10)  # past midnight, so that every period is counted
    counting, before = Meter(tables.client, time.process_time), time.process_time()
    folding.run(context, clock() + timedelta(days=1))
    spent = time.process_time() - before
    reads, writes = counting.busiest()
    yield Line("hot/count-reads", reads, "read units a second", peer=LIMIT, peer_value=PARTITION_READS)
    yield Line("hot/count-writes", writes, "write units a second", peer=LIMIT, peer_value=PARTITION_WRITES)
    yield Line("hot/count-time", spent, "s of CPU", peer="the function", peer_value=SECONDS * CPU_SHARE)


def _view(at: datetime, rolls: random.Random) -> Event:
    """A view with everything that a browser tells, by a new visitor."""
    return Event(
        id=ulid(at, rolls.randbytes(ENTROPY_BYTES)),
        kind=Kind.VIEW,
        at=at,
        credential_id="abcdefghijklmnopqrstuvwx27",
        issuer_id="harbour-college",
        achievement_id="6f2c5d0e-8a3b-4c1d-9e2f-0a1b2c3d4e5f",
        verdict="valid",
        visitor=rolls.randbytes(16).hex(),
        referrer="www.linkedin.com",
        visitor_class=VisitorClass.PERSON,
        country=rolls.choice(["DE", "FR", "US", "IN"]),
        language="de",
        device=rolls.choice(list(Device)),
        utm_source="newsletter",
        utm_medium="email",
        utm_campaign="autumn-2026",
    )


def main(credential_id: str) -> None:
    """Print the read units of one view of a page by partition key."""
    with contextlib.redirect_stdout(io.StringIO()):  # the application logs there
        from app import app, services

        meter = Meter(services._tables.client)  # noqa: SLF001 - the only client that a view uses
        for _ in range(2):  # the first one also creates the salt of the day
            meter.clear()
            status = app(get_credential(credential_id, "text/html"), Context())["statusCode"]
    if status != 200:
        raise RuntimeError(f"not a view: {status}")
    sys.stdout.write(json.dumps(meter.reads_by(lambda used: used.partition)))


if __name__ == "__main__":
    main(sys.argv[1])
