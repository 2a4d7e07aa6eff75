"""The journal on the real engine; the port has no reading side, so what is stored is looked at directly."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.analytics.event_json import UNSTORED, from_wire, to_wire
from chalicelib.analytics.recorder import Recorder
from chalicelib.analytics.replay import replay
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.events import DynamoEventStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Unavailable
from tests import aws_calls, fakes
from tests.contract import nouns


@pytest.fixture
def event_store(tables: Tables) -> DynamoEventStore:
    return DynamoEventStore(tables)


def stored(tables: Tables) -> list[dict[str, Any]]:
    return tables.client.scan(TableName=tables.events, ConsistentRead=True)["Items"]


def test_an_event_is_stored_whole_and_nothing_else_with_it(tables: Tables, event_store: DynamoEventStore):
    event = nouns.event()
    event_store.write(event)
    (item,) = stored(tables)
    members = {name: next(iter(value.values())) for name, value in item.items()}
    own = {name: members.get(name) for name in to_wire(event)}
    assert from_wire(own) == event
    assert item.keys() - own.keys() == {"pk", "sk", "type", "expires"}
    assert int(members["expires"]) == math.ceil((event.at + timedelta(days=400)).timestamp())


def test_unknown_members_are_left_out_not_stored_as_empty(tables: Tables, event_store: DynamoEventStore):
    event_store.write(nouns.event(visitor=None, referrer=None))
    (item,) = stored(tables)
    assert not item.keys() & {"visitor", "referrer"}


def test_one_write_is_one_call_and_no_read(tables: Tables, event_store: DynamoEventStore):
    with aws_calls.counted(tables.client) as calls:
        event_store.write(nouns.event())
        event_store.write(nouns.event())
    assert calls == ["PutItem", "PutItem"]


def test_an_event_counts_once_however_often_it_is_written(tables: Tables, event_store: DynamoEventStore):
    for _ in range(3):
        event_store.write(nouns.event())
    assert len(stored(tables)) == 1


def test_an_event_that_stands_is_not_overwritten(tables: Tables, event_store: DynamoEventStore):
    event_store.write(nouns.event())
    event_store.write(nouns.event(verdict="revoked"))
    (item,) = stored(tables)
    assert item["verdict"]["S"] == "valid"


def test_a_bucket_is_read_in_its_few_partitions(tables: Tables, event_store: DynamoEventStore):
    start = nouns.NOW.replace(minute=0, second=0, microsecond=0)
    events = [nouns.event(f"{number:026}", at=start + timedelta(seconds=number * 30)) for number in range(20)]
    for event in events:
        event_store.write(event)
    in_first = {keys.event(event.id, event.at).pk for event in events[:10]}
    in_second = {keys.event(event.id, event.at).pk for event in events[10:]}
    assert len(in_first) <= keys.SHARDS
    assert not in_first & in_second
    found = [item["id"]["S"] for pk in in_first for item in tables.query(tables.events, keys.Range(pk))]
    assert sorted(found) == [event.id for event in events[:10]]


@pytest.mark.parametrize("fault", [aws_calls.lost_before, aws_calls.reply_lost])
def test_after_any_fault_the_event_is_in_the_log_and_a_replay_makes_it_one(
    tables: Tables, event_store: DynamoEventStore, fault
):
    fallback = fakes.Fallback()
    recorder = Recorder(event_store, fallback)
    with fault(tables.client):
        recorder.record(nouns.event())
    recorder.record(replace(nouns.event(), id="01KAHZ0000000000000000000B"))
    ((event, error),) = fallback.kept
    assert event == nouns.event()
    assert isinstance(error, Unavailable)
    line = f'2026-11-21T10:05:00.000Z {{"level":"ERROR","{UNSTORED}":{_json(event)}}}\n'
    for _ in range(2):
        assert replay([line], event_store).stored == 1
    assert len(stored(tables)) == 2


def test_a_short_throttle_is_waited_out(tables: Tables, event_store: DynamoEventStore):
    with aws_calls.throttled(tables.client, "PutItem", times=1) as refused:
        event_store.write(nouns.event())
    assert len(refused) == 1
    assert len(stored(tables)) == 1


def test_a_long_throttle_is_unavailable(tables: Tables, event_store: DynamoEventStore):
    with aws_calls.throttled(tables.client, "PutItem", times=9) as refused, pytest.raises(Unavailable):
        event_store.write(nouns.event())
    assert len(refused) == 3


def _json(event) -> str:
    return json.dumps(to_wire(event))
