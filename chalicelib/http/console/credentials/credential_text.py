"""Labels and view models of credentials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.award.issuing.search import Row
from chalicelib.credential.record import Record, State
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.handlers import may_deliver
from chalicelib.http.console.credentials import email_lines
from chalicelib.http.console.credentials.email_lines import EmailLine
from chalicelib.http.console.text import StatusLabel

VALID = StatusLabel("Valid", "good")
EXPIRED = StatusLabel("Expired", "warn")
CORRECTED = StatusLabel("Replaced by a correction", "none")
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
    ("corrected", CORRECTED.text),
)
"""Options of the status filter."""
ANOTHER = "Deleted achievement"
NO_NAME = "Unnamed holder"


@dataclass(frozen=True, slots=True)
class CredentialListItem:
    """View model of one row of the credentials table."""

    id: str
    name: str
    email: str | None
    achievement: str
    at: datetime
    status_label: StatusLabel
    email_label: StatusLabel | None = None
    """Status of the first email; None without an address, and where the list does not show it."""


@dataclass(frozen=True, slots=True)
class CredentialDetails:
    """View model of the credential page."""

    id: str
    name: str
    email: str | None
    achievement: str
    url: str
    at: datetime
    starts: datetime
    """The date that the public page shows."""
    until: datetime | None
    version: int
    status_label: StatusLabel
    since: datetime | None
    """When the issuer suspended or revoked it; None for an active credential."""
    reason: str | None
    supersedes: str | None
    superseded_by: str | None
    emails: tuple[EmailLine, ...]


def status_label(state: State, valid_until: datetime | None, now: datetime, *, corrected: bool) -> StatusLabel:
    """Return the status at ``now``. Suspension and revocation take precedence over expiry."""
    if corrected:
        return CORRECTED
    if state is State.ACTIVE and valid_until is not None and valid_until < now:
        return EXPIRED
    return STATUS_LABELS[state]


def status_of(record: Record, now: datetime) -> StatusLabel:
    """Return the status of ``record`` at ``now``."""
    return status_label(record.status.state, record.valid_until, now, corrected=record.corrected)


def list_items(
    rows: Iterable[Row], names: Mapping[str, str], now: datetime, deliveries: Mapping[str, Delivery] | None = None
) -> list[CredentialListItem]:
    """Build the table of ``rows``. ``names`` maps achievement ids to names, ``deliveries`` credential ids to the
    delivery status of their emails, if the table shows it."""
    return [
        CredentialListItem(
            id=row.credential_id,
            name=row.holder_name or NO_NAME,
            email=row.email,
            achievement=names.get(row.achievement_id, ANOTHER),
            at=row.issued_at,
            status_label=status_label(row.state, row.valid_until, now, corrected=row.corrected),
            email_label=_email_label(row, deliveries, now) if deliveries is not None and row.email else None,
        )
        for row in rows
    ]


def _email_label(row: Row, deliveries: Mapping[str, Delivery], now: datetime) -> StatusLabel:
    delivery = deliveries.get(row.credential_id) or Delivery(row.credential_id, row.issuer_id)
    terms = email_lines.Terms(
        row.issued_at, row.notify, may_deliver(row.state, row.superseded_by, row.valid_until, now)
    )
    return email_lines.label(terms, delivery, now)
