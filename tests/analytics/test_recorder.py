from __future__ import annotations

import pytest

from chalicelib.analytics.recorder import Recorder
from chalicelib.errors import Unavailable
from tests import fakes
from tests.contract import samples


def test_stored_event_does_not_go_to_the_fallback():
    event_store, fallback = fakes.EventStore(), fakes.Fallback()
    Recorder(event_store, fallback).record(samples.event())
    assert list(event_store.events.values()) == [samples.event()]
    assert fallback.kept == []


@pytest.mark.parametrize("error", [Unavailable("down"), RuntimeError("a bug")])
def test_event_that_cannot_be_stored_goes_to_the_fallback_with_the_error(error: Exception):
    event_store, fallback = fakes.EventStore(fault=error), fakes.Fallback()
    Recorder(event_store, fallback).record(samples.event())
    assert fallback.kept == [(samples.event(), error)]


def test_several_events_are_all_stored_or_all_kept():
    events = [samples.event(event_id=f"event-{number}") for number in range(12)]
    event_store, fallback = fakes.EventStore(), fakes.Fallback()
    Recorder(event_store, fallback).record_all(events)
    assert sorted(event_store.events) == sorted(one.id for one in events)
    Recorder(fakes.EventStore(fault=Unavailable("down")), fallback).record_all(events)
    assert sorted(event.id for event, _ in fallback.kept) == sorted(one.id for one in events)
    Recorder(event_store, fallback).record_all([])
