"""Ports of messages to holders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.directory.contact.message import Message


@dataclass(frozen=True, slots=True)
class Relayed:
    """What is kept of a relayed message, so that its holder can report the sender or turn messages off. It contains no
    address and no words."""

    digest: str
    """SHA-256 of the secret in the holder's link, in hex."""
    mailbox: str
    """Digest of the holder's address."""
    holder_id: str
    sender: str
    """Digest of the sender's address without its tag (`email_events.recipient`)."""
    expires: datetime
    organization: str | None
    """Digest of the domain that answers for the sender (`organization`)."""


@dataclass(frozen=True, slots=True)
class SenderReport:
    """Records that a holder has reported a sender or an organization."""

    sender: str
    """Its digest (`Relayed`)."""
    holder_id: str
    expires: datetime


class ContactStore(Protocol):
    """Stores messages until they are relayed, and which senders were reported. What has expired is not found.

    Every method raises `Unavailable` when storage does not respond.
    """

    def add(self, message: Message) -> None:
        """Store a pending message."""

    def message(self, digest: str, now: datetime) -> Message | None:
        """The pending message with this ``digest``, strongly consistent."""

    def take(self, message: Message) -> bool:
        """Delete a message; False if it was already gone. At most one of several callers succeeds."""

    def add_relayed(self, relayed: Relayed) -> None:
        """Store what the link in the email to the holder is for."""

    def relayed(self, digest: str, now: datetime) -> Relayed | None:
        """What a holder's link is for."""

    def report(self, sender: str, holder_id: str, expires: datetime) -> None:
        """Store that a holder has reported a sender or an organization, each by its digest. Idempotent."""

    def reported_by(self, sender: str, now: datetime) -> frozenset[str]:
        """The ids of the holders who have reported a sender or an organization, strongly consistent."""

    def reports_of(self, holder_id: str, now: datetime) -> tuple[SenderReport, ...]:
        """What a holder has reported, in order of the senders."""
