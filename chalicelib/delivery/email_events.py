"""Parse and apply the email service's events: deliveries, bounces and complaints.

Amazon SES publishes them as JSON in two similar forms: notifications of an identity (`notificationType`) and events of
a configuration set (`eventType`). Both are parsed; other events are ignored. Events may arrive late or more than once,
so applying one again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.analytics.event import Kind
from chalicelib.credential import dates, email_address, strict_json
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.delivery_status import State
from chalicelib.delivery.emails.parts.email_content import REQUESTED, EmailContent
from chalicelib.delivery.limits import pausing
from chalicelib.delivery.limits.reputation import Problem
from chalicelib.delivery.ports import EarlyEvent, SentEmail
from chalicelib.errors import Malformed, NotFound, Unavailable

LIMITS = strict_json.Limits(size=256 * 1024, depth=12, members=4_000)
"""SNS messages have at most 256 KB (Amazon SNS quotas)."""
MAX_ADDRESSES = 50
"""Maximum recipients of one email (Amazon SES quotas). Each of ours has one."""

_RECIPIENT = 26
"""Characters of a digest that name a recipient: 104 bits are unique, and many of them are in one item."""
_VALIDATED = "Successfully validated SNS topic for Amazon SES"
"""Followed by the kind of the destination, such as "event publishing."."""
_ID = re.compile(r"[A-Za-z0-9@._-]{1,256}", re.ASCII)
_ADDRESS = re.compile(r"(?:[^<>]*<)?([^<>\s]{1,254}@[^<>\s@]{1,254})>?")


class EmailEventType(StrEnum):
    """The type of an email event."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    """A permanent bounce: the mailbox does not exist. Temporary bounces are ignored."""
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class EmailEvent:
    """An event about one email and the ``addresses`` it concerns."""

    event_type: EmailEventType
    message_id: str
    addresses: tuple[str, ...]
    at: datetime


_STATES = {
    EmailEventType.DELIVERED: State.DELIVERED,
    EmailEventType.BOUNCED: State.BOUNCED,
    EmailEventType.COMPLAINED: State.COMPLAINED,
}
_PROBLEMS = {State.BOUNCED: Problem.BOUNCED, State.COMPLAINED: Problem.COMPLAINED}


def receive(delivery_context: DeliveryContext, message: str, on_validated: Callable[[], None]) -> None:
    """Apply the event in a ``message`` of the topic.

    Amazon SES publishes a plain text first, to validate the topic; ``on_validated`` is called for it. Raises
    `Malformed` for anything else that is not an event, and `Unavailable`.
    """
    if message.strip().startswith(_VALIDATED):
        on_validated()
    elif (event := parse(message)) is not None:
        apply(delivery_context, event)


def parse(message: str) -> EmailEvent | None:
    """Parse an event. Returns None for other events (sends, opens, delays, soft bounces).

    Raises `Malformed` for anything that is not an event.
    """
    event = strict_json.parse(message.encode("utf-8", "surrogatepass"), LIMITS)
    kind = event.get("eventType", event.get("notificationType"))
    match kind:
        case "Delivery":
            details = _object(event, "delivery")
            return _event(EmailEventType.DELIVERED, event, details, _list(details, "recipients"))
        case "Bounce":
            details = _object(event, "bounce")
            if details.get("bounceType") != "Permanent":
                return None
            return _event(EmailEventType.BOUNCED, event, details, _named(details, "bouncedRecipients"))
        case "Complaint":
            details = _object(event, "complaint")
            if details.get("complaintFeedbackType") == "not-spam":
                return None  # the opposite of a complaint: moved out of the spam folder
            return _event(EmailEventType.COMPLAINED, event, details, _named(details, "complainedRecipients"))
        case str():
            return None
    raise _malformed("it has no type")


def apply(delivery_context: DeliveryContext, event: EmailEvent) -> None:
    """Apply ``event`` to the mailbox and the delivery. Idempotent.

    An email that is not about a credential, such as a sign-in link, has only a mailbox. Raises `Unavailable`.
    """
    at = min(event.at, delivery_context.now())
    early = EarlyEvent(_STATES[event.event_type], at)
    sent_email = delivery_context.store.sent_email(event.message_id) or _store_early(
        delivery_context, event.message_id, early
    )
    requested = sent_email is not None and sent_email.kind in REQUESTED
    for address in event.addresses:
        _apply_to_mailbox(delivery_context, address, early, requested=requested)
    if sent_email is not None:
        _apply_to_delivery(delivery_context, event.message_id, sent_email, early)


def recipient(email: str) -> str:
    """Digest that names the recipient of an email. Addresses that differ only in a tag are one recipient."""
    return mailbox.digest(email_address.without_tag(email))


def count_sent(delivery_context: DeliveryContext, message_id: str, issuer_id: str, content: EmailContent) -> None:
    """Count an email that is not about a credential, and later its bounce, for the reputation of ``issuer_id``.

    A failure is no error: the email was sent.
    """
    sent_email = SentEmail(None, issuer_id, content.kind, recipient(content.to))
    with suppress(Unavailable):
        delivery_context.store.add_sent_email(message_id, sent_email, delivery_context.now())
        pausing.count_sent(delivery_context, issuer_id)
        if content.kind in REQUESTED:
            for early in delivery_context.store.early(message_id):
                _apply_to_mailbox(delivery_context, content.to, early, requested=True)
        apply_early_events(delivery_context, message_id, sent_email)


def apply_early_events(delivery_context: DeliveryContext, message_id: str, sent_email: SentEmail) -> None:
    """Apply the events that arrived before the email was stored as sent. Raises `Unavailable`."""
    for early in delivery_context.store.early(message_id):
        _apply_to_delivery(delivery_context, message_id, sent_email, early)


def _store_early(delivery_context: DeliveryContext, message_id: str, early: EarlyEvent) -> SentEmail | None:
    # An event may arrive before the email is stored as sent. Both sides write before they read, so the later one finds
    # what the other has written.
    delivery_context.store.add_early_event(message_id, early)
    return delivery_context.store.sent_email(message_id)


def _apply_to_mailbox(delivery_context: DeliveryContext, address: str, early: EarlyEvent, *, requested: bool) -> None:
    digest, at = mailbox.digest(address), early.at
    if early.state is State.BOUNCED:
        delivery_context.change_mailbox(digest, lambda one: mailbox.bounced(one, at, requested=requested))
    elif early.state is State.COMPLAINED:
        delivery_context.change_mailbox(digest, lambda one: mailbox.complained(one, at))


def _apply_to_delivery(
    delivery_context: DeliveryContext, message_id: str, sent_email: SentEmail, early: EarlyEvent
) -> None:
    credential_id = sent_email.credential_id
    if credential_id is not None:
        delivery_context.mark_status(sent_email.issuer_id, credential_id, early.state, early.at)
    if early.state in _PROBLEMS:
        # A recipient of several emails must not count several times.
        digest = sent_email.recipient[:_RECIPIENT]
        pausing.count_problem(delivery_context, sent_email.issuer_id, _PROBLEMS[early.state], digest)
    if early.state is State.DELIVERED and credential_id is not None:
        try:
            record = delivery_context.archive.record(credential_id)
        except NotFound:
            return
        delivery_context.record_event(Kind.DELIVERED, record, early.at, once=message_id)


def _event(
    event_type: EmailEventType, event: dict[str, object], details: dict[str, object], addresses: list[object]
) -> EmailEvent:
    mail = _object(event, "mail")
    message_id = mail.get("messageId")
    if not isinstance(message_id, str) or not _ID.fullmatch(message_id):
        raise _malformed("it has no message id")
    if not 0 < len(addresses) <= MAX_ADDRESSES:
        raise _malformed("it has no recipients, or too many")
    for each in addresses:
        _address(each)
    # The server that refused an email chooses whom its notice names, so only the addresses that we sent to count.
    sent_to = tuple(map(_address, _list(mail, "destination")))[:MAX_ADDRESSES]
    # That server also chooses the time of its notice, so it counts from when the email service accepted the email.
    at = max(dates.parse(mail.get("timestamp")), dates.parse(details.get("timestamp")))
    return EmailEvent(event_type, message_id, sent_to, at)


def _address(value: object) -> str:
    match = _ADDRESS.fullmatch(value) if isinstance(value, str) and len(value) <= 1024 else None
    if match is None:
        raise _malformed("a recipient is not an email address")
    return email_address.normalize(match[1])


def _named(details: dict[str, object], name: str) -> list[object]:
    return [one.get("emailAddress") if isinstance(one, dict) else None for one in _list(details, name)]


def _object(value: dict[str, object], name: str) -> dict[str, object]:
    member = value.get(name)
    if not isinstance(member, dict):
        raise _malformed(f"{name} is missing")
    return member


def _list(value: dict[str, object], name: str) -> list[object]:
    member = value.get(name)
    if not isinstance(member, list):
        raise _malformed(f"{name} is missing")
    return member


def _malformed(reason: str) -> Malformed:
    return Malformed(f"This is not an event of the email service: {reason}.", code="not_an_email_event")
