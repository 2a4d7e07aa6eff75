"""What a message does: once, for whoever knows the secret, and so that its issuer can see why nothing was issued."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.award import achievements
from chalicelib.award.issuing import status_changes
from chalicelib.award.webhooks import signature, webhook_actions
from chalicelib.award.webhooks.signature import Message, read_secret
from chalicelib.award.webhooks.webhook import (
    Delivery,
    Fields,
    Outcome,
    Webhook,
)
from chalicelib.award.webhooks.webhook_actions import (
    MAX_BODY,
    MAX_COURSE,
    MAX_COURSES,
    MAX_HOOKS,
    OVERLAP,
    Answer,
    WebhookDraft,
)
from chalicelib.credential.record import Record
from chalicelib.errors import Conflict, LaurelError, Malformed, NotFound, Refused, Unauthenticated
from tests.award.fakes import Crash, Fuse, House, Locked, _Fused, new_achievement
from tests.award.pathways.fakes import WebhookStore

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


class BulkIssuer:
    """A house with a hook, and somebody who knows its secret."""

    def __init__(self, **changes: Any) -> None:
        self.house = House()
        self.issuer_context = self.house.issuer_context
        self.webhooks = WebhookStore()
        self.draft = replace(
            WebhookDraft("Moodle", FIELDS, {"42": self.house.achievement.id}, dry_run=False), **changes
        )
        made = webhook_actions.add(self.issuer_context, self.webhooks, "acme", self.draft)
        self.id, self.secret = made.webhook.id, read_secret(made.secret)

    @property
    def webhook(self) -> Webhook:
        return self.webhooks.webhook("acme", self.id)

    def message(self, body: object = BODY, message_id: str = "msg_1", secret: bytes | None = None) -> Message:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        at = int(self.house.clock().timestamp())
        return Message(message_id, str(at), signature.sign(message_id, at, raw, secret or self.secret), raw)

    def tell(self, body: object = BODY, message_id: str = "msg_1", **more: Any) -> Answer:
        message = self.message(body, message_id, **more)
        self.house.clock.advance(timedelta(microseconds=1))
        return webhook_actions.receive(self.issuer_context, self.webhooks, "acme", self.id, message)

    def change(self, **changes: Any) -> None:
        webhook_actions.change(self.issuer_context, self.webhooks, "acme", self.id, replace(self.draft, **changes))

    @property
    def issued(self) -> list[Record]:
        return list(self.house.issuer_store.records("acme"))

    @property
    def kept(self) -> list[Delivery]:
        return list(self.webhooks.deliveries("acme", self.id, self.house.clock(), 50))


@pytest.fixture
def bulk() -> BulkIssuer:
    return BulkIssuer()


def changed(path: str, value: object) -> dict[str, Any]:
    body = json.loads(json.dumps(BODY))
    *parents, name = path.split("/")[1:]
    place = body
    for parent in parents:
        place = place[parent]
    if value is ...:
        del place[name]
    else:
        place[name] = value
    return body  # type: ignore[no-any-return]


def test_a_completion_is_issued_as_it_is_told(bulk: BulkIssuer) -> None:
    answer = bulk.tell()
    [record] = bulk.issued
    assert answer == Answer(Outcome.ISSUED, record.id, bulk.house.achievement.id)
    document = json.loads(record.document)
    assert document["validFrom"] == "2026-11-20T18:40:00Z"
    assert document["evidence"][0]["id"] == "https://lms.example/completions/1"
    recipient = bulk.house.issuer_store.recipient(record.id)
    assert (recipient.name, recipient.email, recipient.notify) == ("Ada Lovelace", "ada@example.org", True)


def test_the_same_message_again_gets_the_same_answer_and_issues_nothing(bulk: BulkIssuer) -> None:
    first = bulk.tell()
    bulk.house.clock.advance(timedelta(days=400))
    assert bulk.tell() == first
    status_changes.revoke(bulk.issuer_context, "acme", bulk.issued[0].id)
    bulk.change(courses={})
    assert bulk.tell() == first
    assert len(bulk.issued) == 1
    assert [each.outcome for each in bulk.kept] == [Outcome.ISSUED, Outcome.ISSUED]


def test_each_of_two_tries_within_a_second_is_seen(bulk: BulkIssuer) -> None:
    bulk.tell()
    bulk.tell()
    assert len({each.at for each in bulk.kept}) == 2


def test_another_message_is_another_credential(bulk: BulkIssuer) -> None:
    assert bulk.tell().credential_id != bulk.tell(message_id="msg_2").credential_id
    assert len(bulk.issued) == 2


def test_an_id_that_was_another_holder_s_is_refused_rather_than_passed_over(bulk: BulkIssuer) -> None:
    bulk.tell()
    with pytest.raises(Conflict) as conflict:
        bulk.tell(changed("/user/email", "bob@example.org"))
    assert conflict.value.code == "message_id_reused"
    assert [each.code for each in bulk.kept] == ["message_id_reused", None]


def test_two_hooks_of_one_issuer_may_be_told_the_same_id(bulk: BulkIssuer) -> None:
    first = bulk.tell()
    made = webhook_actions.add(bulk.issuer_context, bulk.webhooks, "acme", bulk.draft)
    bulk.id, bulk.secret = made.webhook.id, read_secret(made.secret)
    assert bulk.tell().credential_id != first.credential_id


def test_whoever_does_not_know_the_secret_leaves_no_trace(bulk: BulkIssuer) -> None:
    with pytest.raises(Unauthenticated):
        bulk.tell(secret=b"x" * 32)
    late = bulk.message()
    bulk.house.clock.advance(timedelta(minutes=6))
    with pytest.raises(Unauthenticated):
        webhook_actions.receive(bulk.issuer_context, bulk.webhooks, "acme", bulk.id, late)
    assert bulk.kept == bulk.issued == []


def test_a_hook_of_another_issuer_is_not_there(bulk: BulkIssuer) -> None:
    for issuer_id, hook_id in (("other", bulk.id), ("acme", "h" * 26)):
        with pytest.raises(NotFound):
            webhook_actions.receive(bulk.issuer_context, bulk.webhooks, issuer_id, hook_id, bulk.message())


# Why nothing was issued.


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
def test_what_cannot_be_issued_is_refused_and_kept_with_its_reason_and_no_person(
    bulk: BulkIssuer, code: str, body: object
) -> None:
    with pytest.raises((Refused, Malformed)) as refused:
        bulk.tell(body)
    assert refused.value.code == code
    assert bulk.issued == []
    [kept] = bulk.kept
    assert (kept.outcome, kept.code, kept.message_id, kept.credential_id) == (Outcome.REFUSED, code, "msg_1", None)
    said = repr(kept).lower()
    assert not [word for word in ("ada", "lovelace", "example.org") if word in said]


@pytest.mark.parametrize("value", [..., None, "course_viewed", True, 1, ["course_completed"]])
def test_what_was_not_completed_earns_nothing_and_is_no_fault(bulk: BulkIssuer, value: object) -> None:
    assert bulk.tell(changed("/event", value)) == Answer(Outcome.IGNORED)
    assert bulk.issued == []
    assert [each.outcome for each in bulk.kept] == [Outcome.IGNORED]


@pytest.mark.parametrize(("told", "meant"), [(True, 1), (1, True), ("1", 1), (0, False), ("true", True)])
def test_only_the_very_value_says_completed(told: Any, meant: Any) -> None:
    bulk = BulkIssuer(fields=replace(FIELDS, completed_value=meant))
    assert bulk.tell(changed("/event", told)).outcome is Outcome.IGNORED
    assert bulk.tell(changed("/event", meant)).outcome is Outcome.ISSUED


def test_a_course_that_is_set_later_is_issued_when_the_sender_tries_again(bulk: BulkIssuer) -> None:
    with pytest.raises(Refused):
        bulk.tell(changed("/course/id", 43))
    bulk.change(courses={"43": bulk.house.achievement.id})
    assert bulk.tell(changed("/course/id", 43)).outcome is Outcome.ISSUED


def test_without_a_time_or_evidence_in_the_mapping_it_is_issued_now() -> None:
    bulk = BulkIssuer(fields=replace(FIELDS, completed_at=None, evidence=None, name=("/user/first",)))
    bulk.tell({**BODY, "time": "never", "link": 5})
    document = json.loads(bulk.issued[0].document)
    assert document["validFrom"] == "2026-11-21T09:30:00Z"
    assert "evidence" not in document


@pytest.mark.parametrize("link", [..., None, "", 5])
def test_a_completion_may_have_nothing_to_show(bulk: BulkIssuer, link: object) -> None:
    bulk.tell(changed("/link", link))
    assert "evidence" not in json.loads(bulk.issued[0].document)


def test_a_time_may_be_text(bulk: BulkIssuer) -> None:
    bulk.tell(changed("/time", "2026-11-20T19:40:00+01:00"))
    assert json.loads(bulk.issued[0].document)["validFrom"] == "2026-11-20T18:40:00Z"


# Trying.


def test_a_dry_run_looks_at_everything_and_issues_nothing() -> None:
    bulk = BulkIssuer(dry_run=True)
    assert bulk.tell() == Answer(Outcome.TRIED, None, bulk.house.achievement.id)
    with pytest.raises(Refused) as refused:
        bulk.tell(changed("/user/email", "ada"))
    assert refused.value.code == "bad_email"
    assert bulk.issued == []
    assert [each.outcome for each in bulk.kept] == [Outcome.REFUSED, Outcome.TRIED]
    bulk.change(dry_run=False)
    assert bulk.tell().outcome is Outcome.ISSUED


# Secrets.


def test_a_new_secret_and_the_one_before_it_are_good_for_a_day_and_then_the_new_one_alone(bulk: BulkIssuer) -> None:
    old = bulk.secret
    new = read_secret(webhook_actions.rotate(bulk.issuer_context, bulk.webhooks, "acme", bulk.id).secret)
    assert old != new
    bulk.tell(secret=old)
    bulk.tell(secret=new)
    # From the whole second in which it was changed.
    bulk.house.clock.advance(OVERLAP - timedelta(seconds=1))
    bulk.tell(secret=old)
    bulk.house.clock.advance(timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        bulk.tell(secret=old)
    bulk.tell(secret=new)
    assert len(bulk.issued) == 1


def test_two_changes_at_once_end_a_secret_that_leaked(bulk: BulkIssuer) -> None:
    old = bulk.secret
    webhook_actions.rotate(bulk.issuer_context, bulk.webhooks, "acme", bulk.id)
    new = read_secret(webhook_actions.rotate(bulk.issuer_context, bulk.webhooks, "acme", bulk.id).secret)
    with pytest.raises(Unauthenticated):
        bulk.tell(secret=old)
    assert bulk.tell(secret=new).outcome is Outcome.ISSUED
    assert len(bulk.webhook.secrets) == 2


def test_a_changed_secret_changes_no_credential_s_id(bulk: BulkIssuer) -> None:
    first = bulk.tell()
    new = read_secret(webhook_actions.rotate(bulk.issuer_context, bulk.webhooks, "acme", bulk.id).secret)
    assert bulk.tell(secret=new) == first


def test_a_removed_hook_takes_nothing(bulk: BulkIssuer) -> None:
    webhook_actions.remove(bulk.webhooks, "acme", bulk.id)
    with pytest.raises(NotFound):
        bulk.tell()
    with pytest.raises(NotFound):
        webhook_actions.remove(bulk.webhooks, "acme", bulk.id)


# Crashes and crowds.


def test_whenever_it_dies_the_sender_s_next_try_completes_it_and_issues_once() -> None:
    for at in range(60):
        for after in (False, True):
            bulk = BulkIssuer()
            fuse = Fuse(at, after)
            message = bulk.message()
            try:
                webhook_actions.receive(
                    fuse.build_into(bulk.issuer_context), _Fused(bulk.webhooks, fuse), "acme", bulk.id, message
                )  # type: ignore[arg-type]
            except Crash:
                answer = bulk.tell()
                assert [record.id for record in bulk.issued] == [answer.credential_id]
                assert bulk.kept[0].outcome is Outcome.ISSUED
            else:
                assert not fuse.burnt
                assert at > 6
                return
    pytest.fail("the fuse never outlasted the message")


def test_of_many_who_bring_the_same_message_at_once_all_get_the_same_answer() -> None:
    bulk = BulkIssuer()
    issuer_context = replace(bulk.issuer_context, issuer_store=Locked(bulk.house.issuer_store))
    message, barrier = bulk.message(), threading.Barrier(16)

    def tell(_: int) -> Answer | str:
        barrier.wait()
        try:
            return webhook_actions.receive(issuer_context, Locked(bulk.webhooks), "acme", bulk.id, message)  # type: ignore[arg-type]
        except LaurelError as error:
            return error.code

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(tell, range(16)))
    assert len(bulk.issued) == 1
    assert answers == {Answer(Outcome.ISSUED, bulk.issued[0].id, bulk.house.achievement.id)}


# Writing a hook.


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
def test_what_could_never_work_is_refused(bulk: BulkIssuer, code: str, changes: dict[str, Any]) -> None:
    before = bulk.webhook
    for act in (
        lambda draft: webhook_actions.add(bulk.issuer_context, bulk.webhooks, "acme", draft),
        lambda draft: webhook_actions.change(bulk.issuer_context, bulk.webhooks, "acme", bulk.id, draft),
    ):
        with pytest.raises(Refused) as refused:
            act(replace(bulk.draft, **changes))
        assert refused.value.code == code
    assert list(bulk.webhooks.webhooks("acme")) == [before]


def test_an_issuer_has_so_many_hooks(bulk: BulkIssuer) -> None:
    for _ in range(MAX_HOOKS - 1):
        webhook_actions.add(bulk.issuer_context, bulk.webhooks, "acme", bulk.draft)
    with pytest.raises(Refused) as refused:
        webhook_actions.add(bulk.issuer_context, bulk.webhooks, "acme", bulk.draft)
    assert refused.value.code == "too_many_hooks"


def test_an_achievement_that_demands_evidence_refuses_a_completion_that_has_none(bulk: BulkIssuer) -> None:
    strict = achievements.add(bulk.issuer_context, new_achievement(name="Strict", evidence_required=True))
    bulk.change(courses={"42": strict.id})
    with pytest.raises(Refused):
        bulk.tell(changed("/link", ...))
    assert bulk.tell(message_id="msg_2").outcome is Outcome.ISSUED


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
@settings(max_examples=300, deadline=None)
def test_whatever_is_sent_it_is_issued_or_answered_in_a_known_way(body: object, shape: str) -> None:
    bulk = DESK
    before = len(bulk.issued)
    try:
        answer = bulk.tell(
            body if shape == "whole" else changed(shape, body), f"msg_{bulk.house.issuer_context.public_id()}"
        )
    except (Refused, Malformed):
        assert len(bulk.issued) == before
    else:
        assert len(bulk.issued) == before + (answer.outcome is Outcome.ISSUED)


DESK = BulkIssuer()
