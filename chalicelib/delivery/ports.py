"""What delivery needs from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.award.issuing.recipient import Holding, Recipient
from chalicelib.award.pathways.pathway import PathwayLink
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.delivery.delivery_status import Delivery, State
from chalicelib.delivery.emails.email_content import EmailContent, Kind
from chalicelib.delivery.links import Link, Name
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.errors import Unavailable


class NotSent(Unavailable):
    """The mail service did not take the letter, for certain: it is to be tried again later."""

    code = "not_sent"


class Mailer(Protocol):
    """The way mail goes out."""

    def send(self, letter: EmailContent) -> str:
        """Send ``letter``; the mail service's id of it.

        Raises `NotSent` when it was certainly not sent and may be later, `Refused` when this letter or address will
        never be taken, and any other `Unavailable` when nobody knows whether it was sent.
        """


@dataclass(frozen=True, slots=True)
class SentEmail:
    """Which letter it is that the mail service speaks of."""

    credential_id: str
    issuer_id: str
    kind: Kind


class EarlyEvent(NamedTuple):
    """What became of a mail, heard before it was noted which letter it is."""

    state: State
    at: datetime


class Store(Protocol):
    """Where deliveries, mailboxes and links are kept. Every method raises `Unavailable` when it does not answer."""

    def delivery(self, issuer_id: str, credential_id: str) -> Delivery:
        """Strongly read; a new one, of version 0, when nothing is kept yet."""

    def save(self, delivery: Delivery) -> Delivery:
        """Store ``delivery`` over the version that it was read as, and return it with its next version.

        Raises `Conflict` when another writer was first.
        """

    def add_sent_email(self, message_id: str, sent_email: SentEmail, at: datetime) -> None:
        """Note what the mail service calls a letter that it took ``at``: for as long as it may speak of it."""

    def sent_email(self, message_id: str) -> SentEmail | None:
        """The letter that the mail service calls so, strongly read; None when it is none of these."""

    def add_early_event(self, message_id: str, early: EarlyEvent) -> None:
        """Keep what became of a mail for as long as a letter of that name may yet be noted."""

    def early(self, message_id: str) -> tuple[EarlyEvent, ...]:
        """What was kept so of a mail, strongly read."""

    def mailbox(self, digest: str) -> Mailbox:
        """Strongly read; a new one, of version 0, when nothing is known."""

    def save_mailbox(self, mailbox: Mailbox) -> Mailbox:
        """Store ``mailbox`` over the version that it was read as. Raises `Conflict` when another writer was first."""

    def add_links(self, links: Sequence[Link]) -> None:
        """Store new links."""

    def link(self, name: Name) -> Link | None:
        """Strongly read. It may be past its time: compare."""

    def delete_links(self, box: str) -> None:
        """Delete every link that was made for a mailbox."""


class Archive(Protocol):
    """The issuers' side of storage, of which delivery only reads."""

    def issuer(self, issuer_id: str) -> Issuer:
        """Raises `NotFound`."""

    def achievement_version(self, issuer_id: str, achievement_id: str, version: int) -> Achievement:
        """An achievement as it was when it was issued. Raises `NotFound`."""

    def record(self, credential_id: str) -> Record:
        """Strongly read. Raises `NotFound`."""

    def recipient(self, credential_id: str) -> Recipient:
        """To whom a credential was given. Raises `NotFound`."""

    def holdings(self, email: str) -> Iterator[Holding]:
        """Every credential, of any issuer, that went to an e-mail address."""


class PathwayLinks(Protocol):
    """Where credentials lead."""

    def pathway_links(self, issuer_id: str, achievement_id: str) -> tuple[PathwayLink, ...]:
        """The pathways that an achievement is a step of."""
