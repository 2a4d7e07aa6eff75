"""The status of each email on the page of a credential: sent, on its way or not sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.award.issuing.recipient import Recipient
from chalicelib.credential.record import Record
from chalicelib.delivery import status_emails
from chalicelib.delivery.delivery_status import Attempt, Delivery, State
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.handlers import is_current
from chalicelib.http.console.text import StatusLabel
from chalicelib.http.html import text

SOON = timedelta(minutes=10)
"""The age up to which an email is expected within a minute; an older one is delayed, for example by the daily limit."""
WITHIN_A_MINUTE = "Will be sent within a minute."
WAITING = "Waiting to be sent. Emails over the daily limit are sent the next day."
NOT_CHOSEN = "Not sent: you chose not to email the holder when you issued the credential."
NO_LONGER_VALID = "Not sent: the credential was no longer valid."
FAILED = "The email could not be sent."
STATES: Mapping[State, str] = {
    State.SENT: "Sent; delivery not confirmed yet.",
    State.DELIVERED: "Delivered; not opened yet.",
    State.OPENED: "Delivered and opened.",
    State.SHARED: "Opened, and the holder has shared the credential.",
    State.BOUNCED: "Bounced: this mailbox does not exist. Correct the address.",
    State.COMPLAINED: "Marked as spam by the recipient; Laurel will not email this address again.",
    State.FAILED: FAILED,
}
"""Text of each delivery status of a first email that no longer waits."""
NOT_SENT: Mapping[str, str] = {
    "unsubscribed": "Not sent: the holder unsubscribed from your emails.",
    "bounced": "Not sent: an earlier email to this mailbox bounced. Correct the address.",
    "complained": "Not sent: the holder marked an earlier email as spam.",
    "forgotten": "Not sent: the holder asked Laurel not to email them.",
}
"""Text of each reason for which an email was not sent."""
SHORT: Mapping[State, StatusLabel] = {
    State.SENT: StatusLabel("Sent", "none"),
    State.DELIVERED: StatusLabel("Delivered", "none"),
    State.OPENED: StatusLabel("Opened", "good"),
    State.SHARED: StatusLabel("Shared", "good"),
    State.BOUNCED: StatusLabel("Bounced", "bad"),
    State.COMPLAINED: StatusLabel("Marked as spam", "bad"),
    State.FAILED: StatusLabel("Not sent", "warn"),
}
"""Label of each delivery status in a list."""
SHORT_UNSENT: Mapping[str, StatusLabel] = {
    NOT_CHOSEN: StatusLabel("Not emailed", "none"),
    NO_LONGER_VALID: StatusLabel("Not sent", "none"),
    WITHIN_A_MINUTE: StatusLabel("Sending", "none"),
    WAITING: StatusLabel("Not sent yet", "none"),
}
"""Label in a list of each text about a first email that was not sent."""
LABELS: Mapping[Kind, str] = {
    Kind.REVOKED: "Email about the revocation",
    Kind.SUSPENDED: "Email about the suspension",
    Kind.REINSTATED: "Email about the reinstatement",
    Kind.UNOPENED: "Reminder to view it",
    Kind.UNSHARED: "Reminder to share it",
    Kind.RENEWAL: "Reminder that it expires",
    Kind.SURVEY_6: "Survey after six months",
    Kind.SURVEY_12: "Survey after a year",
}


@dataclass(frozen=True, slots=True)
class EmailLine:
    """A label and text about one email."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides whether the first email about a credential is sent."""

    issued_at: datetime
    notify: bool
    """Whether the issuer chose to email the holder."""
    current: bool
    """Whether the credential may be delivered now."""


def label(terms: Terms, delivery: Delivery, now: datetime) -> StatusLabel:
    """The status of the first email about a credential, for a list: what `lines` says, in short."""
    unsent = _unsent(terms, delivery, now)
    return SHORT[delivery.state] if unsent is None else SHORT_UNSENT[unsent]


def lines(record: Record, recipient: Recipient, delivery: Delivery, now: datetime) -> tuple[EmailLine, ...]:
    """Describe every email to ``recipient`` about ``record``, the first one first."""
    terms = Terms(record.issued_at, recipient.notify, is_current(record, now))
    return (EmailLine("Email", _unsent(terms, delivery, now) or _first(delivery)), *_others(record, delivery, now))


def _unsent(terms: Terms, delivery: Delivery, now: datetime) -> str | None:
    """Say why the first email was not sent; None if its result is known."""
    if delivery.first is not None and delivery.state is not State.WAITING:
        return None
    if not terms.notify and not delivery.resend_requests:
        return NOT_CHOSEN
    if delivery.first is None and not terms.current:
        return NO_LONGER_VALID
    return _waiting(max([terms.issued_at, *delivery.resend_requests]), now)


def _first(delivery: Delivery) -> str:
    first = delivery.first
    when = f" Sent on {text.minute(first.sent_at)}." if first and first.sent_at else ""
    reason = (first.given_up or "") if first and delivery.state is State.FAILED else ""
    return NOT_SENT.get(reason, STATES[delivery.state]) + when


def _others(record: Record, delivery: Delivery, now: datetime) -> Iterator[EmailLine]:
    wanted = status_emails.wanted(record, delivery)
    attempts = {kind: one for kind, one in delivery.emails.items() if kind in LABELS}
    last = attempts.get(wanted) if wanted is not None else None
    if wanted is not None and (last is None or last.claimed_at < record.status.at):
        # An earlier email of this kind was about an earlier change.
        attempts.pop(wanted, None)
        pending = EmailLine(LABELS[wanted], _waiting(record.status.at, now))
    else:
        pending = None
    for kind, attempt in sorted(attempts.items(), key=lambda one: one[1].claimed_at):
        yield EmailLine(LABELS[kind], _sent(attempt, now))
    if pending is not None:
        yield pending


def _sent(attempt: Attempt, now: datetime) -> str:
    if attempt.sent_at is not None:
        return f"Sent on {text.minute(attempt.sent_at)}."
    if attempt.given_up is not None:
        return NOT_SENT.get(attempt.given_up, FAILED)
    return _waiting(attempt.claimed_at, now)


def _waiting(since: datetime, now: datetime) -> str:
    return WITHIN_A_MINUTE if now - since < SOON else WAITING
