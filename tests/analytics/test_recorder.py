from __future__ import annotations

import pytest

from chalicelib.analytics.recorder import Recorder
from chalicelib.errors import Unavailable
from tests import fakes
from tests.contract import samples


def test_an_event_goes_to_the_journal_and_nowhere_else():
    event_store, fallback = fakes.EventStore(), fakes.Fallback()
    Recorder(event_store, fallback).record(samples.event())
    assert list(event_store.events.values()) == [samples.event()]
    assert fallback.kept == []


@pytest.mark.parametrize("fault", [Unavailable("down"), RuntimeError("a fault of ours")])
def test_whatever_breaks_the_event_is_kept_whole_with_the_reason(fault: Exception):
    event_store, fallback = fakes.EventStore(fault=fault), fakes.Fallback()
    Recorder(event_store, fallback).record(samples.event())
    assert fallback.kept == [(samples.event(), fault)]
