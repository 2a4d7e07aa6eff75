"""The event store on the real engine. The port has no read method, so the tests read the items directly."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.analytics.counts.counts import fold
from chalicelib.analytics.counts.periods import bucket_of
from chalicelib.analytics.counts.ports import Progress
from chalicelib.analytics.event import Kind
from chalicelib.analytics.event_json import UNSTORED, from_wire, to_wire
from chalicelib.analytics.recorder import Recorder
from chalicelib.analytics.replay import replay
from chalicelib.directory.directory_events import NO_ISSUER
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.stores.analytics.events import DynamoEventStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Unavailable
from tests import aws_calls, fakes
from tests.contract import samples


@pytest.fixture
def event_store(tables: Tables) -> DynamoEventStore:
    return DynamoEventStore(tables, lambda: samples.NOW, samples.RETENTION)


def stored(tables: Tables) -> list[dict[str, Any]]:
    return tables.client.scan(TableName=tables.events, ConsistentRead=True)["Items"]


def test_event_is_stored_with_all_its_members_and_no_others(tables: Tables, event_store: DynamoEventStore):
    event = samples.event()
    event_store.write(event)
    (item,) = stored(tables)
    members = {name: next(iter(value.values())) for name, value in item.items()}
    own = {name: members.get(name) for name in to_wire(event)}
    assert from_wire(own) == event
    assert item.keys() - own.keys() == {"pk", "sk", "type", "expires"}
    assert int(members["expires"]) == math.ceil((event.at + timedelta(days=400)).timestamp())


def test_missing_members_are_omitted(tables: Tables, event_store: DynamoEventStore):
    event_store.write(samples.event(visitor=None, referrer=None))
    (item,) = stored(tables)
    assert not item.keys() & {"visitor", "referrer"}


def test_event_of_the_directory_is_read_and_counted(tables: Tables, event_store: DynamoEventStore):
    """It has no achievement, and may belong to no issuer. An event that cannot be read would stop all counting."""
    event = samples.event(
        kind=Kind.SEARCHED, credential_id=None, achievement_id="", issuer_id=NO_ISSUER, target="place,text"
    )
    event_store.write(event)
    assert list(event_store.events(bucket_of(event.at))) == [event]
    counts = fold([event])[NO_ISSUER]
    assert [(cell.kind, cell.achievement, cell.detail) for cell in counts.cells] == [("searched", "", "place,text")]
    count_store = DynamoCountStore(tables, samples.RETENTION)
    count_store.save(NO_ISSUER, bucket_of(event.at), counts, 1)
    found = count_store.parts(bucket_of(event.at).parent, None)
    assert [(issuer_id, dict(part.cells)) for issuer_id, _, part in found] == [(NO_ISSUER, dict(counts.cells))]


def test_event_write_is_one_call_without_a_read(tables: Tables, event_store: DynamoEventStore):
    with aws_calls.counted(tables.client) as calls:
        event_store.write(samples.event())
        event_store.write(samples.event())
    assert calls == ["PutItem", "PutItem"]


def test_repeated_event_write_is_stored_once(tables: Tables, event_store: DynamoEventStore):
    for _ in range(3):
        event_store.write(samples.event())
    assert len(stored(tables)) == 1


def test_stored_event_is_not_overwritten(tables: Tables, event_store: DynamoEventStore):
    event_store.write(samples.event())
    event_store.write(samples.event(verdict="revoked"))
    (item,) = stored(tables)
    assert item["verdict"]["S"] == "valid"


def test_time_bucket_has_a_bounded_number_of_partitions(tables: Tables, event_store: DynamoEventStore):
    start = samples.NOW.replace(minute=0, second=0, microsecond=0)
    events = [samples.event(f"{number:026}", at=start + timedelta(seconds=number * 30)) for number in range(12)]
    for event in events:
        event_store.write(event)
    in_first = {keys.event(event.id, event.at).pk for event in events[:6]}
    in_second = {keys.event(event.id, event.at).pk for event in events[6:]}
    assert len(in_first) <= keys.SHARDS
    assert not in_first & in_second
    found = [item["id"]["S"] for pk in in_first for item in tables.query(tables.events, keys.Range(pk))]
    assert sorted(found) == [event.id for event in events[:6]]


@pytest.mark.parametrize("fault", [aws_calls.lost_before, aws_calls.reply_lost])
def test_event_is_logged_after_a_storage_error_and_replay_stores_it_once(
    tables: Tables, event_store: DynamoEventStore, fault
):
    fallback = fakes.Fallback()
    recorder = Recorder(event_store, fallback)
    with fault(tables.client):
        recorder.record(samples.event())
    recorder.record(replace(samples.event(), id="01KAHZ0000000000000000000B"))
    ((event, error),) = fallback.kept
    assert event == samples.event()
    assert isinstance(error, Unavailable)
    line = f'2026-11-21T10:05:00.000Z {{"level":"ERROR","{UNSTORED}":{_json(event)}}}\n'
    for _ in range(2):
        assert replay([line], event_store).stored == 1
    assert len(stored(tables)) == 2


@pytest.mark.parametrize("fault", [aws_calls.lost_before, aws_calls.reply_lost])
def test_repeating_an_old_event_has_it_counted_and_archived_once(
    tables: Tables, event_store: DynamoEventStore, fault
) -> None:
    """Whoever repeated an old sign-up or click had the counts of all issuers and the archive of its day made again."""
    count_store = DynamoCountStore(tables, samples.RETENTION)
    old = samples.event(at=samples.NOW - timedelta(days=30))
    with fault(tables.client), pytest.raises(Unavailable):
        event_store.write(old)
    event_store.write(old)  # what was lost is stored with its notes
    notes, days = count_store.late(9), event_store.late_days()
    assert ([note.event_id for note in notes], [day.event_id for day in days]) == ([old.id], [old.id])
    count_store.save_progress(Progress(1, samples.NOW, samples.NOW, "one"), 0, notes)
    event_store.forget_late_day(days[0])
    for _ in range(3):
        event_store.write(old)
        event_store.write(replace(old, credential_id=None))  # as a sign-up whose credential was erased meanwhile
    assert (count_store.late(9), event_store.late_days()) == ([], [])


def test_short_throttling_is_retried(tables: Tables, event_store: DynamoEventStore):
    with aws_calls.throttled(tables.client, "PutItem", times=1) as refused:
        event_store.write(samples.event())
    assert len(refused) == 1
    assert len(stored(tables)) == 1


def test_long_throttling_is_unavailable(tables: Tables, event_store: DynamoEventStore):
    with aws_calls.throttled(tables.client, "PutItem", times=9) as refused, pytest.raises(Unavailable):
        event_store.write(samples.event())
    assert len(refused) == 3


def _json(event) -> str:
    return json.dumps(to_wire(event))
