"""What a request for a holder's link does on the real engine does not tell whether the address is right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.delivery.holder import lost_link
from chalicelib.dynamo.tables import Tables
from tests.contract.test_grants import EMAIL, Laurel

CALLER = "203.0.113.7"
OTHER = "eve@example.net"
assert len(OTHER) == len(EMAIL)


@contextmanager
def calls(tables: Tables) -> Iterator[list[tuple[str, int]]]:
    """The calls to AWS meanwhile: the operation, and the bytes of its request."""
    made: list[tuple[str, int]] = []
    events = tables.client.meta.events

    def note(request: Any, **_: Any) -> None:
        made.append((request.headers["X-Amz-Target"].decode(), len(request.body)))

    events.register("before-send.dynamodb", note)
    try:
        yield made
    finally:
        events.unregister("before-send.dynamodb", note)


@pytest.mark.parametrize("was_emailed", [True, False], ids=["emailed", "never-emailed"])
def test_right_and_wrong_addresses_cause_the_same_calls(tables: Tables, was_emailed: bool) -> None:
    laurel = Laurel(tables)
    services = laurel.services
    record = laurel.issue()
    if was_emailed:
        laurel.run_tasks(set())
    sent = len(laurel.mailer.sent)
    assert sent == was_emailed
    # The first request of a day creates what all others share.
    lost_link.request(services.delivery_context, services.access_context, record.id, "first@example.com", CALLER)
    made = {}
    for email in (EMAIL, OTHER):
        with calls(tables) as made[email]:
            lost_link.request(services.delivery_context, services.access_context, record.id, email, CALLER)
    assert made[EMAIL] == made[OTHER]
    assert [name for name, _ in made[EMAIL]][-2:] == ["DynamoDB_20120810.PutItem"] * 2
    assert len(laurel.mailer.sent) == sent
