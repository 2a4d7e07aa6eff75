"""Messages to endpoints: queued once, signed, retried for three days, paused, sent again."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Oracle

from chalicelib.analytics.event import Event, Kind, VisitorClass
from chalicelib.award import daily_limits
from chalicelib.award.endpoints import endpoint_actions, publishing, sending
from chalicelib.award.endpoints.endpoint import Endpoint, Message, Pause, State
from chalicelib.award.endpoints.endpoint_actions import EndpointContext, EndpointDraft
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.webhooks.webhook_actions import OVERLAP
from chalicelib.errors import Conflict, QuotaExceeded, Refused, Unavailable
from chalicelib.net.fetching.guard import Guard
from chalicelib.tasks.worker import Worker, run
from tests import fakes, makers
from tests.analytics.counts.makers import event
from tests.award.endpoints.fakes import EndpointStore, Sender

START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
URL = "https://crm.example/laurel"
KINDS = ("issued", "shared", "conversion")


class World:
    """An endpoint, its queue and its receiver."""

    def __init__(self) -> None:
        self.now, self.entropy = START, random.Random(1).randbytes
        self.tasks, self.worker_tasks = fakes.TaskQueue(), fakes.TaskQueue()
        self.store, self.sender = EndpointStore(self.tasks), Sender()
        issuers = fakes.IssuerStore()
        issuers.add_issuer(makers.issuer(id="north", registered_as=None), ())
        issuer_context = IssuerContext(
            issuers, fakes.Signer(), "https://l.example", lambda: self.now, self.entropy, fakes.KEY_POLICY,
            fakes.Counters(),
        )  # fmt: skip
        self.context = EndpointContext(self.store, self.tasks, Guard().target, issuer_context)
        self.publishing = publishing.PublishContext(self.store, self.tasks, "https://l.example", lambda: self.now)
        self.created = endpoint_actions.add(
            self.context, "north", EndpointDraft(URL, KINDS), still_allowed=lambda: None
        )

    def advance(self, by: timedelta) -> None:
        self.now += by

    @property
    def endpoint(self) -> Any:
        return self.store.endpoint("north", self.created.endpoint.id)

    @property
    def messages(self) -> list[Message]:
        return list(self.store.sent.values())

    def publish(self, *events: Event) -> None:
        publishing.publish(self.publishing, "north", events)

    def work(self) -> None:
        """One run of the function."""
        context = sending.SendContext(
            self.store, self.sender, self.tasks, self.worker_tasks, lambda: self.now, self.entropy
        )
        handlers = {publishing.TASK: lambda task: sending.handle(context, task)}
        failures: list[object] = []
        run(Worker(self.tasks, handlers, lambda: self.now, self.entropy, failures.append), self.now + timedelta(1))
        assert failures == []

    def work_for(self, time: timedelta, every: timedelta = timedelta(minutes=30)) -> None:
        end = self.now + time
        while self.now < end:
            self.now += every
            self.work()


@pytest.fixture
def world() -> World:
    return World()


def acted(kind: Kind = Kind.ISSUED, **members: Any) -> Event:
    return event(kind, START, **{"visitor_class": None, "issuer_id": "north", **members})


def test_a_message_is_signed_so_that_the_reference_library_accepts_it(world: World) -> None:
    world.now = datetime.now(UTC)
    world.publish(replace(acted(), at=world.now))
    world.work()
    ((url, body, headers),) = world.sender.received
    assert url == URL
    found = Oracle(world.created.secret).verify(body, dict(headers))
    assert (found["type"], found["data"]["issuer"]) == ("issued", "north")
    assert world.messages[0].state is State.DELIVERED


def test_a_rotated_secret_signs_beside_the_old_one_for_a_day(world: World) -> None:
    rotated = endpoint_actions.rotate(world.context, "north", world.endpoint.id, 1)
    world.publish(acted())
    world.work()
    assert len(world.sender.received[0][2]["webhook-signature"].split()) == 2
    world.now += OVERLAP
    world.publish(acted(id="2" * 26))
    world.work()
    assert len(world.sender.received[1][2]["webhook-signature"].split()) == 1
    assert rotated.secret != world.created.secret


def test_a_bucket_that_is_folded_again_sends_nothing_twice(world: World) -> None:
    one = acted()
    for _ in range(3):
        world.publish(one)
        world.work()
    assert len(world.sender.received) == 1


def test_a_message_is_sent_although_storage_failed_at_the_first_attempt(world: World) -> None:
    world.publish(acted())
    find, world.store.endpoint = world.store.endpoint, unavailable  # type: ignore[method-assign]
    context = sending.SendContext(
        world.store, world.sender, world.tasks, world.worker_tasks, lambda: world.now, world.entropy
    )
    handlers = {publishing.TASK: lambda task: sending.handle(context, task)}
    run(Worker(world.tasks, handlers, lambda: world.now, world.entropy, lambda _: None), world.now + timedelta(1))
    world.store.endpoint = find  # type: ignore[method-assign]
    world.work_for(timedelta(hours=1))
    assert [message.state for message in world.messages] == [State.DELIVERED]
    assert len(world.sender.received) == 1


def unavailable(_issuer_id: str, _endpoint_id: str) -> Endpoint:
    raise Unavailable("The table does not respond.")


def test_a_message_whose_task_was_lost_in_a_crash_is_queued_by_the_next_fold(world: World) -> None:
    one = acted()
    world.publish(one)
    world.tasks.status.clear()
    world.now += timedelta(minutes=1)
    world.publish(one)
    world.work()
    assert [message.state for message in world.messages] == [State.DELIVERED]


@pytest.mark.parametrize(
    "members",
    [
        {"kind": Kind.VIEW, "visitor_class": VisitorClass.PERSON},
        {"kind": Kind.SHARED, "visitor_class": VisitorClass.KNOWN_BOT},
        {"kind": Kind.REVOKED},
        {"at": START - timedelta(days=4)},
        {"at": START - timedelta(minutes=1)},
    ],
    ids=["view", "machine", "not-chosen", "old", "before-the-endpoint"],
)
def test_only_recent_chosen_acts_of_people_are_sent(world: World, members: dict[str, Any]) -> None:
    world.publish(replace(acted(), **members))
    assert world.messages == []


def test_a_paused_endpoint_gets_no_messages(world: World) -> None:
    endpoint_actions.change(world.context, "north", world.endpoint.id, EndpointDraft(URL, KINDS, paused=True))
    world.publish(acted())
    assert (world.messages, world.endpoint.paused) == ([], Pause.MANUAL)
    with pytest.raises(Refused) as refused:
        endpoint_actions.test(world.context, "north", world.endpoint.id)
    assert refused.value.code == "endpoint_paused"


def test_visitors_cannot_flood_an_endpoint_and_do_not_displace_the_issuers_acts(world: World) -> None:
    shares = [
        acted(Kind.SHARED, id=f"{n:026}", visitor_class=VisitorClass.PERSON)
        for n in range(publishing.MAX_BY_VISITORS + 9)
    ]
    world.publish(*shares, acted(id="z" * 26))
    kinds = [message.kind for message in world.messages]
    assert (kinds.count("shared"), kinds.count("issued")) == (publishing.MAX_BY_VISITORS, 1)


@pytest.mark.parametrize("answer", [500, 301, 404, "timeout", "address_refused"])
def test_a_failed_message_is_retried_with_the_same_id_and_body(world: World, answer: int | str) -> None:
    world.sender.answers = [answer, answer, 200]
    world.publish(acted())
    world.work_for(timedelta(hours=3))
    assert len(world.sender.received) == 3
    assert len({(headers["webhook-id"], body) for _, body, headers in world.sender.received}) == 1
    assert (world.messages[0].state, world.messages[0].attempts) == (State.DELIVERED, 3)
    assert world.endpoint.failing_since is None


def test_a_message_is_a_dead_letter_after_three_days_and_can_be_sent_again(world: World) -> None:
    world.sender.answers = [503]
    world.publish(acted())
    world.work_for(timedelta(days=2, hours=20))
    assert world.messages[0].state is State.WAITING
    world.work_for(timedelta(hours=14))
    assert (world.messages[0].state, world.messages[0].status) == (State.FAILED, 503)
    assert 10 <= len(world.sender.received) <= 30
    assert world.tasks.status == {}
    world.sender.answers = [200]
    endpoint_actions.change(world.context, "north", world.endpoint.id, EndpointDraft(URL, KINDS))
    assert endpoint_actions.replay_failed(world.context, "north", world.endpoint.id) == 1
    world.work()
    assert world.messages[0].state is State.DELIVERED


def test_an_endpoint_that_fails_for_days_is_paused_and_its_issuer_is_emailed_once(world: World) -> None:
    world.sender.answers = [500]
    for number in range(3):
        world.publish(acted(id=f"{number:026}"))
    world.work_for(timedelta(days=4))
    assert world.endpoint.paused is Pause.FAILING
    assert [task.kind for task in world.worker_tasks.status] == [sending.PAUSED]
    assert {message.state for message in world.messages} == {State.FAILED}


def test_an_endpoint_that_is_gone_is_paused_at_once(world: World) -> None:
    world.sender.answers = [410]
    world.publish(acted())
    world.work()
    assert (world.endpoint.paused, world.messages[0].state) == (Pause.GONE, State.FAILED)


def test_a_dead_endpoint_takes_the_time_of_one_message_in_a_run(world: World) -> None:
    world.sender.answers = ["timeout"]
    world.publish(*(acted(id=f"{number:026}") for number in range(20)))
    world.work()
    assert len(world.sender.received) == 1
    world.sender.answers = [200]
    world.work_for(timedelta(hours=2))
    assert {message.state for message in world.messages} == {State.DELIVERED}


@pytest.mark.parametrize(("seconds", "sent"), [(4.9, 1), (1.1, 4), (0.4, 50)], ids=["slowest", "slow", "prompt"])
def test_an_endpoint_that_answers_slowly_takes_little_of_a_run(world: World, seconds: float, sent: int) -> None:
    """Answers just before the timeout were no failures, so the endpoints of one issuer took whole runs for hours."""
    world.sender.before = lambda: world.advance(timedelta(seconds=seconds))
    world.publish(*(acted(id=f"{number:026}") for number in range(50)))
    world.work()
    assert len(world.sender.received) == sent
    waiting = [message for message in world.messages if message.state is State.WAITING]
    assert len(waiting) == 50 - sent
    assert all(message.due > world.now for message in waiting)
    world.work_for(timedelta(hours=6), every=timedelta(minutes=1))
    assert {message.state for message in world.messages} == {State.DELIVERED}


@pytest.mark.slow
def test_messages_to_a_slow_endpoint_cost_few_writes_while_they_wait(world: World) -> None:
    """Each was written again every minute, so that thousands took the time of all."""
    world.sender.before = lambda: world.advance(timedelta(seconds=4.9))
    many = 300
    world.publish(*(acted(id=f"{number:026}") for number in range(many)))
    world.work_for(timedelta(hours=2), every=timedelta(minutes=1))
    assert sum(message.version for message in world.messages) < 12 * many


@pytest.mark.slow
def test_a_message_that_a_slow_endpoint_had_no_time_for_is_a_dead_letter_after_three_days(world: World) -> None:
    world.sender.before = lambda: world.advance(timedelta(seconds=4.9))
    world.publish(*(acted(id=f"{number:026}") for number in range(200)))
    world.work_for(timedelta(days=4))
    assert {message.state for message in world.messages} == {State.DELIVERED, State.FAILED}
    assert {message.code for message in world.messages} == {None, "endpoint_slow"}


def test_an_issuer_cannot_fill_the_queue_with_test_messages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_limits, "QUEUED_MESSAGES", replace(daily_limits.QUEUED_MESSAGES, unproven=3, proven=4))
    message = endpoint_actions.test(world.context, "north", world.endpoint.id)
    for _ in range(2):
        endpoint_actions.replay(world.context, "north", world.endpoint.id, message.id)
    world.sender.answers = [410]
    world.work()
    endpoint_actions.change(world.context, "north", world.endpoint.id, EndpointDraft(URL, KINDS))
    queued = len(world.tasks.status)
    for queue in (
        lambda: endpoint_actions.test(world.context, "north", world.endpoint.id),
        lambda: endpoint_actions.replay(world.context, "north", world.endpoint.id, message.id),
        lambda: endpoint_actions.replay_failed(world.context, "north", world.endpoint.id),
    ):
        with pytest.raises(QuotaExceeded) as refused:
            queue()
        assert refused.value.code == "daily_limit_exceeded"
    assert (len(world.tasks.status), world.messages[0].state) == (queued, State.FAILED)


def test_a_dead_endpoint_does_not_silence_one_of_another_issuer_with_the_same_id(world: World) -> None:
    theirs = replace(world.endpoint, issuer_id="south", url="https://dead.example/")
    world.store.add_endpoint(theirs)
    publishing.publish(world.publishing, "south", [acted(issuer_id="south")])
    world.publish(acted())
    world.sender.answers = [500, 200]
    world.work()
    assert [url for url, _, _ in world.sender.received] == [theirs.url, URL]


def test_what_was_deleted_is_not_sent(world: World) -> None:
    world.publish(acted(), acted(id="2" * 26))
    del world.store.sent["north", world.endpoint.id, "2" * 26]  # as an erasure does
    endpoint_actions.remove(world.context, "north", world.endpoint.id)
    world.work()
    assert (world.sender.received, [message.code for message in world.messages]) == ([], ["endpoint_deleted"])


def test_a_test_message_says_that_it_is_one(world: World) -> None:
    endpoint_actions.test(world.context, "north", world.endpoint.id)
    world.work()
    assert json.loads(world.sender.received[0][1])["type"] == "test"


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example/", "https://127.0.0.1/", "https://169.254.169.254/latest", "https://localhost/",
        "https://crm.internal/", "https://crm.example:8443/", "https://user@crm.example/", "ftp://crm.example/",
    ],
    ids=["http", "loopback", "metadata", "localhost", "internal", "port", "user", "ftp"],
)  # fmt: skip
def test_an_endpoint_cannot_be_at_a_private_address(world: World, url: str) -> None:
    with pytest.raises(Refused) as refused:
        endpoint_actions.add(world.context, "north", EndpointDraft(url, KINDS), still_allowed=lambda: None)
    assert refused.value.code == "url_refused"


def test_a_person_who_lost_their_role_meanwhile_leaves_no_endpoint_behind(world: World) -> None:
    def lost() -> None:
        raise Unavailable("no longer a member")

    with pytest.raises(Unavailable):
        endpoint_actions.add(world.context, "south", EndpointDraft(URL, KINDS), still_allowed=lost)
    assert list(world.store.endpoints("south")) == []


def test_two_changes_at_once_are_distinguished(world: World) -> None:
    endpoint_actions.change(world.context, "north", world.endpoint.id, EndpointDraft(URL, ("issued",), version=1))
    with pytest.raises(Conflict):
        endpoint_actions.change(world.context, "north", world.endpoint.id, EndpointDraft(URL, KINDS, version=1))


def test_an_issuer_has_few_endpoints(world: World) -> None:
    for _ in range(endpoint_actions.MAX_ENDPOINTS - 1):
        endpoint_actions.add(world.context, "north", EndpointDraft(URL, KINDS), still_allowed=lambda: None)
    with pytest.raises(Refused):
        endpoint_actions.add(world.context, "north", EndpointDraft(URL, KINDS), still_allowed=lambda: None)
    assert len(list(world.store.endpoints("north"))) == endpoint_actions.MAX_ENDPOINTS


def test_endpoints_that_are_created_at_once_are_no_more_than_the_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(endpoint_actions.MAX_ENDPOINTS - 2):
        endpoint_actions.add(world.context, "north", EndpointDraft(URL, KINDS), still_allowed=lambda: None)
    add_endpoint = world.store.add_endpoint

    def both(endpoint: Endpoint) -> None:
        add_endpoint(endpoint)
        add_endpoint(replace(endpoint, id="another"))

    monkeypatch.setattr(world.store, "add_endpoint", both)
    with pytest.raises(Refused):
        endpoint_actions.add(world.context, "north", EndpointDraft(URL, KINDS), still_allowed=lambda: None)
    assert len(list(world.store.endpoints("north"))) == endpoint_actions.MAX_ENDPOINTS
