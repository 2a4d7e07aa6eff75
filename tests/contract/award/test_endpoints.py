"""Endpoints and their messages, on the fake and on the real engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.award.endpoints.endpoint import RETENTION, Endpoint, EndpointStore, Message, Pause, State
from chalicelib.award.webhooks.webhook import Secret
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.award.endpoints import DynamoEndpointStore
from chalicelib.dynamo.stores.tasks import DynamoTaskQueue
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound
from chalicelib.tasks.task_queue import Task
from tests import aws_calls
from tests.award.endpoints import fakes
from tests.contract import samples

NOW = samples.NOW
SECRETS = (Secret(b"s" * 32, NOW, NOW + timedelta(days=1)),)
ENDPOINT = Endpoint("one", "north", "https://crm.example/", ("issued", "shared"), SECRETS, NOW)
MESSAGE = Message("01KAHZ0000000000000000000A", "north", "one", "issued", "{}", NOW, NOW, "c" * 26)


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest) -> EndpointStore:
    if request.param == "fake":
        return fakes.EndpointStore()
    return DynamoEndpointStore(request.getfixturevalue("tables"))


def test_endpoints_are_stored_by_issuer_and_changed_by_version(store: EndpointStore) -> None:
    store.add_endpoint(ENDPOINT)
    with pytest.raises(Conflict):
        store.add_endpoint(ENDPOINT)
    store.add_endpoint(replace(ENDPOINT, issuer_id="north#x"))
    assert list(store.endpoints("north")) == [ENDPOINT]
    failing = replace(ENDPOINT, paused=Pause.FAILING, failing_since=NOW, version=2)
    store.replace_endpoint(failing)
    assert store.endpoint("north", "one") == failing
    with pytest.raises(Conflict):
        store.replace_endpoint(failing)
    store.remove_endpoint(failing)
    with pytest.raises(NotFound):
        store.endpoint("north", "one")
    with pytest.raises(Conflict):
        store.replace_endpoint(replace(failing, version=3))


def test_a_message_is_stored_once_and_listed_newest_first(store: EndpointStore) -> None:
    later = replace(MESSAGE, id="01KAHZ0000000000000000000B", credential_id=None)
    assert store.add_messages([MESSAGE]) == []
    assert store.add_messages([replace(MESSAGE, body="x"), later]) == [MESSAGE]
    assert list(store.messages("north", "one", NOW, 10)) == [later, MESSAGE]
    assert list(store.messages("north", "one", NOW, 1)) == [later]
    assert list(store.messages("north", "one", NOW + RETENTION, 10)) == []
    assert list(store.messages("south", "one", NOW, 10)) == []
    sent = replace(MESSAGE, state=State.FAILED, attempts=2, sent=NOW, status=503, code="timeout", version=2)
    store.replace_message(sent)
    assert store.message("north", "one", MESSAGE.id) == sent
    with pytest.raises(Conflict):
        store.replace_message(sent)
    assert store.message("north", "one", "other") is None


def test_hundreds_of_messages_are_stored_with_their_tasks_in_a_few_calls(tables: Tables) -> None:
    store, queue = DynamoEndpointStore(tables), DynamoTaskQueue(tables, keys.ENDPOINT_TASKS)
    messages = [replace(MESSAGE, id=f"{number:026}") for number in range(260)]
    with aws_calls.counted(tables.client) as calls:
        assert store.add_messages(messages) == []
    assert (calls.count("BatchGetItem"), calls.count("BatchWriteItem"), len(calls)) == (3, 22, 25)
    assert len(list(queue.due(NOW, 1_000))) == 260
    tried = replace(messages[0], attempts=1, version=2)
    store.replace_message(tried)
    assert len(store.add_messages(messages)) == 259


def test_the_queue_of_messages_is_apart_from_that_of_the_worker(tables: Tables) -> None:
    worker, messages = DynamoTaskQueue(tables), DynamoTaskQueue(tables, keys.ENDPOINT_TASKS)
    task = Task("endpoint_message", "north", "one.a", NOW)
    messages.add([task])
    assert list(worker.due(NOW, 10)) == []
    assert list(messages.due(NOW, 10)) == [task]
    assert messages.claim(task, NOW)
    messages.postpone(replace(task, attempts=1), NOW + timedelta(minutes=1))
    assert [one.due for one in messages.due(NOW + timedelta(hours=1), 10)] == [NOW + timedelta(minutes=1)]
    assert messages.claim(replace(task, attempts=1, due=NOW + timedelta(minutes=1)), NOW + timedelta(hours=1))
    messages.move_to_dead_letters(replace(task, attempts=2, due=NOW + timedelta(minutes=1)), "internal", NOW)
    assert list(worker.dead_letters(10)) == []
    (dead,) = messages.dead_letters(10)
    messages.retry(dead, NOW)
    assert [one.subject for one in messages.due(NOW, 10)] == ["one.a"]
