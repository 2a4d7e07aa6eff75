"""Webhooks: creating them, receiving messages once, and recording why nothing was issued."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.award import achievements
from chalicelib.award.issuing import status_changes
from chalicelib.award.webhooks import signature, webhook_actions
from chalicelib.award.webhooks.receive import MAX_BODY, Answer, receive_message
from chalicelib.award.webhooks.signature import Message, read_secret
from chalicelib.award.webhooks.webhook import (
    MAX_COURSE,
    Delivery,
    Fields,
    Outcome,
    Webhook,
)
from chalicelib.award.webhooks.webhook_actions import (
    MAX_COURSES,
    MAX_SECRETS,
    MAX_WEBHOOKS,
    OVERLAP,
    WebhookDraft,
)
from chalicelib.credential.record import Record
from chalicelib.errors import Conflict, LaurelError, Malformed, NotFound, Refused, Unauthenticated
from tests.award.fakes import Crash, CrashingPort, Fuse, IssuerFixture, Locked, new_achievement
from tests.award.pathways.fakes import WebhookStore
from tests.examples import examples

FIELDS = Fields(
    name=("/user/first", "/user/last"),
    email="/user/email",
    course="/course/id",
    completed="/event",
    completed_value="course_completed",
    completed_at="/time",
    evidence="/link",
)
BODY: dict[str, Any] = {
    "event": "course_completed",
    "time": 1795200000,
    "user": {"first": "Ada", "last": "Lovelace", "email": "Ada@Example.org"},
    "course": {"id": 42},
    "link": "https://lms.example/completions/1",
}


class Sender:
    """An issuer with a webhook, and a sender with its secret."""

    def __init__(self, **changes: Any) -> None:
        self.acme = IssuerFixture()
        self.issuer_context = self.acme.issuer_context
        self.webhooks = WebhookStore()
        self.draft = replace(WebhookDraft("Moodle", FIELDS, {"42": self.acme.achievement.id}, dry_run=False), **changes)
        made = webhook_actions.add(self.issuer_context, self.webhooks, "acme", self.draft)
        self.id, self.secret = made.webhook.id, read_secret(made.secret)

    @property
    def webhook(self) -> Webhook:
        return self.webhooks.webhook("acme", self.id)

    def message(self, body: object = BODY, message_id: str = "msg_1", secret: bytes | None = None) -> Message:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        at = int(self.acme.clock().timestamp())
        return Message(message_id, str(at), signature.sign(message_id, at, raw, secret or self.secret), raw)

    def send(self, body: object = BODY, message_id: str = "msg_1", **more: Any) -> Answer:
        message = self.message(body, message_id, **more)
        self.acme.clock.advance(timedelta(microseconds=1))
        return receive_message(self.issuer_context, self.webhooks, self.webhook, message)

    def change(self, **changes: Any) -> None:
        draft = replace(self.draft, version=self.webhook.version, **changes)
        webhook_actions.change(self.issuer_context, self.webhooks, "acme", self.id, draft)

    @property
    def issued(self) -> list[Record]:
        return list(self.acme.issuer_store.records("acme"))

    @property
    def deliveries(self) -> list[Delivery]:
        return list(self.webhooks.deliveries("acme", self.id, self.acme.clock(), 50))


@pytest.fixture
def sender() -> Sender:
    return Sender()


def changed(path: str, value: object) -> dict[str, Any]:
    body = json.loads(json.dumps(BODY))
    *parents, name = path.split("/")[1:]
    target = body
    for parent in parents:
        target = target[parent]
    if value is ...:
        del target[name]
    else:
        target[name] = value
    return body  # type: ignore[no-any-return]


def test_completion_is_issued_with_the_fields_of_the_message(sender: Sender) -> None:
    answer = sender.send()
    [record] = sender.issued
    assert answer == Answer(Outcome.ISSUED, record.id, sender.acme.achievement.id)
    document = json.loads(record.document)
    assert document["validFrom"] == "2026-11-20T18:40:00Z"
    assert document["evidence"][0]["id"] == "https://lms.example/completions/1"
    recipient = sender.acme.issuer_store.recipient(record.id)
    assert (recipient.name, recipient.email, recipient.notify) == ("Ada Lovelace", "ada@example.org", True)


def test_repeated_message_gets_the_same_answer_and_issues_once(sender: Sender) -> None:
    first = sender.send()
    sender.acme.clock.advance(timedelta(days=400))
    assert sender.send() == first
    status_changes.revoke(sender.issuer_context, "acme", sender.issued[0].id)
    sender.change(courses={})
    assert sender.send() == first
    assert len(sender.issued) == 1
    assert [each.outcome for each in sender.deliveries] == [Outcome.ISSUED, Outcome.ISSUED]


def test_two_attempts_within_a_second_are_separate_deliveries(sender: Sender) -> None:
    sender.send()
    sender.send()
    assert len({each.at for each in sender.deliveries}) == 2


def test_another_message_issues_another_credential(sender: Sender) -> None:
    assert sender.send().credential_id != sender.send(message_id="msg_2").credential_id
    assert len(sender.issued) == 2


def test_message_id_of_another_holder_is_refused(sender: Sender) -> None:
    sender.send()
    with pytest.raises(Conflict) as conflict:
        sender.send(changed("/user/email", "bob@example.org"))
    assert conflict.value.code == "message_id_reused"
    assert [each.code for each in sender.deliveries] == ["message_id_reused", None]


def test_two_webhooks_may_receive_the_same_message_id(sender: Sender) -> None:
    first = sender.send()
    made = webhook_actions.add(sender.issuer_context, sender.webhooks, "acme", sender.draft)
    sender.id, sender.secret = made.webhook.id, read_secret(made.secret)
    assert sender.send().credential_id != first.credential_id


def test_message_with_bad_signature_or_old_timestamp_is_not_recorded(sender: Sender) -> None:
    with pytest.raises(Unauthenticated):
        sender.send(secret=b"x" * 32)
    late = sender.message()
    sender.acme.clock.advance(timedelta(minutes=6))
    with pytest.raises(Unauthenticated):
        receive_message(sender.issuer_context, sender.webhooks, sender.webhook, late)
    assert sender.deliveries == sender.issued == []


def test_webhook_of_another_issuer_is_not_found(sender: Sender) -> None:
    for issuer_id, webhook_id in (("other", sender.id), ("acme", "h" * 26)):
        with pytest.raises(NotFound):
            sender.webhooks.webhook(issuer_id, webhook_id)


# Refusals.


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("course_unknown", changed("/course/id", 43)),
        ("course_unknown", changed("/course/id", "4 2")),
        ("course_unknown", changed("/course/id", "4" * (MAX_COURSE + 9))),
        ("message_incomplete", changed("/course/id", None)),
        ("message_incomplete", changed("/course/id", True)),
        ("message_incomplete", changed("/course", ...)),
        ("message_incomplete", changed("/user/first", ...)),
        ("message_incomplete", changed("/user/last", "  ")),
        ("message_incomplete", changed("/user/email", ...)),
        ("message_incomplete", changed("/user/email", 7)),
        ("message_incomplete", changed("/time", ...)),
        ("message_incomplete", changed("/time", "yesterday")),
        ("message_incomplete", changed("/time", True)),
        ("message_incomplete", changed("/time", 10**15)),
        ("message_incomplete", changed("/time", 1795255000 + 86400)),
        ("bad_email", changed("/user/email", "ada")),
        ("bad_text", changed("/user/first", "A\0da")),
        ("bad_url", changed("/link", "javascript:alert(1)")),
        ("not_json", b"course=42"),
        ("not_an_object", b"[]"),
        ("duplicate_name", b'{"event": 1, "event": 2}'),
        ("too_large", b'{"event": "' + b"x" * MAX_BODY + b'"}'),
    ],
)
def test_refusal_is_recorded_with_its_code_and_no_personal_data(sender: Sender, code: str, body: object) -> None:
    with pytest.raises((Refused, Malformed)) as refused:
        sender.send(body)
    assert refused.value.code == code
    assert sender.issued == []
    [deliveries] = sender.deliveries
    assert (deliveries.outcome, deliveries.code, deliveries.message_id, deliveries.credential_id) == (
        Outcome.REFUSED,
        code,
        "msg_1",
        None,
    )
    recorded = repr(deliveries).lower()
    assert not [word for word in ("ada", "lovelace", "example.org") if word in recorded]


@pytest.mark.parametrize("value", [..., None, "course_viewed", True, 1, ["course_completed"]])
def test_message_without_completion_is_ignored(sender: Sender, value: object) -> None:
    assert sender.send(changed("/event", value)) == Answer(Outcome.IGNORED)
    assert sender.issued == []
    assert [each.outcome for each in sender.deliveries] == [Outcome.IGNORED]


@pytest.mark.parametrize(("sent", "expected"), [(True, 1), (1, True), ("1", 1), (0, False), ("true", True)])
def test_completion_value_is_compared_with_its_type(sent: Any, expected: Any) -> None:
    sender = Sender(fields=replace(FIELDS, completed_value=expected))
    assert sender.send(changed("/event", sent)).outcome is Outcome.IGNORED
    assert sender.send(changed("/event", expected)).outcome is Outcome.ISSUED


def test_retry_after_the_course_was_added_is_issued(sender: Sender) -> None:
    with pytest.raises(Refused):
        sender.send(changed("/course/id", 43))
    sender.change(courses={"43": sender.acme.achievement.id})
    assert sender.send(changed("/course/id", 43)).outcome is Outcome.ISSUED


def test_without_mapped_time_and_evidence_it_is_valid_from_now() -> None:
    sender = Sender(fields=replace(FIELDS, completed_at=None, evidence=None, name=("/user/first",)))
    sender.send({**BODY, "time": "never", "link": 5})
    document = json.loads(sender.issued[0].document)
    assert document["validFrom"] == "2026-11-21T09:30:00Z"
    assert "evidence" not in document


@pytest.mark.parametrize("link", [..., None, "", 5])
def test_missing_evidence_is_accepted(sender: Sender, link: object) -> None:
    sender.send(changed("/link", link))
    assert "evidence" not in json.loads(sender.issued[0].document)


def test_time_may_be_rfc_3339(sender: Sender) -> None:
    sender.send(changed("/time", "2026-11-20T19:40:00+01:00"))
    assert json.loads(sender.issued[0].document)["validFrom"] == "2026-11-20T18:40:00Z"


# Dry run.


def test_dry_run_validates_and_issues_nothing() -> None:
    sender = Sender(dry_run=True)
    assert sender.send() == Answer(Outcome.DRY_RUN, None, sender.acme.achievement.id)
    with pytest.raises(Refused) as refused:
        sender.send(changed("/user/email", "ada"))
    assert refused.value.code == "bad_email"
    assert sender.issued == []
    assert [each.outcome for each in sender.deliveries] == [Outcome.REFUSED, Outcome.DRY_RUN]
    sender.change(dry_run=False)
    assert sender.send().outcome is Outcome.ISSUED


# Secrets.


def test_previous_secret_stays_valid_for_a_day_after_rotation(sender: Sender) -> None:
    old = sender.secret
    new = read_secret(webhook_actions.rotate(sender.issuer_context, sender.webhooks, "acme", sender.id).secret)
    assert old != new
    sender.send(secret=old)
    sender.send(secret=new)
    # Rotation times are whole seconds.
    sender.acme.clock.advance(OVERLAP - timedelta(seconds=1))
    sender.send(secret=old)
    sender.acme.clock.advance(timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        sender.send(secret=old)
    sender.send(secret=new)
    assert len(sender.issued) == 1


def test_a_second_rotation_keeps_the_secret_that_the_sender_still_uses(sender: Sender) -> None:
    old = sender.secret
    webhook_actions.rotate(sender.issuer_context, sender.webhooks, "acme", sender.id)
    sender.acme.clock.advance(OVERLAP / 2)
    webhook_actions.rotate(sender.issuer_context, sender.webhooks, "acme", sender.id)
    sender.send(secret=old)
    sender.acme.clock.advance(OVERLAP / 2)
    with pytest.raises(Unauthenticated):
        sender.send(secret=old)


def test_valid_secrets_are_few_however_often_they_are_rotated(sender: Sender) -> None:
    for _ in range(MAX_SECRETS + 2):
        webhook_actions.rotate(sender.issuer_context, sender.webhooks, "acme", sender.id)
    assert len(sender.webhook.secrets) == MAX_SECRETS


def test_a_leaked_secret_is_revoked_at_once(sender: Sender) -> None:
    old = sender.secret
    rotated = webhook_actions.rotate(sender.issuer_context, sender.webhooks, "acme", sender.id, leaked=True)
    with pytest.raises(Unauthenticated):
        sender.send(secret=old)
    assert sender.send(secret=read_secret(rotated.secret)).outcome is Outcome.ISSUED
    assert len(sender.webhook.secrets) == 1


def test_rotation_does_not_change_credential_ids(sender: Sender) -> None:
    first = sender.send()
    new = read_secret(webhook_actions.rotate(sender.issuer_context, sender.webhooks, "acme", sender.id).secret)
    assert sender.send(secret=new) == first


def test_deleted_webhook_is_not_found(sender: Sender) -> None:
    webhook_actions.remove(sender.webhooks, "acme", sender.id)
    with pytest.raises(NotFound):
        sender.send()
    with pytest.raises(NotFound):
        webhook_actions.remove(sender.webhooks, "acme", sender.id)


# Crashes and concurrency.


def test_retry_after_a_crash_at_any_point_issues_once() -> None:
    for at in range(60):
        for after in (False, True):
            sender = Sender()
            fuse = Fuse(at, after)
            message = sender.message()
            try:
                crashing: Any = CrashingPort(sender.webhooks, fuse)
                webhook = crashing.webhook("acme", sender.id)
                receive_message(fuse.build_into(sender.issuer_context), crashing, webhook, message)
            except Crash:
                answer = sender.send()
                assert [record.id for record in sender.issued] == [answer.credential_id]
                assert sender.deliveries[0].outcome is Outcome.ISSUED
            else:
                assert not fuse.triggered
                assert at > 6
                return
    pytest.fail("no run completed without a crash")


def test_concurrent_identical_messages_get_the_same_answer() -> None:
    sender = Sender()
    issuer_context = replace(sender.issuer_context, issuer_store=Locked(sender.acme.issuer_store))
    message, barrier = sender.message(), threading.Barrier(16)

    def send(_: int) -> Answer | str:
        barrier.wait()
        try:
            return receive_message(issuer_context, Locked(sender.webhooks), sender.webhook, message)  # type: ignore[arg-type]
        except LaurelError as error:
            return error.code

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(send, range(16)))
    assert len(sender.issued) == 1
    assert answers == {Answer(Outcome.ISSUED, sender.issued[0].id, sender.acme.achievement.id)}


# Creating and changing webhooks.


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("bad_text", {"name": " "}),
        ("bad_pointer", {"fields": replace(FIELDS, email="user.email")}),
        ("bad_pointer", {"fields": replace(FIELDS, name=())}),
        ("bad_pointer", {"fields": replace(FIELDS, name=("/a", "/b", "/c", "/d"))}),
        ("bad_pointer", {"fields": replace(FIELDS, evidence="/~2")}),
        ("bad_text", {"fields": replace(FIELDS, completed_value="")}),
        ("bad_text", {"courses": {"": "a"}}),
        ("bad_courses", {"courses": {str(n): "a" for n in range(MAX_COURSES + 1)}}),
        ("unknown_achievement", {"courses": {"42": "6f4c1a4e-6d83-4e6e-9a53-0a2c5a0d9f11"}}),
    ],
)
def test_invalid_webhook_is_refused(sender: Sender, code: str, changes: dict[str, Any]) -> None:
    before = sender.webhook
    for act in (
        lambda draft: webhook_actions.add(sender.issuer_context, sender.webhooks, "acme", draft),
        lambda draft: webhook_actions.change(sender.issuer_context, sender.webhooks, "acme", sender.id, draft),
    ):
        with pytest.raises(Refused) as refused:
            act(replace(sender.draft, **changes))
        assert refused.value.code == code
    assert list(sender.webhooks.webhooks("acme")) == [before]


def test_number_of_webhooks_per_issuer_is_limited(sender: Sender) -> None:
    for _ in range(MAX_WEBHOOKS - 1):
        webhook_actions.add(sender.issuer_context, sender.webhooks, "acme", sender.draft)
    with pytest.raises(Refused) as refused:
        webhook_actions.add(sender.issuer_context, sender.webhooks, "acme", sender.draft)
    assert refused.value.code == "too_many_webhooks"


def test_required_evidence_that_is_missing_is_refused(sender: Sender) -> None:
    strict = achievements.add(sender.issuer_context, new_achievement(name="Strict", evidence_required=True))
    sender.change(courses={"42": strict.id})
    with pytest.raises(Refused):
        sender.send(changed("/link", ...))
    assert sender.send(message_id="msg_2").outcome is Outcome.ISSUED


@pytest.mark.slow
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda deeper: (
            st.lists(deeper, max_size=3)
            | st.dictionaries(st.sampled_from(["event", "user", "first", "email", "course", "id", "time"]), deeper)
        ),
        max_leaves=12,
    ),
    shape=st.sampled_from(["whole", "/user", "/course", "/time", "/event", "/link", "/user/email", "/user/first"]),
)
@examples(300)
def test_any_json_is_issued_or_refused_cleanly(body: object, shape: str) -> None:
    sender = SENDER
    before = len(sender.issued)
    try:
        answer = sender.send(
            body if shape == "whole" else changed(shape, body), f"msg_{sender.acme.issuer_context.public_id()}"
        )
    except (Refused, Malformed):
        assert len(sender.issued) == before
    else:
        assert len(sender.issued) == before + (answer.outcome is Outcome.ISSUED)


SENDER = Sender()
