"""In-memory ports of delivery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import nsmallest
from typing import TypeVar

from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.delivery.delivery_status import Delivery, State
from chalicelib.delivery.emails.parts.email_content import EmailContent
from chalicelib.delivery.limits.reputation import Reputation
from chalicelib.delivery.links import Keeps, Link, LinkKey, keep_none
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.delivery.ports import DeferredEmail, EarlyEvent, LinkRequest, SentEmail
from chalicelib.errors import Conflict

V = TypeVar("V", Delivery, Reputation, Mailbox)


def _next(read: V, current: V) -> V:
    """The version after the one that was ``read``. Raises `Conflict` if another is ``current``; a delivery, which
    counts nothing, may be stored again."""
    after = replace(read, version=read.version + 1)
    is_repeated = isinstance(read, Delivery) and current == after
    if not is_repeated and current.version != read.version:
        raise Conflict("changed in the meantime")
    return after


@dataclass
class Store:
    """`delivery.ports.Store`."""

    deliveries: dict[tuple[str, str], Delivery] = field(default_factory=dict)
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    links: dict[LinkKey, Link] = field(default_factory=dict)
    sent_emails: dict[str, SentEmail] = field(default_factory=dict)
    reputations: dict[str, Reputation] = field(default_factory=dict)
    waiting: dict[DeferredEmail, None] = field(default_factory=dict)
    early_events: dict[tuple[str, State], EarlyEvent] = field(default_factory=dict)
    requests: dict[str, LinkRequest] = field(default_factory=dict)

    def delivery(self, issuer_id: str, credential_id: str) -> Delivery:
        return self.deliveries.get((issuer_id, credential_id)) or Delivery(credential_id, issuer_id)

    def find_deliveries(self, issuer_id: str, credential_ids: Sequence[str]) -> dict[str, Delivery]:
        wanted = ((issuer_id, credential_id) for credential_id in credential_ids)
        return {key[1]: self.deliveries[key] for key in wanted if key in self.deliveries}

    def save(self, delivery: Delivery) -> Delivery:
        after = self.deliveries[delivery.issuer_id, delivery.credential_id] = _next(
            delivery, self.delivery(delivery.issuer_id, delivery.credential_id)
        )
        return after

    def add_sent_email(self, message_id: str, sent_email: SentEmail, at: datetime) -> None:
        if self.sent_emails.setdefault(message_id, sent_email) != sent_email:
            raise Conflict("taken")

    def sent_email(self, message_id: str) -> SentEmail | None:
        return self.sent_emails.get(message_id)

    def add_early_event(self, message_id: str, early: EarlyEvent) -> None:
        self.early_events[message_id, early.state] = early

    def early(self, message_id: str) -> tuple[EarlyEvent, ...]:
        return tuple(early for (one, _), early in self.early_events.items() if one == message_id)

    def add_deferred(self, email: DeferredEmail) -> None:
        self.waiting[email] = None

    def deferred(self, issuer_id: str, until: datetime, limit: int) -> Sequence[DeferredEmail]:
        found = (email for email in self.waiting if email.issuer_id == issuer_id and email.since <= until)
        return nsmallest(limit, found, key=lambda email: (email.since, email.kind, email.credential_id))

    def delete_deferred(self, email: DeferredEmail) -> None:
        self.waiting.pop(email, None)

    def reputation(self, issuer_id: str) -> Reputation:
        return self.reputations.get(issuer_id) or Reputation(issuer_id)

    def save_reputation(self, reputation: Reputation) -> Reputation:
        after = self.reputations[reputation.issuer_id] = _next(reputation, self.reputation(reputation.issuer_id))
        return after

    def mailbox(self, digest: str) -> Mailbox:
        return self.mailboxes.get(digest) or Mailbox(digest)

    def save_mailbox(self, mailbox: Mailbox) -> Mailbox:
        after = self.mailboxes[mailbox.digest] = _next(mailbox, self.mailbox(mailbox.digest))
        return after

    def add_links(self, links: Sequence[Link]) -> None:
        self.links.update({LinkKey(link.mailbox_id, link.digest): link for link in links})

    def link(self, name: LinkKey) -> Link | None:
        return self.links.get(name)

    def delete_links(self, mailbox_id: str, keeps: Keeps = keep_none) -> None:
        self.links = {name: one for name, one in self.links.items() if name.mailbox_id != mailbox_id or keeps(one)}

    def add_link_request(self, request: LinkRequest) -> None:
        self.requests[request.id] = request

    def link_request(self, request_id: str, now: datetime) -> LinkRequest | None:
        found = self.requests.get(request_id)
        return found if found is not None and now < found.expires else None

    def delete_link_request(self, request_id: str) -> None:
        self.requests.pop(request_id, None)


@dataclass
class Mailer:
    """`delivery.ports.Mailer`. Raises what ``failure`` returns before sending and what ``after`` returns afterwards."""

    sent: list[EmailContent] = field(default_factory=list)
    failure: Callable[[], Exception | None] = lambda: None
    after: Callable[[], Exception | None] = lambda: None

    def send(self, content: EmailContent) -> str:
        if (error := self.failure()) is not None:
            raise error
        self.sent.append(content)
        if (error := self.after()) is not None:
            raise error
        return f"mail-{len(self.sent)}@ses.example"


@dataclass
class PathwayLinks:
    """`delivery.ports.PathwayLinks`."""

    links: tuple[PathwayLink, ...] = ()

    def pathway_links(self, issuer_id: str, achievement_id: str) -> tuple[PathwayLink, ...]:
        return self.links
