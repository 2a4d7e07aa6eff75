from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.event import Kind as Happening
from chalicelib.delivery import email_events, mailbox
from chalicelib.delivery.delivery_status import State
from chalicelib.delivery.email_events import EmailEvent, EmailEventType
from chalicelib.delivery.emails.email_content import REQUESTED, Kind
from chalicelib.delivery.ports import SentEmail
from chalicelib.errors import Malformed
from tests.delivery.world import EMAIL, ISSUED_AT, World

AT = datetime(2026, 6, 1, 22, 31, tzinfo=UTC)
MAIL = {
    "timestamp": "2026-06-01T22:30:59.000Z",
    "messageId": "mail-1@ses.example",
    "source": "letters@laurel.example",
    "destination": [EMAIL],
}
SAID: dict[str, dict[str, Any]] = {
    "delivery": {"timestamp": "2026-06-01T22:31:00.000Z", "recipients": [EMAIL], "smtpResponse": "250 ok"},
    "bounce": {
        "timestamp": "2026-06-01T22:31:00.000Z", "bounceType": "Permanent", "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": f"Ada <{EMAIL.upper()}>", "status": "5.1.1"}], "feedbackId": "f",
    },
    "complaint": {
        "timestamp": "2026-06-01T22:31:00.000Z", "complainedRecipients": [{"emailAddress": EMAIL}],
        "complaintFeedbackType": "abuse", "feedbackId": "f",
    },
}  # fmt: skip
FATES = {"delivery": EmailEventType.DELIVERED, "bounce": EmailEventType.BOUNCED, "complaint": EmailEventType.COMPLAINED}


def said(name: str, shape: str = "eventType", **changes: object) -> str:
    return json.dumps({shape: name.capitalize(), "mail": MAIL, name: {**SAID[name], **changes}})


@pytest.mark.parametrize("shape", ["eventType", "notificationType"])
@pytest.mark.parametrize("name", SAID)
def test_both_event_formats_parse_alike(name: str, shape: str) -> None:
    assert email_events.parse(said(name, shape)) == EmailEvent(FATES[name], "mail-1@ses.example", (EMAIL,), AT)


@pytest.mark.parametrize(
    "message",
    [
        said("bounce", bounceType="Transient"),
        said("bounce", bounceType="Undetermined"),
        said("complaint", complaintFeedbackType="not-spam"),
        json.dumps({"eventType": "Send", "mail": MAIL}),
        json.dumps({"eventType": "DeliveryDelay", "mail": MAIL}),
        json.dumps({"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "You have subscribed"}),
    ],
)
def test_other_events_are_ignored(message: str) -> None:
    assert email_events.parse(message) is None


@pytest.mark.parametrize(
    "message",
    [
        "", "null", "[]", "{}", '{"eventType": 1}', '{"eventType": "Bounce"}', '{"eventType": "Delivery", "mail": {}}',
        said("bounce", bouncedRecipients=[]),
        said("bounce", bouncedRecipients=[{"emailAddress": None}]),
        said("bounce", bouncedRecipients=[{}] * 51),
        said("complaint", complainedRecipients=[{"emailAddress": "nobody"}]),
        said("delivery", recipients="ada@example.org"),
        said("delivery", timestamp="yesterday"),
        '{"eventType": "Delivery", "eventType": "Bounce"}',
        '{"a":' * 50 + "1" + "}" * 50,
        '"' + "x" * 300_000 + '"',
    ],
    ids=lambda message: message[:40],
)  # fmt: skip
def test_invalid_events_are_malformed(message: str) -> None:
    with pytest.raises(Malformed):
        email_events.parse(message)


@given(st.text() | st.recursive(st.none() | st.text(), lambda one: st.dictionaries(st.text(), one)).map(json.dumps))
def test_parsing_raises_only_malformed(message: str) -> None:
    try:
        email_events.parse(message)
    except Malformed:
        return


def sent() -> World:
    world = World()
    world.do("deliver")
    world.now += timedelta(minutes=1)
    return world


@pytest.mark.parametrize(
    ("name", "state"),
    [("delivery", State.DELIVERED), ("bounce", State.BOUNCED), ("complaint", State.COMPLAINED)],
)
def test_repeated_event_is_applied_once(name: str, state: State) -> None:
    world = sent()
    for _ in range(3):
        notice = email_events.parse(said(name))
        assert notice is not None
        email_events.apply(world.delivery_context, notice)
    assert world.delivery.state is state
    kinds = [event.kind for event in world.event_store.events.values()]
    assert kinds == ([Happening.DELIVERED] if name == "delivery" else [])


@pytest.mark.parametrize(("name", "left"), [("bounce", frozenset()), ("complaint", REQUESTED)])
def test_bounce_and_complaint_suppress_emails_but_a_complaint_not_requested_ones(
    name: str, left: frozenset[Kind]
) -> None:
    world = sent()
    notice = email_events.parse(said(name))
    assert notice is not None
    email_events.apply(world.delivery_context, notice)
    box = world.delivery_context.mailbox(EMAIL)
    assert {kind for kind in Kind if mailbox.suppression_reason(box, kind, "another") is None} == left


def test_bounce_of_an_unknown_message_suppresses_its_mailbox() -> None:
    world = sent()
    email_events.apply(
        world.delivery_context, EmailEvent(EmailEventType.BOUNCED, "sign-in@ses.example", ("eve@example.org",), AT)
    )
    assert world.delivery_context.mailbox("eve@example.org").bounced_at == AT
    assert world.delivery.state is State.SENT


@pytest.mark.parametrize("when", ["before the note", "between the two readings"])
def test_event_before_the_email_is_stored_as_sent_is_applied(when: str) -> None:
    """The mail service may speak of a letter before the call that sent it has returned."""
    world = World()
    notice = email_events.parse(said("delivery"))
    assert notice is not None
    store = world.store
    noted, looked = store.add_sent_email, store.sent_email

    def hear_and_note(message_id: str, sent_email: SentEmail, at: datetime) -> None:
        email_events.apply(world.delivery_context, notice)
        assert world.delivery.state is State.SENT
        noted(message_id, sent_email, at)

    def look_and_note(message_id: str) -> SentEmail | None:
        found = looked(message_id)
        store.sent_email = looked  # type: ignore[method-assign] # the race, played once
        world.do("deliver")
        return found

    if when == "before the note":
        store.add_sent_email = hear_and_note  # type: ignore[method-assign] # the race, played
        world.do("deliver")
    else:
        store.sent_email = look_and_note  # type: ignore[method-assign] # the race, played
        email_events.apply(world.delivery_context, notice)
    assert world.delivery.state is State.DELIVERED
    assert [event.kind for event in world.event_store.events.values()] == [Happening.DELIVERED]


def test_late_delivery_event_does_not_lower_the_state() -> None:
    world = sent()
    email_events.apply(
        world.delivery_context, EmailEvent(EmailEventType.COMPLAINED, "mail-1@ses.example", (EMAIL,), AT)
    )
    email_events.apply(
        world.delivery_context, EmailEvent(EmailEventType.DELIVERED, "mail-1@ses.example", (EMAIL,), ISSUED_AT)
    )
    assert world.delivery.state is State.COMPLAINED
