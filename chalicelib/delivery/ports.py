"""Ports of delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.issuing.search import Place
from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.delivery.delivery_status import Delivery, State
from chalicelib.delivery.emails.parts.email_content import EmailContent, Kind
from chalicelib.delivery.limits.reputation import Reputation
from chalicelib.delivery.links import Keeps, Link, LinkKey, keep_none
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.errors import Unavailable
from chalicelib.tasks.task_queue import Task


class NotSent(Unavailable):
    """The email was certainly not sent; retry later."""


class Mailer(Protocol):
    """Sends emails."""

    def send(self, content: EmailContent) -> str:
        """Send an email; returns the email service's message id.

        Raises `NotSent` when it was certainly not sent and can be retried, `Refused` when this email or address will
        never be accepted, and any other `Unavailable` when the result is unknown.
        """


@dataclass(frozen=True, slots=True)
class SentEmail:
    """The email behind a message id of the email service."""

    credential_id: str | None
    """None for an invitation and a sign-in email."""
    issuer_id: str
    """`reputation.SIGN_IN` for a sign-in email."""
    kind: Kind
    recipient: str
    """Digest of the recipient's address (`email_events.recipient`)."""


@dataclass(frozen=True, slots=True)
class DeferredEmail:
    """An email that is deferred because its issuer's quota is used up: the ``kind`` of its task, and the credential it
    is about."""

    issuer_id: str
    since: datetime
    """Orders the emails; not sent before this time."""
    kind: str
    credential_id: str

    def task(self, due: datetime | None = None) -> Task:
        """The task of the email, by default as it was when it was deferred."""
        return Task(self.kind, self.issuer_id, self.credential_id, due or self.since)


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """The request of someone who has proven nothing for a link to everything of a credential's holder (`lost_link`)."""

    id: str
    """Random, so that neither the key nor its task reveals the address."""
    credential_id: str
    email: str
    """The address as entered; it may be anyone's."""
    language: str
    expires: datetime


class EarlyEvent(NamedTuple):
    """An event that arrived before the email was stored as sent."""

    state: State
    at: datetime


class Store(Protocol):
    """Stores deliveries, mailboxes and links. Every method raises `Unavailable` when storage does not respond."""

    def delivery(self, issuer_id: str, credential_id: str) -> Delivery:
        """Strongly consistent read; a new delivery of version 0 when none is stored."""

    def find_deliveries(self, issuer_id: str, credential_ids: Sequence[str]) -> Mapping[str, Delivery]:
        """The deliveries of these credentials, by credential id, strongly consistent; those that are not stored are
        left out."""

    def save(self, delivery: Delivery) -> Delivery:
        """Replace the version that was read; returns the next version.

        Raises `Conflict` when it has changed since.
        """

    def add_sent_email(self, message_id: str, sent_email: SentEmail, at: datetime) -> None:
        """Store the message id of an email sent ``at``, for as long as events about it may arrive."""

    def sent_email(self, message_id: str) -> SentEmail | None:
        """The email with this message id, strongly consistent; None when unknown."""

    def add_early_event(self, message_id: str, early: EarlyEvent) -> None:
        """Store an event until the email is stored as sent."""

    def early(self, message_id: str) -> tuple[EarlyEvent, ...]:
        """The early events of an email, strongly consistent."""

    def add_deferred(self, email: DeferredEmail) -> None:
        """Store a deferred email; one that is already stored is ignored."""

    def deferred(self, issuer_id: str, until: datetime, limit: int) -> Sequence[DeferredEmail]:
        """The first ``limit`` emails of an issuer that were deferred at ``until`` or earlier, strongly consistent."""

    def delete_deferred(self, email: DeferredEmail) -> None:
        """Delete a deferred email; one that is already gone is ignored."""

    def reputation(self, issuer_id: str) -> Reputation:
        """Strongly consistent read; a new reputation of version 0 when none is stored."""

    def save_reputation(self, reputation: Reputation) -> Reputation:
        """Replace the version that was read. Raises `Conflict` when it has changed since."""

    def mailbox(self, digest: str) -> Mailbox:
        """Strongly consistent read; a new mailbox of version 0 when none is stored."""

    def save_mailbox(self, mailbox: Mailbox) -> Mailbox:
        """Replace the version that was read. Raises `Conflict` when it has changed since."""

    def add_links(self, links: Sequence[Link]) -> None:
        """Store new links."""

    def link(self, name: LinkKey) -> Link | None:
        """Strongly consistent read. The link may have expired."""

    def delete_links(self, mailbox_id: str, keeps: Keeps = keep_none) -> None:
        """Delete all links of a mailbox, except those that ``keeps`` names."""

    def add_link_request(self, request: LinkRequest) -> None:
        """Store a request for a link."""

    def link_request(self, request_id: str, now: datetime) -> LinkRequest | None:
        """A request for a link, strongly consistent; None when it is unknown, deleted or expired."""

    def delete_link_request(self, request_id: str) -> None:
        """Delete a request for a link; one that is already gone is ignored."""


class Archive(Protocol):
    """Read-only access to issuers' data."""

    def issuer(self, issuer_id: str) -> Issuer:
        """Raises `NotFound`."""

    def achievement_version(self, issuer_id: str, achievement_id: str, version: int) -> Achievement:
        """The version of an achievement that was issued. Raises `NotFound`."""

    def record(self, credential_id: str) -> Record:
        """Strongly consistent read. Raises `NotFound`."""

    def recipient(self, credential_id: str) -> Recipient:
        """The recipient of a credential. Raises `NotFound`."""

    def holder_issuers(self, email: str, after: str | None, limit: int) -> list[str]:
        """The ids of the issuers of an address, in order, after the issuer ``after``; at most ``limit``."""

    def holdings(self, issuer_id: str, email: str, before: Place | None, limit: int) -> list[Place]:
        """The credentials of an address from one issuer, newest first, before ``before``; at most ``limit``."""


class PathwayLinks(Protocol):
    """Reads pathway links."""

    def pathway_links(self, issuer_id: str, achievement_id: str) -> tuple[PathwayLink, ...]:
        """Links to the pathways that contain an achievement."""
