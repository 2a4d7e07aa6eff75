"""Deliveries to callbacks: retries, slow or failing hosts, and final states."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from chalicelib.award.endpoints.sending import RETRY_FOR
from chalicelib.tasks.task_queue import Task
from chalicelib.verifiers.watches import sending, verdicts
from chalicelib.verifiers.watches.sending import SendContext
from chalicelib.verifiers.watches.watch import Delivery, State, Watch, delivery_task
from tests.award.endpoints.fakes import Sender
from tests.verifiers.watches.fakes import WatchStore
from tests.verifiers.watches.test_verdicts import HOSTED, NOW


@dataclass
class Sends:
    """Everything of one run."""

    sender: Sender = field(default_factory=Sender)
    store: WatchStore = field(default_factory=WatchStore)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.context = SendContext(self.store, self.sender, lambda: self.now, bytes)

    def add(self, watch: Watch = HOSTED, event_id: str = "01KB0000000000000000000001") -> Delivery:
        self.store.add(watch, [])
        delivery = verdicts.test_event(watch, event_id, self.now)
        self.store.add_delivery(delivery, [delivery_task(delivery)])
        return delivery

    def stored(self, delivery: Delivery) -> Delivery:
        return self.store.sent[delivery.verifier_id, delivery.watch_id, delivery.id]


@pytest.mark.parametrize("answer", [199, 300, 301, 302, 307, 400, 404, 429, 500, "timeout", "address_refused"])
def test_anything_but_success_is_retried(answer: int | str) -> None:
    sends = Sends(Sender([answer]))
    delivery = sends.add()
    sending.handle(sends.context, delivery_task(delivery))
    after = sends.stored(delivery)
    assert (after.state, after.attempts) == (State.WAITING, 1)
    assert (after.status, after.code) == ((None, answer) if isinstance(answer, str) else (answer, None))
    assert after.due > delivery.queued
    assert delivery_task(after) in sends.store.tasks.status


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_success_ends_the_retries(status: int) -> None:
    sends = Sends(Sender([status]))
    delivery = sends.add()
    for _ in range(2):  # the task may run twice
        sending.handle(sends.context, delivery_task(delivery))
    assert sends.stored(delivery).state is State.DELIVERED
    assert len(sends.sender.received) == 1


def test_task_that_was_postponed_after_a_failure_of_storage_still_sends_it() -> None:
    sends = Sends()
    delivery = sends.add()
    sending.handle(sends.context, replace(delivery_task(delivery), due=delivery.due + timedelta(minutes=5)))
    assert sends.stored(delivery).state is State.DELIVERED


def test_task_that_was_replaced_does_nothing() -> None:
    sends = Sends(Sender([500]))
    delivery = sends.add()
    sending.handle(sends.context, delivery_task(delivery))
    sends.context.resting.clear()
    sends.now += timedelta(minutes=1)
    sending.handle(sends.context, Task("watch_delivery", delivery.verifier_id, f"{HOSTED.id}.{delivery.id}", NOW))
    assert len(sends.sender.received) == 1


def test_duplicate_message_does_nothing_after_the_first_attempt() -> None:
    sends = Sends(Sender([500]))
    delivery = sends.add()
    for _ in range(2):
        sending.send_at_once(sends.context, delivery.verifier_id, f"{HOSTED.id}.{delivery.id}")
    assert len(sends.sender.received) == 1


def test_other_deliveries_to_a_host_that_failed_wait() -> None:
    sends = Sends(Sender([500]))
    made = [sends.add(replace(HOSTED, id=one * 26)) for one in "ab"]
    elsewhere = sends.add(replace(HOSTED, id="c" * 26, callback="https://other.example/"))
    for delivery in (*made, elsewhere):
        sending.handle(sends.context, delivery_task(delivery))
    assert [sends.stored(one).attempts for one in (*made, elsewhere)] == [1, 0, 1]
    assert sends.stored(made[1]).due > NOW


def test_delivery_that_was_never_attempted_says_so() -> None:
    sends = Sends(Sender([500]))
    first, other = (sends.add(replace(HOSTED, id=one * 26)) for one in "ab")
    sends.now += RETRY_FOR
    for delivery in (first, other):
        sending.handle(sends.context, replace(delivery_task(delivery), due=sends.now))
    assert [(sends.stored(one).state, sends.stored(one).code) for one in (first, other)] == [
        (State.FAILED, None),
        (State.FAILED, "host_failing"),
    ]


@pytest.mark.parametrize(("change", "code"), [("deleted", "watch_deleted"), ("disabled", "watch_disabled")])
def test_deleted_or_disabled_watch_gets_nothing(change: str, code: str) -> None:
    sends = Sends()
    delivery = sends.add()
    if change == "deleted":
        sends.store.remove(HOSTED)
    else:
        sends.store.replace(replace(HOSTED, disabled=NOW, version=2))
    sending.handle(sends.context, delivery_task(delivery))
    assert (sends.stored(delivery).state, sends.stored(delivery).code) == (State.FAILED, code)
    assert sends.sender.received == []
