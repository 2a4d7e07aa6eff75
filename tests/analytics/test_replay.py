from __future__ import annotations

import io
import json
import logging
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.event import Event
from chalicelib.analytics.event_json import UNSTORED, to_wire
from chalicelib.analytics.replay import Replayed, event_in, replay
from chalicelib.errors import Malformed, Unavailable
from chalicelib.http.core import log
from tests import fakes
from tests.contract import samples


def logged(event: Event) -> str:
    return json.dumps({"level": "ERROR", "message": "event not stored", UNSTORED: to_wire(event), "error": "down"})


WRAPPINGS = {
    "bare": lambda line: line,
    "with a newline": lambda line: line + "\n",
    "export to S3": lambda line: f"2026-11-21T10:05:00.000Z {line}",
    "Lambda's text format": lambda line: f"2026-11-21T10:05:00.000Z\t6f1c-request\tERROR\t{line}\n",
    "aws logs tail": lambda line: f"2026-11-21T10:05:00.000000+00:00 2026/11/21/[$LATEST]0a1b {line}",
    "subscription": lambda line: json.dumps({"id": "1", "timestamp": 1, "message": line + "\n"}),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_event_is_found_in_every_export_format(wrapping: str):
    assert event_in(WRAPPINGS[wrapping](logged(samples.event()))) == samples.event()


def test_replay_reads_what_the_logger_writes():
    written = io.StringIO()
    logger = logging.getLogger(log.logger().name)
    handler = logging.StreamHandler(written)
    handler.setFormatter(logger.handlers[0].formatter)
    logger.addHandler(handler)
    log.LogFallback().keep(samples.event(), Unavailable("down"))
    logger.removeHandler(handler)
    event_store = fakes.EventStore()
    assert replay(written.getvalue().splitlines(), event_store).stored == 1
    assert list(event_store.events.values()) == [samples.event()]


def test_repeated_replay_stores_each_event_once():
    events = [samples.event(f"{number:026}") for number in range(3)]
    lines = ["START RequestId: 6f1c", *map(logged, events), '{"level":"INFO","message":"answered"}', ""]
    event_store = fakes.EventStore()
    for _ in range(2):
        assert replay(lines, event_store) == Replayed(stored=3, other=3, malformed=())
    assert list(event_store.events.values()) == events


def test_malformed_lines_are_reported_and_the_others_replayed():
    broken = logged(samples.event())[:-20]
    foreign = json.dumps({UNSTORED: {"id": "x"}})
    endless = logged(samples.event()) + " " * 300_000
    event_store = fakes.EventStore()
    done = replay([broken, logged(samples.event()), foreign, endless, f'{{"{UNSTORED}": 7}} {{}}'], event_store)
    assert done == Replayed(stored=1, other=0, malformed=(1, 3, 4, 5))


def test_line_that_only_mentions_the_member_is_ignored():
    assert event_in(json.dumps({"message": f"see {UNSTORED}", "level": "INFO"})) is None


def test_unavailable_event_store_stops_the_replay():
    with pytest.raises(Unavailable):
        replay([logged(samples.event())], fakes.EventStore(fault=Unavailable("down")))


@given(st.text() | st.text().map(lambda text: text + UNSTORED) | st.text().map(lambda text: f'{{"{UNSTORED}":{text}}}'))
def test_parsing_a_line_raises_only_malformed(line: str):
    try:
        found = event_in(line)
    except Malformed:
        return
    assert found is None


def test_deep_nesting_is_malformed():
    with pytest.raises(Malformed):
        event_in(f'{{"{UNSTORED}":' + "[" * 100_000)


def test_replay_of_an_old_log_restores_nothing_of_who_was_erased():
    erased, other = samples.event(), samples.event(credential_id="d" * 26)
    store = fakes.EventStore()
    replay([logged(erased), logged(replace(other, id=other.id[:-1] + "Z"))], store, {erased.credential_id}.__contains__)
    first, second = sorted(store.events.values(), key=lambda event: event.credential_id or "")
    assert (first.credential_id, first.visitor, first.kind) == (None, None, erased.kind)
    assert second.credential_id == other.credential_id
