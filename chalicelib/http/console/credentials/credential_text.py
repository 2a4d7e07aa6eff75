"""How a credential stands, in the console's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.award.issuing.search import Row
from chalicelib.credential.record import State
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.delivery_status import State as Delivered
from chalicelib.http.console.text import Face
from chalicelib.http.html import text

VALID = Face("Valid", "good")
EXPIRED = Face("Expired", "warn")
FACES: Mapping[State, Face] = {
    State.ACTIVE: VALID,
    State.SUSPENDED: Face("Suspended", "warn"),
    State.REVOKED: Face("Withdrawn", "bad"),
}
STATES = (("", "Any"), *((state.value, face.word) for state, face in FACES.items()))
"""For the choice of those to be found."""
ANOTHER = "Deleted achievement"
NO_NAME = "Unnamed holder"
LETTERS: Mapping[Delivered, str] = {
    Delivered.WAITING: "Waiting to be sent.",
    Delivered.SENT: "Sent; delivery not confirmed yet.",
    Delivered.DELIVERED: "Delivered; not opened yet.",
    Delivered.OPENED: "Delivered and opened.",
    Delivered.SHARED: "Opened, and the holder has shared the credential.",
    Delivered.BOUNCED: "Bounced: this mailbox does not exist. Correct the address.",
    Delivered.COMPLAINED: "Marked as spam by the recipient; Laurel will not email this address again.",
    Delivered.FAILED: "The email could not be sent.",
}
"""How the message about a credential fares."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a table of credentials."""

    id: str
    name: str
    email: str | None
    achievement: str
    at: datetime
    face: Face


@dataclass(frozen=True, slots=True)
class MailLine:
    """One thing about the message."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of one credential says."""

    id: str
    name: str
    email: str | None
    achievement: str
    url: str
    at: datetime
    until: datetime | None
    version: int
    face: Face
    since: datetime | None
    """When the issuer decided so, where it does not simply stand."""
    reason: str | None
    supersedes: str | None
    superseded_by: str | None
    mail: tuple[MailLine, ...]


def mail(delivery: Delivery) -> tuple[MailLine, ...]:
    """How the message fares; nothing when none was ever to be sent."""
    first = delivery.first
    if first is None and not delivery.resend_requests:
        return ()
    when = f" Sent on {text.minute(first.sent_at)}." if first and first.sent_at else ""
    return (MailLine("Message", LETTERS[delivery.state] + when),)


def face(state: State, valid_until: datetime | None, now: datetime) -> Face:
    """How a credential stands at ``now``; the issuer's decision goes before the calendar."""
    if state is State.ACTIVE and valid_until is not None and valid_until < now:
        return EXPIRED
    return FACES[state]


def listed(rows: Iterable[Row], names: Mapping[str, str], now: datetime) -> list[Listed]:
    """``rows`` as a table shows them; ``names`` of achievements by their ids."""
    return [
        Listed(
            id=row.credential_id,
            name=row.holder_name or NO_NAME,
            email=row.email,
            achievement=names.get(row.achievement_id, ANOTHER),
            at=row.issued_at,
            face=face(row.state, row.valid_until, now),
        )
        for row in rows
    ]
