"""The journal on the real engine; the port has no reading side, so what is stored is looked at directly."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.analytics.recorder import Recorder
from chalicelib.analytics.replay import replay
from chalicelib.analytics.wire import UNSTORED, from_wire, to_wire
from chalicelib.dynamo import keys
from chalicelib.dynamo.journal import DynamoJournal
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Unavailable
from tests import aws_calls, fakes
from tests.contract import nouns


@pytest.fixture
def journal(tables: Tables) -> DynamoJournal:
    return DynamoJournal(tables)


def stored(tables: Tables) -> list[dict[str, Any]]:
    return tables.client.scan(TableName=tables.events, ConsistentRead=True)["Items"]


def test_an_event_is_stored_whole_and_nothing_else_with_it(tables: Tables, journal: DynamoJournal):
    event = nouns.event()
    journal.write(event)
    (item,) = stored(tables)
    members = {name: next(iter(value.values())) for name, value in item.items()}
    own = {name: members.get(name) for name in to_wire(event)}
    assert from_wire(own) == event
    assert item.keys() - own.keys() == {"pk", "sk", "type", "expires"}
    assert int(members["expires"]) == math.ceil((event.at + timedelta(days=400)).timestamp())


def test_unknown_members_are_left_out_not_stored_as_empty(tables: Tables, journal: DynamoJournal):
    journal.write(nouns.event(visitor=None, referrer=None))
    (item,) = stored(tables)
    assert not item.keys() & {"visitor", "referrer"}


def test_one_write_is_one_call_and_no_read(tables: Tables, journal: DynamoJournal):
    with aws_calls.counted(tables.client) as calls:
        journal.write(nouns.event())
        journal.write(nouns.event())
    assert calls == ["PutItem", "PutItem"]


def test_an_event_counts_once_however_often_it_is_written(tables: Tables, journal: DynamoJournal):
    for _ in range(3):
        journal.write(nouns.event())
    assert len(stored(tables)) == 1


def test_an_event_that_stands_is_not_overwritten(tables: Tables, journal: DynamoJournal):
    journal.write(nouns.event())
    journal.write(nouns.event(verdict="revoked"))
    (item,) = stored(tables)
    assert item["verdict"]["S"] == "valid"


def test_a_bucket_is_read_in_its_few_partitions(tables: Tables, journal: DynamoJournal):
    start = nouns.NOW.replace(minute=0, second=0, microsecond=0)
    events = [nouns.event(f"{number:026}", at=start + timedelta(seconds=number * 30)) for number in range(20)]
    for event in events:
        journal.write(event)
    in_first = {keys.event(event.id, event.at).pk for event in events[:10]}
    in_second = {keys.event(event.id, event.at).pk for event in events[10:]}
    assert len(in_first) <= keys.SHARDS
    assert not in_first & in_second
    found = [item["id"]["S"] for pk in in_first for item in tables.query(tables.events, keys.Range(pk))]
    assert sorted(found) == [event.id for event in events[:10]]


@pytest.mark.parametrize("fault", [aws_calls.lost_before, aws_calls.reply_lost])
def test_after_any_fault_the_event_is_in_the_log_and_a_replay_makes_it_one(
    tables: Tables, journal: DynamoJournal, fault
):
    fallback = fakes.Fallback()
    recorder = Recorder(journal, fallback)
    with fault(tables.client):
        recorder.record(nouns.event())
    recorder.record(replace(nouns.event(), id="01KAHZ0000000000000000000B"))
    ((event, error),) = fallback.kept
    assert event == nouns.event()
    assert isinstance(error, Unavailable)
    line = f'2026-11-21T10:05:00.000Z {{"level":"ERROR","{UNSTORED}":{_json(event)}}}\n'
    for _ in range(2):
        assert replay([line], journal).stored == 1
    assert len(stored(tables)) == 2


def test_a_short_throttle_is_waited_out(tables: Tables, journal: DynamoJournal):
    with aws_calls.throttled(tables.client, "PutItem", times=1) as refused:
        journal.write(nouns.event())
    assert len(refused) == 1
    assert len(stored(tables)) == 1


def test_a_long_throttle_is_unavailable(tables: Tables, journal: DynamoJournal):
    with aws_calls.throttled(tables.client, "PutItem", times=9) as refused, pytest.raises(Unavailable):
        journal.write(nouns.event())
    assert len(refused) == 3


def _json(event) -> str:
    return json.dumps(to_wire(event))
