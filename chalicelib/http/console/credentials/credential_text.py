"""Labels and view models of credentials and their delivery status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.award.issuing.search import Row
from chalicelib.credential.record import State
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.delivery_status import State as Delivered
from chalicelib.http.console.text import StatusLabel
from chalicelib.http.html import text

VALID = StatusLabel("Valid", "good")
EXPIRED = StatusLabel("Expired", "warn")
STATUS_LABELS: Mapping[State, StatusLabel] = {
    State.ACTIVE: VALID,
    State.SUSPENDED: StatusLabel("Suspended", "warn"),
    State.REVOKED: StatusLabel("Revoked", "bad"),
}
STATES = (
    ("", "Any"),
    ("active", VALID.text),
    ("expiring", "Expires within 30 days"),
    ("expired", EXPIRED.text),
    *((state.value, STATUS_LABELS[state].text) for state in (State.SUSPENDED, State.REVOKED)),
)
"""Options of the status filter."""
ANOTHER = "Deleted achievement"
NO_NAME = "Unnamed holder"
DELIVERY_TEXTS: Mapping[Delivered, str] = {
    Delivered.WAITING: "Waiting to be sent.",
    Delivered.SENT: "Sent; delivery not confirmed yet.",
    Delivered.DELIVERED: "Delivered; not opened yet.",
    Delivered.OPENED: "Delivered and opened.",
    Delivered.SHARED: "Opened, and the holder has shared the credential.",
    Delivered.BOUNCED: "Bounced: this mailbox does not exist. Correct the address.",
    Delivered.COMPLAINED: "Marked as spam by the recipient; Laurel will not email this address again.",
    Delivered.FAILED: "The email could not be sent.",
}
"""Text of each delivery status."""
NOT_SENT_TEXTS: Mapping[str, str] = {
    "unsubscribed": "Not sent: the holder unsubscribed from your emails.",
    "bounced": "Not sent: an earlier email to this mailbox bounced. Correct the address.",
    "complained": "Not sent: the holder marked an earlier email as spam.",
    "forgotten": "Not sent: the holder asked Laurel not to email them.",
}
"""Text of each reason for which an email was not sent."""


@dataclass(frozen=True, slots=True)
class CredentialListItem:
    """View model of one row of the credentials table."""

    id: str
    name: str
    email: str | None
    achievement: str
    at: datetime
    status_label: StatusLabel


@dataclass(frozen=True, slots=True)
class MailLine:
    """A label and text about the email."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class CredentialDetails:
    """View model of the credential page."""

    id: str
    name: str
    email: str | None
    achievement: str
    url: str
    at: datetime
    until: datetime | None
    version: int
    status_label: StatusLabel
    since: datetime | None
    """When the issuer suspended or revoked it; None for an active credential."""
    reason: str | None
    supersedes: str | None
    superseded_by: str | None
    mail: tuple[MailLine, ...]


def mail(delivery: Delivery) -> tuple[MailLine, ...]:
    """Describe the delivery of the email; empty when none was requested."""
    first = delivery.first
    if first is None and not delivery.resend_requests:
        return ()
    when = f" Sent on {text.minute(first.sent_at)}." if first and first.sent_at else ""
    reason = (first.given_up or "") if first and delivery.state is Delivered.FAILED else ""
    return (MailLine("Email", NOT_SENT_TEXTS.get(reason, DELIVERY_TEXTS[delivery.state]) + when),)


def status_label(state: State, valid_until: datetime | None, now: datetime) -> StatusLabel:
    """Return the status at ``now``. Suspension and revocation take precedence over expiry."""
    if state is State.ACTIVE and valid_until is not None and valid_until < now:
        return EXPIRED
    return STATUS_LABELS[state]


def list_items(rows: Iterable[Row], names: Mapping[str, str], now: datetime) -> list[CredentialListItem]:
    """Build the table of ``rows``; ``names`` maps achievement ids to names."""
    return [
        CredentialListItem(
            id=row.credential_id,
            name=row.holder_name or NO_NAME,
            email=row.email,
            achievement=names.get(row.achievement_id, ANOTHER),
            at=row.issued_at,
            status_label=status_label(row.state, row.valid_until, now),
        )
        for row in rows
    ]
