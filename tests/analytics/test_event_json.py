from __future__ import annotations

import json
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import NO_ACHIEVEMENT, Device, Event, Kind, VisitorClass, Widget
from chalicelib.analytics.event_json import from_wire, to_wire
from chalicelib.errors import Malformed
from tests.contract import samples
from tests.strategies import MOMENTS

TEXT = st.text(min_size=1, max_size=64)
EVENT = st.builds(
    Event, TEXT, st.sampled_from(Kind), MOMENTS, TEXT,
    TEXT, TEXT, TEXT, st.none() | TEXT, st.none() | TEXT, st.none() | TEXT, st.none() | st.sampled_from(Widget),
    st.none() | st.sampled_from(VisitorClass), st.none() | TEXT, st.none() | st.sampled_from(Channel),
    st.none() | TEXT, st.none() | TEXT, st.none() | st.sampled_from(Device), st.none() | TEXT, st.none() | TEXT,
    st.none() | TEXT,
)  # fmt: skip
ADDED_LATER = {
    "target", "widget", "visitor_class", "recipient_check", "channel", "country", "language", "device", "utm_source",
    "utm_medium", "utm_campaign", "valid_until",
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(EVENT)
def test_event_round_trips_through_json(event: Event):
    assert from_wire(json.loads(json.dumps(to_wire(event)))) == event


@pytest.mark.parametrize("kind", sorted(NO_ACHIEVEMENT))
def test_events_of_the_directory_have_no_achievement(kind: Kind):
    event = samples.event(kind=kind, credential_id=None, achievement_id="")
    assert to_wire(event)["achievement_id"] is None
    assert from_wire(to_wire(event)) == event


def test_times_are_serialized_in_utc():
    event = samples.event(at=samples.NOW.astimezone(timezone(timedelta(hours=3))))
    assert to_wire(event)["at"] == "2026-11-21T10:04:59.123456Z"


@given(JSON)
def test_other_json_is_malformed(value: object):
    with pytest.raises(Malformed):
        from_wire(value)


@given(st.sampled_from(sorted(to_wire(samples.event()))), JSON)
def test_replaced_member_is_malformed_or_round_trips(member: str, value: object):
    wire = {**to_wire(samples.event()), member: value}
    try:
        event = from_wire(wire)
    except Malformed:
        return
    assert to_wire(event) == wire


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2026-11-21T10:04:59Z"},
        {"at": "2026-11-21 10:04:59.123456Z"},
        {"at": "2026-11-21T10:04:59.1Z"},
        {"at": "2026-02-30T10:04:59.123456Z"},
        {"kind": "glance"},
        {"id": ""},
        {"id": None},
        {"achievement_id": None},
        {"achievement_id": ""},
        {"referrer": "h" * 513},
        {"visitor_class": "robot"},
        {"address": "192.0.2.7"},
    ],
    ids=str,
)
def test_parsing_is_strict(change: dict[str, object]):
    with pytest.raises(Malformed):
        from_wire({**to_wire(samples.event()), **change})


def test_missing_member_is_malformed():
    wire = to_wire(samples.event())
    for name in wire.keys() - ADDED_LATER:
        with pytest.raises(Malformed):
            from_wire({key: value for key, value in wire.items() if key != name})


def test_event_of_an_earlier_version_is_still_parsed():
    wire = to_wire(samples.event())
    for name in ADDED_LATER:
        del wire[name]
    assert from_wire(wire) == samples.event()
