"""The store of watches, on the fake and on the real engine."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from chalicelib.award.webhooks.webhook import Secret
from chalicelib.delivery import mailbox
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.stores.erasure.erasures import DynamoErasureStore
from chalicelib.dynamo.stores.tasks import DynamoTaskQueue
from chalicelib.dynamo.stores.watches import DynamoKeyAnswers, DynamoWatchStore
from chalicelib.dynamo.tables import Tables
from chalicelib.erasure.erasure import Erasure, ErasureTarget, RequestedBy, Sweep
from chalicelib.errors import Conflict, NotFound
from chalicelib.tasks.task_queue import Task, TaskQueue
from chalicelib.verifiers.idempotency import RETENTION as ANSWER_RETENTION
from chalicelib.verifiers.idempotency import StoredAnswer
from chalicelib.verifiers.watches import verdicts
from chalicelib.verifiers.watches.watch import (
    RETENTION,
    Delivery,
    State,
    Watch,
    WatchName,
    WatchStore,
    check_task,
    delivery_task,
)
from chalicelib.verify.report import Verdict
from tests.analytics.fakes import EventArchive
from tests.contract.samples import NOW
from tests.contract.samples import RETENTION as RETENTION_OF_EVENTS
from tests.verifiers.watches import fakes

WATCH = Watch(
    "a" * 26, "01KB000000000000000000000A", "d" * 64, "https://laurel.example/c/x", "c" * 26, "fernhill",
    "https://jobs.example/laurel", "candidate-17", (Secret(b"s" * 32, NOW),), NOW,
    Verdict.VALID, ("a", "b"), since=NOW, next_check=NOW,
)  # fmt: skip
ELSEWHERE = replace(
    WATCH, id="b" * 26, credential_id=None, issuer_id=None, ref=None, verdict=None, since=None, codes=()
)


@dataclass
class Stores:
    """A store and the queue that its tasks are in."""

    watches: WatchStore
    tasks: TaskQueue
    worker_tasks: TaskQueue

    def due(self) -> list[Task]:
        return sorted(self.tasks.due(NOW + timedelta(days=9), 100), key=lambda task: (task.due, task.subject))


@pytest.fixture(params=["fake", "real"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        store = fakes.WatchStore()
        return Stores(store, store.tasks, store.worker_tasks)
    tables: Tables = request.getfixturevalue("tables")
    return Stores(DynamoWatchStore(tables), DynamoTaskQueue(tables, keys.WATCH_TASKS), DynamoTaskQueue(tables))


def event(watch: Watch, event_id: str = "01KB0000000000000000000001") -> Delivery:
    return verdicts.test_event(watch, event_id, NOW)


def test_watches_are_read_as_they_were_stored(stores: Stores) -> None:
    for watch in (WATCH, ELSEWHERE):
        assert stores.watches.add(watch, check_task(watch)) == watch
        assert stores.watches.watch(watch.verifier_id, watch.id) == watch
    names = [WatchName(WATCH.verifier_id, one) for one in (ELSEWHERE.id, "none", WATCH.id)]
    assert stores.watches.watches(names) == [ELSEWHERE, WATCH]
    assert stores.due() == [*check_task(WATCH), *check_task(ELSEWHERE)]
    with pytest.raises(NotFound):
        stores.watches.watch("another", WATCH.id)


def test_a_watch_with_the_same_id_is_returned_and_not_replaced(stores: Stores) -> None:
    stores.watches.add(WATCH, [])
    assert stores.watches.add(replace(WATCH, ref="another"), check_task(WATCH)) == WATCH
    assert stores.due() == []


def test_watches_are_listed_by_verifier_credential_and_issuer(stores: Stores) -> None:
    made = [replace(WATCH, id=f"{number}" * 26) for number in range(5)]
    for watch in [*made, ELSEWHERE, replace(WATCH, verifier_id="another")]:
        stores.watches.add(watch, [])
    assert stores.watches.of_verifier(WATCH.verifier_id, None, 2) == made[:2]
    assert stores.watches.of_verifier(WATCH.verifier_id, made[3].id, 9) == [made[4], ELSEWHERE]
    for pages, subject in ((stores.watches.of_credential, "c" * 26), (stores.watches.of_issuer, "fernhill")):
        names, after = [], None
        while True:
            page = pages(subject, after, 4)
            names += page.names
            if (after := page.following) is None:
                break
        assert sorted(names) == sorted([*(WatchName(one.verifier_id, one.id) for one in made), ("another", WATCH.id)])
        assert pages("none", None, 4) == ([], None)


def test_a_new_verdict_its_tasks_and_its_delivery_are_stored_together_or_not_at_all(stores: Stores) -> None:
    stores.watches.add(WATCH, [])
    after = replace(WATCH, verdict=Verdict.REVOKED, changes=1, version=2, next_check=None)
    delivery, later = event(after), Task("watch_check", WATCH.verifier_id, WATCH.id, NOW + timedelta(days=1))
    stores.watches.replace(after, [later], delivery)
    assert stores.watches.watch(WATCH.verifier_id, WATCH.id) == after
    assert stores.watches.delivery(WATCH.verifier_id, WATCH.id, delivery.id) == delivery
    assert stores.due() == [delivery_task(delivery), later]
    other = event(after, "01KB0000000000000000000002")
    with pytest.raises(Conflict):
        stores.watches.replace(replace(after, verdict=Verdict.VALID), [], other)
    assert stores.watches.delivery(WATCH.verifier_id, WATCH.id, other.id) is None
    assert stores.watches.watch(WATCH.verifier_id, WATCH.id) == after


def test_event_without_a_callback_is_only_emailed(stores: Stores) -> None:
    watch = replace(WATCH, callback=None, email="dev@jobs.example")
    stores.watches.add(watch, [])
    after = replace(watch, verdict=Verdict.REVOKED, changes=1, version=2, next_check=None)
    delivery = event(after)
    assert delivery.state is State.EMAILED
    stores.watches.replace(after, [], delivery)
    assert stores.watches.watch(watch.verifier_id, watch.id) == after
    assert stores.due() == []
    [task] = stores.worker_tasks.due(NOW, 9)
    assert (task.kind, task.subject) == ("watch_news", f"{watch.id}.{delivery.id}")


def test_a_deleted_watch_is_not_brought_back_and_leaves_no_pointer(stores: Stores) -> None:
    stores.watches.add(WATCH, [])
    assert [stores.watches.remove(WATCH), stores.watches.remove(WATCH)] == [True, False]
    with pytest.raises(Conflict):
        stores.watches.replace(replace(WATCH, version=2))
    assert stores.watches.of_credential("c" * 26, None, 4) == ([], None)
    assert stores.watches.of_issuer("fernhill", None, 4) == ([], None)


def test_deliveries_are_replaced_by_version_and_listed_newest_first(stores: Stores) -> None:
    made = [event(WATCH, f"01KB000000000000000000000{number}") for number in range(4)]
    for delivery in made:
        stores.watches.add_delivery(delivery, [])
    sent = replace(made[0], state=State.DELIVERED, attempts=1, sent=NOW, status=200, version=2)
    stores.watches.replace_delivery(sent, [delivery_task(sent)])
    assert stores.due() == [delivery_task(sent)]
    with pytest.raises(Conflict):
        stores.watches.replace_delivery(replace(sent, status=500), [delivery_task(replace(sent, due=NOW))])
    assert stores.due() == [delivery_task(sent)]

    def listed(before: str | None = None, limit: int = 9, at: timedelta = timedelta()) -> list[Delivery]:
        return list(stores.watches.deliveries(WATCH.verifier_id, WATCH.id, before, limit, NOW + at))

    assert listed() == [*made[:0:-1], sent]
    assert listed(made[2].id, 1) == [made[1]]
    assert listed(at=RETENTION) == []


def test_answers_are_kept_for_a_day(tables: Tables) -> None:
    answers = DynamoKeyAnswers(tables, lambda: NOW)
    assert answers.find("a" * 26) is None
    answers.put("a" * 26, StoredAnswer(201, "{}"))
    assert answers.find("a" * 26) == StoredAnswer(201, "{}")
    later = DynamoKeyAnswers(tables, lambda: NOW + ANSWER_RETENTION + timedelta(seconds=1))
    assert later.find("a" * 26) is None


@pytest.mark.parametrize(("email", "ids"), [("dev@jobs.example", ()), ("ada@example.org", ("c" * 26,))])
def test_erasing_the_owner_or_the_credential_leaves_no_trace(tables: Tables, email: str, ids: tuple[str, ...]) -> None:
    watches = DynamoWatchStore(tables)
    owned = replace(WATCH, owner=mailbox.digest("dev@jobs.example"))
    other = replace(
        WATCH, id="o" * 26, owner="e" * 64, credential_id="p" * 26, verifier_id="01KB0000000000000000000009"
    )
    for watch in (owned, other):
        watches.add(watch, [])
        watches.add_delivery(event(watch), [])
    erasure = Erasure(None, mailbox.digest(email), email, None, RequestedBy.OPERATOR, NOW, NOW)
    erasures = DynamoErasureStore(tables, DynamoCountStore(tables, RETENTION_OF_EVENTS), EventArchive(), os.urandom)
    list(erasures.sweep(Sweep(NOW), [ErasureTarget(erasure, frozenset(ids))]))
    assert watches.of_verifier(owned.verifier_id, None, 9) == []
    assert watches.of_credential("c" * 26, None, 9) == watches.of_issuer("none", None, 9)
    assert watches.deliveries(owned.verifier_id, owned.id, None, 9, NOW) == []
    assert watches.of_verifier(other.verifier_id, None, 9) == [other]
    assert len(watches.deliveries(other.verifier_id, other.id, None, 9, NOW)) == 1
