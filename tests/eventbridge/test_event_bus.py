"""Events on an Amazon EventBridge bus, with a client whose replies are set."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from chalicelib.errors import Unavailable
from chalicelib.eventbridge.event_bus import BATCH, EventBus


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> tuple[EventBus, Stubber]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    made = EventBus("eu-central-1", "crm")
    return made, Stubber(made._client)


def documents(many: int) -> list[dict[str, Any]]:
    return [{"type": "issued", "timestamp": "2026-11-22T09:30:00Z", "data": {"id": f"{n}"}} for n in range(many)]


def test_events_are_put_in_batches_with_their_kind_and_detail(bus: tuple[EventBus, Stubber]) -> None:
    made, stub = bus
    first = {
        "EventBusName": "crm", "Source": "laurel", "DetailType": "issued", "Time": "2026-11-22T09:30:00Z",
        "Detail": json.dumps(documents(1)[0]),
    }  # fmt: skip
    stub.add_response("put_events", {"FailedEntryCount": 0}, {"Entries": [first, *[ANY] * (BATCH - 1)]})
    stub.add_response("put_events", {"FailedEntryCount": 0}, {"Entries": [ANY]})
    with stub:
        made.put(documents(BATCH + 1))
    stub.assert_no_pending_responses()


def test_an_event_that_the_bus_does_not_accept_is_an_error_so_that_it_is_put_again(
    bus: tuple[EventBus, Stubber],
) -> None:
    made, stub = bus
    stub.add_response("put_events", {"FailedEntryCount": 1}, None)
    stub.add_client_error("put_events", "InternalException")
    with stub:
        for _ in range(2):
            with pytest.raises(Unavailable):
                made.put(documents(1))


def test_nothing_is_put_for_no_events(bus: tuple[EventBus, Stubber]) -> None:
    made, stub = bus
    with stub:
        made.put([])
