from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.event import Kind as AnalyticsKind
from chalicelib.delivery import email_events, mailbox
from chalicelib.delivery.delivery_status import State
from chalicelib.delivery.email_events import EmailEvent, EmailEventType
from chalicelib.delivery.emails import account
from chalicelib.delivery.emails.parts.email_content import REQUESTED, Kind
from chalicelib.delivery.ports import SentEmail
from chalicelib.errors import Malformed
from tests.delivery.fake_delivery import EMAIL, ISSUED_AT, DeliveryFixture

AT = datetime(2026, 6, 1, 22, 31, tzinfo=UTC)
MAIL = {
    "timestamp": "2026-06-01T22:30:59.000Z",
    "messageId": "mail-1@ses.example",
    "source": "letters@laurel.example",
    "destination": [EMAIL],
}
PAYLOADS: dict[str, dict[str, Any]] = {
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
EVENT_TYPES = {
    "delivery": EmailEventType.DELIVERED,
    "bounce": EmailEventType.BOUNCED,
    "complaint": EmailEventType.COMPLAINED,
}


def event_json(name: str, shape: str = "eventType", **changes: object) -> str:
    return json.dumps({shape: name.capitalize(), "mail": MAIL, name: {**PAYLOADS[name], **changes}})


@pytest.mark.parametrize("shape", ["eventType", "notificationType"])
@pytest.mark.parametrize("name", PAYLOADS)
def test_both_event_formats_parse_alike(name: str, shape: str) -> None:
    assert email_events.parse(event_json(name, shape)) == EmailEvent(
        EVENT_TYPES[name], "mail-1@ses.example", (EMAIL,), AT
    )


@pytest.mark.parametrize(
    "message",
    [
        event_json("bounce", bounceType="Transient"),
        event_json("bounce", bounceType="Undetermined"),
        event_json("complaint", complaintFeedbackType="not-spam"),
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
        event_json("bounce", bouncedRecipients=[]),
        event_json("bounce", bouncedRecipients=[{"emailAddress": None}]),
        event_json("bounce", bouncedRecipients=[{}] * 51),
        event_json("complaint", complainedRecipients=[{"emailAddress": "nobody"}]),
        event_json("delivery", recipients="ada@example.org"),
        event_json("delivery", timestamp="yesterday"),
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


def fixture_with_sent_email() -> DeliveryFixture:
    fixture = DeliveryFixture()
    fixture.run_task("deliver")
    fixture.now += timedelta(minutes=1)
    return fixture


@pytest.mark.parametrize(
    ("name", "state"),
    [("delivery", State.DELIVERED), ("bounce", State.BOUNCED), ("complaint", State.COMPLAINED)],
)
def test_repeated_event_is_applied_once(name: str, state: State) -> None:
    fixture = fixture_with_sent_email()
    for _ in range(3):
        email_event = email_events.parse(event_json(name))
        assert email_event is not None
        email_events.apply(fixture.delivery_context, email_event)
    assert fixture.delivery.state is state
    kinds = [event.kind for event in fixture.event_store.events.values()]
    assert kinds == ([AnalyticsKind.DELIVERED] if name == "delivery" else [])


@pytest.mark.parametrize("name", ["bounce", "complaint"])
def test_bounce_and_complaint_of_an_issuers_email_suppress_emails_but_not_requested_ones(name: str) -> None:
    """An issuer can provoke both: mail servers refuse some texts for ever, such as that of the test of spam filters."""
    fixture = fixture_with_sent_email()
    email_event = email_events.parse(event_json(name))
    assert email_event is not None
    email_events.apply(fixture.delivery_context, email_event)
    box = fixture.delivery_context.mailbox(EMAIL)
    assert {
        kind for kind in Kind if mailbox.suppression_reason(box, kind, email_event.at, "another") is None
    } == REQUESTED


@pytest.mark.parametrize("early", [False, True])
def test_bounce_of_a_requested_email_suppresses_all_emails(*, early: bool) -> None:
    fixture = DeliveryFixture()
    event = email_events.parse(event_json("bounce"))
    assert event is not None
    content = account.sign_in(EMAIL, "https://laurel.example/sign-in/x", 15)
    if early:
        email_events.apply(fixture.delivery_context, event)
    email_events.count_sent(fixture.delivery_context, event.message_id, "SIGN_IN", content)
    if not early:
        email_events.apply(fixture.delivery_context, event)
    box = fixture.delivery_context.mailbox(EMAIL)
    assert [kind for kind in Kind if mailbox.suppression_reason(box, kind, event.at, "another") is None] == []
    assert box.bounces == box.requested_bounces == 1


def test_bounce_of_an_unknown_message_suppresses_its_mailbox() -> None:
    fixture = fixture_with_sent_email()
    email_events.apply(
        fixture.delivery_context, EmailEvent(EmailEventType.BOUNCED, "sign-in@ses.example", ("eve@example.org",), AT)
    )
    assert fixture.delivery_context.mailbox("eve@example.org").bounced_at == AT
    assert fixture.delivery.state is State.SENT


@pytest.mark.parametrize("when", ["before add_sent_email", "between the two reads"])
def test_event_before_the_email_is_stored_as_sent_is_applied(when: str) -> None:
    """The email service may publish an event before the call that sent the email returns."""
    fixture = DeliveryFixture()
    email_event = email_events.parse(event_json("delivery"))
    assert email_event is not None
    store = fixture.store
    add_sent_email, read_sent_email = store.add_sent_email, store.sent_email

    def apply_event_then_add(message_id: str, sent_email: SentEmail, at: datetime) -> None:
        email_events.apply(fixture.delivery_context, email_event)
        assert fixture.delivery.state is State.SENT
        add_sent_email(message_id, sent_email, at)

    def read_then_send(message_id: str) -> SentEmail | None:
        found = read_sent_email(message_id)
        store.sent_email = read_sent_email  # type: ignore[method-assign] # simulates the race once
        fixture.run_task("deliver")
        return found

    if when == "before add_sent_email":
        store.add_sent_email = apply_event_then_add  # type: ignore[method-assign] # simulates the race
        fixture.run_task("deliver")
    else:
        store.sent_email = read_then_send  # type: ignore[method-assign] # simulates the race
        email_events.apply(fixture.delivery_context, email_event)
    assert fixture.delivery.state is State.DELIVERED
    assert [event.kind for event in fixture.event_store.events.values()] == [AnalyticsKind.DELIVERED]


def test_late_delivery_event_does_not_lower_the_state() -> None:
    fixture = fixture_with_sent_email()
    email_events.apply(
        fixture.delivery_context, EmailEvent(EmailEventType.COMPLAINED, "mail-1@ses.example", (EMAIL,), AT)
    )
    email_events.apply(
        fixture.delivery_context, EmailEvent(EmailEventType.DELIVERED, "mail-1@ses.example", (EMAIL,), ISSUED_AT)
    )
    assert fixture.delivery.state is State.COMPLAINED


@pytest.mark.parametrize("end", ["event publishing.", "notifications."])
def test_first_message_of_the_email_service_is_plain_text_and_no_failure(end: str) -> None:
    """A function that raises is called twice more, and an alarm rings, on every new deployment."""
    fixture = fixture_with_sent_email()
    validated: list[None] = []
    message = f"Successfully validated SNS topic for Amazon SES {end}"
    email_events.receive(fixture.delivery_context, message, lambda: validated.append(None))
    assert validated == [None]
    assert fixture.delivery_context.mailbox(EMAIL).bounced_at is None


@pytest.mark.parametrize("message", ["", "hello", "Successfully", '"Successfully validated"', "{}"])
def test_other_plain_text_still_fails_so_that_it_is_kept(message: str) -> None:
    fixture = fixture_with_sent_email()
    with pytest.raises(Malformed):
        email_events.receive(fixture.delivery_context, message, lambda: pytest.fail("this is no validation"))


def test_received_event_is_applied() -> None:
    fixture = fixture_with_sent_email()
    email_events.receive(fixture.delivery_context, event_json("bounce"), lambda: None)
    assert fixture.delivery_context.mailbox(EMAIL).bounced_at == AT


def test_bounce_notice_that_names_someone_else_blocks_only_the_address_that_was_sent_to() -> None:
    notice = event_json("bounce", bouncedRecipients=[{"emailAddress": "operator@laurel.example"}])
    found = email_events.parse(notice)
    assert found is not None
    assert found.addresses == (EMAIL,)


@pytest.mark.parametrize("claimed", ["1970-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"])
@pytest.mark.parametrize("name", ["bounce", "complaint"])
def test_a_mail_server_cannot_choose_the_time_of_its_notice(name: str, claimed: str) -> None:
    """Amazon SES copies the time of a notice from it. 1970 would block nothing, and 2099 until then."""
    fixture = fixture_with_sent_email()
    email_events.receive(fixture.delivery_context, event_json(name, timestamp=claimed), lambda: None)
    box = fixture.delivery_context.mailbox(EMAIL)
    at = box.bounced_at or box.complained_at
    assert at is not None
    assert ISSUED_AT <= at <= fixture.now


def test_a_notice_without_the_time_of_its_email_is_malformed() -> None:
    with pytest.raises(Malformed):
        email_events.parse(
            json.dumps({"eventType": "Bounce", "mail": {**MAIL, "timestamp": None}, "bounce": PAYLOADS["bounce"]})
        )
