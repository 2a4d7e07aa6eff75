"""Watches by a program: `/v1/watches`, with the function that checks them and sends their deliveries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from chalicelib.award.issuing import status_changes
from chalicelib.award.webhooks.webhook_actions import OVERLAP
from chalicelib.credential import dates
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.errors import Unavailable
from chalicelib.tasks.worker import Worker, run
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.watches import changing, checking, creating, emailing, running, verdicts
from chalicelib.verifiers.watches.emailing import EmailContext
from chalicelib.verifiers.watches.waking import Wake, WakeSubject
from tests.http.fake_laurel import BASE_URL, NOW, Laurel, id_of
from tests.http.gateway import Gateway, Response
from tests.http.senders import external_credential
from tests.http.verifiers.keys import DEVELOPER, as_verifier, create_key, create_verifier

URL = "/v1/watches"
CALLBACK = "https://jobs.example/laurel"
ELSEWHERE = "https://elsewhere.example/credential.json"


@pytest.fixture
def key(laurel: Laurel) -> dict[str, str]:
    return as_verifier(laurel)


def create(client: Gateway, key: dict[str, str], credential: str = id_of("valid"), **members: object) -> Response:
    sent = {"credential": credential, "callback": CALLBACK, "ref": "candidate-17", **members}
    return client.post(
        URL, json.dumps({name: value for name, value in sent.items() if value is not None}).encode(), **key
    )


def work(laurel: Laurel) -> None:
    """Deliver the messages of the queue until none is left."""
    while laurel.wakes.waiting:
        running.work(laurel.watch_work, laurel.wakes.waiting.pop(0))


def minute(laurel: Laurel, after: timedelta) -> None:
    """What the function does in the minute's run, ``after`` the last one."""
    laurel.now += after
    failures: list[object] = []
    handlers = running.handlers(laurel.watch_work)
    worker = Worker(laurel.watch_store.tasks, handlers, lambda: laurel.now, laurel.entropy, failures.append)
    run(worker, laurel.now + timedelta(seconds=50))
    assert failures == []


def revoke(laurel: Laurel, credential_id: str = id_of("valid")) -> None:
    status_changes.revoke(laurel.issuer_context, "fernhill", credential_id, "Issued to the wrong person.")
    laurel.wakes.send([Wake(WakeSubject.CREDENTIAL, credential_id)])  # as the stream of changes does


def received(laurel: Laurel) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body, _ in laurel.watch_sender.received]


def test_revocation_of_a_watched_credential_is_sent_once_and_signed(
    client: Gateway, laurel: Laurel, key: dict[str, str]
) -> None:
    made = create(client, key)
    assert (made.status, made.json["verdict"], made.json["state"]) == (201, "valid", "active")
    work(laurel)
    assert received(laurel) == []
    revoke(laurel)
    laurel.wakes.send([Wake(WakeSubject.CREDENTIAL, id_of("valid"))])  # a second time, as SQS may
    work(laurel)
    minute(laurel, timedelta(minutes=5))
    [(url, body, headers)] = laurel.watch_sender.received
    assert (url, headers["webhook-timestamp"]) == (CALLBACK, str(int(NOW.timestamp())))
    assert headers["webhook-signature"] == sign(made.json["secret"], headers, body)
    assert json.loads(body) == {
        "type": "credential.verdict_changed",
        "timestamp": dates.write(NOW),
        "data": {
            "id": headers["webhook-id"],
            "watch": made.json["id"],
            "ref": "candidate-17",
            "credential": {"id": id_of("valid"), "url": f"{BASE_URL}/c/{id_of('valid')}"},
            "change": 1,
            "before": "valid",
            "after": "revoked",
            "codes": ["revoked"],
            "found_at": dates.write(NOW),
        },
    }
    shown = client.get(f"{URL}/{made.json['id']}", **key).json
    assert (shown["verdict"], shown["codes"], shown["changes"]) == ("revoked", ["revoked"], 1)
    assert "secret" not in shown
    [delivery] = client.get(f"{URL}/{made.json['id']}/deliveries", **key).json["items"]
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("delivered", 1, 200)
    assert delivery["body"] == json.loads(body)


def test_receiver_that_is_down_for_ten_deliveries_gets_one_logical_event(
    client: Gateway, laurel: Laurel, key: dict[str, str]
) -> None:
    laurel.watch_sender.answers = [503, "timeout", 301, "connect_failed", 500, 404, 429, 502, "tls_failed", 503, 204]
    watch_id = create(client, key).json["id"]
    revoke(laurel)
    work(laurel)
    start = laurel.now
    while len(laurel.watch_sender.received) < 11 and laurel.now < start + timedelta(days=3):
        minute(laurel, timedelta(minutes=1))
    ids = [headers["webhook-id"] for _, _, headers in laurel.watch_sender.received]
    bodies = {body for _, body, _ in laurel.watch_sender.received}
    assert (len(ids), len(set(ids)), len(bodies)) == (11, 1, 1)
    minute(laurel, timedelta(days=4))
    assert len(laurel.watch_sender.received) == 11
    [delivery] = client.get(f"{URL}/{watch_id}/deliveries", **key).json["items"]
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("delivered", 11, 204)


def test_delivery_is_a_dead_letter_after_three_days_and_can_be_replayed(
    client: Gateway, laurel: Laurel, key: dict[str, str]
) -> None:
    laurel.watch_sender.answers = [500]
    watch_id = create(client, key).json["id"]
    revoke(laurel)
    work(laurel)
    for _ in range(4 * 24 * 2):
        minute(laurel, timedelta(minutes=30))
    [delivery] = client.get(f"{URL}/{watch_id}/deliveries", **key).json["items"]
    assert (delivery["state"], delivery["status"], delivery["due_at"]) == ("failed", 500, None)
    attempts = len(laurel.watch_sender.received)
    laurel.watch_sender.answers = [200]
    replayed = client.post(f"{URL}/{watch_id}/deliveries/{delivery['id']}/replay", b"", **key)
    assert (replayed.status, replayed.json["state"]) == (202, "waiting")
    work(laurel)
    assert len(laurel.watch_sender.received) == attempts + 1
    [after] = client.get(f"{URL}/{watch_id}/deliveries", **key).json["items"]
    assert (after["id"], after["state"], after["body"]) == (delivery["id"], "delivered", delivery["body"])


def test_410_disables_the_watch(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    laurel.watch_sender.answers = [410]
    watch_id = create(client, key).json["id"]
    revoke(laurel)
    work(laurel)
    minute(laurel, timedelta(days=1))
    assert client.get(f"{URL}/{watch_id}", **key).json["state"] == "disabled"
    assert len(laurel.watch_sender.received) == 1
    refused = client.post(f"{URL}/{watch_id}/test", b"", **key)
    assert (refused.status, refused.json["code"]) == (422, "watch_disabled")


def test_suspension_and_reinstatement_are_two_events_in_order(
    client: Gateway, laurel: Laurel, key: dict[str, str]
) -> None:
    create(client, key)
    for change in (status_changes.suspend, status_changes.reinstate):
        change(laurel.issuer_context, "fernhill", id_of("valid"), "An appeal.")
        laurel.wakes.send([Wake(WakeSubject.CREDENTIAL, id_of("valid"))])
        work(laurel)
    found = [(each["data"]["change"], each["data"]["before"], each["data"]["after"]) for each in received(laurel)]
    assert found == [(1, "valid", "suspended"), (2, "suspended", "valid")]


def test_expiry_is_an_event_when_it_is_due(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    made = create(client, key, id_of("not_yet_valid"))
    work(laurel)
    starts = client.get(f"{URL}/{made.json['id']}", **key).json["next_check_at"]
    assert starts is not None
    minute(laurel, timedelta(days=4_000))
    work(laurel)
    [event] = received(laurel)
    assert event["data"]["before"] == "not_yet_valid"
    assert event["data"]["after"] in ("valid", "expired")


def test_issuer_key_change_is_an_event_if_it_alters_the_verdict(
    client: Gateway, laurel: Laurel, key: dict[str, str]
) -> None:
    create(client, key)
    laurel.wakes.send([Wake(WakeSubject.ISSUER, "fernhill")])
    work(laurel)
    assert received(laurel) == []  # the issuer was changed, but no verdict was
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store._issuers["fernhill"] = replace(issuer, keys=())
    laurel.wakes.send([Wake(WakeSubject.ISSUER, "fernhill")])
    work(laurel)
    [event] = received(laurel)
    assert (event["data"]["before"], event["data"]["after"]) == ("valid", "invalid")


def test_deleted_credential_becomes_unknown(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    create(client, key)
    del laurel.issuer_store._records[id_of("valid")]
    laurel.wakes.send([Wake(WakeSubject.CREDENTIAL, id_of("valid"))])
    work(laurel)
    [event] = received(laurel)
    assert (event["data"]["after"], event["data"]["codes"]) == ("unknown", ["not_found"])


def test_external_credential_is_checked_immediately_and_then_daily(
    client: Gateway, laurel: Laurel, key: dict[str, str]
) -> None:
    laurel.remote_sources.pages[ELSEWHERE] = json.dumps(external_credential()).encode()
    made = create(client, key, ELSEWHERE)
    assert (made.json["verdict"], made.json["credential"]) == (None, {"id": None, "url": ELSEWHERE})
    work(laurel)
    path = f"{URL}/{made.json['id']}"
    assert client.get(path, **key).json["verdict"] == "valid"
    assert laurel.remote_sources.requested.count(ELSEWHERE) == 1
    for _ in range(24):
        minute(laurel, timedelta(hours=1))
    assert laurel.remote_sources.requested.count(ELSEWHERE) == 2
    assert received(laurel) == []


def test_host_that_fails_three_checks_makes_the_verdict_unknown(
    client: Gateway, laurel: Laurel, key: dict[str, str]
) -> None:
    laurel.remote_sources.pages[ELSEWHERE] = json.dumps(external_credential()).encode()
    create(client, key, ELSEWHERE)
    work(laurel)
    del laurel.remote_sources.pages[ELSEWHERE]
    for expected in (0, 0, 1, 1):
        minute(laurel, timedelta(days=1))
        work(laurel)
        assert len(received(laurel)) == expected
    [event] = received(laurel)
    assert (event["data"]["before"], event["data"]["after"], event["data"]["codes"]) == (
        "valid",
        "unknown",
        ["dns_failed"],
    )


def test_external_checks_over_the_daily_budget_wait(
    client: Gateway, laurel: Laurel, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "PER_DAY", 0)
    laurel.remote_sources.pages[ELSEWHERE] = json.dumps(external_credential()).encode()
    made = create(client, key, ELSEWHERE)
    work(laurel)
    assert laurel.remote_sources.requested == []
    monkeypatch.setattr(checking, "PER_DAY", 1)
    minute(laurel, timedelta(hours=1))
    assert client.get(f"{URL}/{made.json['id']}", **key).json["verdict"] == "valid"


def test_a_verifier_that_creates_and_deletes_watches_leaves_the_checks_of_others(
    client: Gateway, laurel: Laurel, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "PER_VERIFIER", 2)
    monkeypatch.setattr(checking, "PER_DAY", 3)
    laurel.remote_sources.pages[ELSEWHERE] = json.dumps(external_credential()).encode()
    for _ in range(4):
        made = create(client, key, ELSEWHERE)
        work(laurel)
        client("DELETE", f"{URL}/{made.json['id']}", **key)
    assert laurel.remote_sources.requested.count(ELSEWHERE) == 2
    other = as_verifier(laurel, email="other@jobs.example")
    made = create(client, other, ELSEWHERE)
    work(laurel)
    assert client.get(f"{URL}/{made.json['id']}", **other).json["verdict"] == "valid"


@pytest.mark.parametrize("email", [f" {DEVELOPER}\n", DEVELOPER.upper(), DEVELOPER + " " * 9_000])
def test_emails_go_to_the_address_of_the_account_as_it_was_confirmed(
    client: Gateway, key: dict[str, str], email: str
) -> None:
    assert create(client, key, email=email).json["email"] == DEVELOPER


def test_a_spelling_that_lower_case_makes_equal_is_not_emailed(client: Gateway, laurel: Laurel) -> None:
    key = as_verifier(laurel, email="mike@jobs.example")
    assert create(client, key, email="mi\u212ae@jobs.example").json["email"] == "mike@jobs.example"


def test_watch_of_a_receipt_reports_changes_since_the_receipt(
    client: Gateway, laurel: Laurel, key: dict[str, str]
) -> None:
    verified = client.post(
        "/v1/verify", json.dumps({"url": f"{BASE_URL}/c/{id_of('valid')}", "receipt": True}).encode()
    )
    receipt = verified.json["receipt"]["url"]
    revoke(laurel)
    laurel.wakes.waiting.clear()
    made = create(client, key, receipt=receipt, credential=None)
    assert (made.status, made.json["verdict"], made.json["credential"]["id"]) == (201, "valid", id_of("valid"))
    work(laurel)
    [event] = received(laurel)
    assert (event["data"]["before"], event["data"]["after"]) == ("valid", "revoked")


def test_repeated_request_with_an_idempotency_key_creates_one_watch(
    client: Gateway, laurel: Laurel, key: dict[str, str]
) -> None:
    first, again = (create(client, {**key, "idempotency_key": "a"}) for _ in range(2))
    assert first.status == again.status == 201
    assert first.text == again.text
    assert len(client.get(URL, **key).json["items"]) == 1
    other = create(client, {**key, "idempotency_key": "a"}, ref="another")
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")


def test_interrupted_request_with_an_idempotency_key_creates_one_watch(
    client: Gateway, laurel: Laurel, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_wakes: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(laurel.wakes, "send", fail)
        assert create(client, {**key, "idempotency_key": "a"}).status == 503
    again = create(client, {**key, "idempotency_key": "a"})
    assert again.status == 201
    assert [each["id"] for each in client.get(URL, **key).json["items"]] == [again.json["id"]]
    revoke(laurel)
    work(laurel)
    [(_, body, headers)] = laurel.watch_sender.received
    assert headers["webhook-signature"] == sign(again.json["secret"], headers, body)


def sign(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    """The signature of the reference library."""
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    return Webhook(secret).sign(headers["webhook-id"], at, body.decode())


def test_events_are_signed_with_both_secrets_for_a_day_after_a_rotation(
    client: Gateway, laurel: Laurel, key: dict[str, str]
) -> None:
    made = create(client, key).json
    rotated = client.post(f"{URL}/{made['id']}/rotate-secret", b"", **key).json
    for signatures in (2, 1):
        assert client.post(f"{URL}/{made['id']}/test", b"", **key).status == 202
        work(laurel)
        _, body, headers = laurel.watch_sender.received[-1]
        found = headers["webhook-signature"].split(" ")
        assert found == [sign(secret, headers, body) for secret in (rotated["secret"], made["secret"])][:signatures]
        assert json.loads(body)["type"] == "watch.test"
        laurel.now += OVERLAP


def test_watches_of_another_verifier_are_not_found(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    watch_id = create(client, key).json["id"]
    other = as_verifier(laurel, email="eve@jobs.example")
    calls: list[Callable[[], Response]] = [
        lambda: client.get(f"{URL}/{watch_id}", **other),
        lambda: client("DELETE", f"{URL}/{watch_id}", **other),
        lambda: client.get(f"{URL}/{watch_id}/deliveries", **other),
        *(lambda act=act: client.post(f"{URL}/{watch_id}/{act}", b"", **other) for act in ("test", "rotate-secret")),  # type: ignore[misc]
    ]
    assert [call().status for call in calls] == [404] * 5
    assert client.get(URL, **other).json["items"] == []
    assert create(client, as_verifier(laurel, Scope.VERIFY, email="ann@jobs.example")).status == 403


def test_lists_are_paged(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    made = {create(client, key, ref=str(number)).json["id"] for number in range(5)}
    found, cursor = [], ""
    while True:
        page = client.get(f"{URL}?limit=2{cursor}", **key).json
        found += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == sorted(made)


def test_deleted_watch_gets_no_event(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    watch_id = create(client, key).json["id"]
    assert client("DELETE", f"{URL}/{watch_id}", **key).status == 204
    assert client("DELETE", f"{URL}/{watch_id}", **key).status == 404
    revoke(laurel)
    work(laurel)
    minute(laurel, timedelta(days=1))
    assert received(laurel) == []


def test_watches_are_limited_and_deleting_one_frees_a_slot(
    client: Gateway, laurel: Laurel, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creating, "MAX_WATCHES", 2)
    monkeypatch.setattr(creating, "MAX_ELSEWHERE", 1)
    first = create(client, key, ELSEWHERE)
    refused = create(client, key, f"{ELSEWHERE}?2")
    assert (refused.status, refused.json["code"]) == (422, "too_many_watches")
    assert [create(client, key).status for _ in range(2)] == [201, 422]
    assert client("DELETE", f"{URL}/{first.json['id']}", **key).status == 204
    assert create(client, key).status == 201


def test_watches_deleted_by_an_erasure_free_their_slots_within_a_day(
    client: Gateway, laurel: Laurel, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creating, "MAX_WATCHES", 2)
    for erased in (1, 1):
        while create(client, key).status == 201:
            pass
        assert len(laurel.watch_store.stored) == 2
        for name in list(laurel.watch_store.stored)[:erased]:
            del laurel.watch_store.stored[name]
        assert create(client, key).status == 422  # counted today already
        laurel.now += timedelta(days=1)
    assert create(client, key).status == 201


@pytest.mark.parametrize(
    ("members", "status", "code"),
    [
        ({"callback": "http://jobs.example/laurel"}, 422, "url_refused"),
        ({"callback": "https://127.0.0.1/"}, 422, "url_refused"),
        ({"callback": None}, 400, "invalid_request"),
        ({"callback": ""}, 400, "invalid_request"),
        ({"email": "someone@else.example"}, 422, "email_not_confirmed"),
        ({"email": 1}, 400, "invalid_request"),
        ({"callback": f"https://jobs.example/{'a' * creating.MAX_LINK}"}, 400, "invalid_request"),
        ({"credential": "a" * 26}, 404, "not_found"),
        ({"credential": f"{BASE_URL}/c/{'a' * 26}"}, 404, "not_found"),
        ({"credential": f"{BASE_URL}/c/no"}, 404, "not_found"),
        ({"credential": f"{BASE_URL}/directory"}, 422, "not_watchable"),
        ({"credential": "http://elsewhere.example/"}, 422, "url_refused"),
        ({"credential": None, "receipt": "a" * 26}, 404, "not_found"),
        ({"credential": None}, 400, "invalid_request"),
        ({"receipt": "a" * 26}, 400, "invalid_request"),
        ({"ref": ""}, 400, "invalid_request"),
        ({"ref": "a\n"}, 400, "invalid_request"),
        ({"more": 1}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_watched_is_refused(
    client: Gateway, laurel: Laurel, key: dict[str, str], members: dict[str, object], status: int, code: str
) -> None:
    refused = create(client, key, **members)  # type: ignore[arg-type]
    assert (refused.status, refused.json["code"]) == (status, code)
    assert laurel.watch_store.stored == {}


def test_owner_is_emailed_about_a_new_verdict(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    made = create(client, key, callback=None, email=DEVELOPER)
    assert (made.status, made.json["callback"], made.json["email"]) == (201, None, DEVELOPER)
    revoke(laurel)
    work(laurel)
    minute(laurel, timedelta(minutes=5))
    assert received(laurel) == []
    [task] = laurel.watch_store.worker_tasks.status
    context = EmailContext(laurel.watch_store, laurel.delivery_context)
    emailing.handle(context, task)
    [sent] = laurel.mailer.sent
    assert (sent.kind, sent.to, sent.subject) == (
        Kind.WATCH_NEWS,
        DEVELOPER,
        "A credential that you watch is now revoked",
    )
    assert "Your reference: candidate-17" in sent.paragraphs
    assert sent.main.url.endswith(f"/watches/{made.json['id']}")
    [delivery] = client.get(f"{URL}/{made.json['id']}/deliveries", **key).json["items"]
    assert (delivery["state"], delivery["attempts"]) == ("emailed", 0)
    for path in (f"{URL}/{made.json['id']}/test", f"{URL}/{made.json['id']}/deliveries/{delivery['id']}/replay"):
        assert client.post(path, b"", **key).status == 422
    for _ in range(emailing.PER_VERIFIER.max_count + 2):
        emailing.handle(context, task)
    assert len(laurel.mailer.sent) == emailing.PER_VERIFIER.max_count
    assert client("DELETE", f"{URL}/{made.json['id']}", **key).status == 204
    emailing.handle(context, task)
    assert len(laurel.mailer.sent) == emailing.PER_VERIFIER.max_count


def test_callback_and_email_get_the_same_event(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    create(client, key, email=DEVELOPER.upper())
    revoke(laurel)
    work(laurel)
    assert (len(received(laurel)), len(laurel.watch_store.worker_tasks.status)) == (1, 1)


def test_address_that_complained_is_not_emailed(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    create(client, key, callback=None, email=DEVELOPER)
    revoke(laurel)
    work(laurel)
    box = laurel.delivery_context.mailbox(DEVELOPER)
    laurel.delivery_store.mailboxes[box.digest] = replace(box, complained_at=laurel.now)
    [task] = laurel.watch_store.worker_tasks.status
    emailing.handle(EmailContext(laurel.watch_store, laurel.delivery_context), task)
    assert laurel.mailer.sent == []


def test_tests_are_limited(
    client: Gateway, laurel: Laurel, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "REQUESTED_PER_DAY", 1)
    watch_id = create(client, key).json["id"]
    assert [client.post(f"{URL}/{watch_id}/test", b"", **key).status for _ in range(2)] == [202, 429]


def test_lost_message_delays_an_event_by_up_to_a_minute(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    watch_id = create(client, key).json["id"]
    client.post(f"{URL}/{watch_id}/test", b"", **key)
    laurel.wakes.waiting.clear()
    minute(laurel, verdicts.NET)
    assert len(received(laurel)) == 1


def test_deleted_account_deletes_its_watches(client: Gateway, laurel: Laurel) -> None:
    verifier = create_verifier(laurel)
    key = {"authorization": f"Bearer {create_key(laurel, verifier).text}"}
    for _ in range(30):
        create(client, key)
    changing.remove_all(laurel.watch_removals, verifier.id, laurel.now)
    minute(laurel, timedelta())
    assert laurel.watch_store.stored == {}
