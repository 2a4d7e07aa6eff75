"""What every act of delivery needs: storage, the post, the to-do list, a clock and randomness."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.access.rate_limits import Limit
from chalicelib.analytics.event import Event, Kind
from chalicelib.analytics.recorder import Recorder
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from chalicelib.credential.record import Record
from chalicelib.delivery import delivery_status, links, mailbox
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.links import Link, Purpose
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.delivery.ports import Archive, Mailer, PathwayLinks, Store
from chalicelib.errors import Conflict, Unavailable
from chalicelib.tasks.task_queue import TaskQueue

TURNS = 5
"""How often a change is tried again because somebody else was first."""
NOT_CHECKED = "not_checked"
"""The verdict of an event with which no verification went along."""


@dataclass(frozen=True, slots=True)
class DeliveryContext:
    """The surroundings of the acts in `handlers`, `again`, `notices` and `holder`."""

    store: Store
    archive: Archive
    pathway_links: PathwayLinks
    tasks: TaskQueue
    mailer: Callable[[], Mailer]
    """Made when it is used: who only looks at their credentials needs none."""
    recorder: Recorder
    base_url: str
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    within: Callable[[Limit, str], bool]
    """Counts one more for a subject; False when the limit was reached before (`access.limits.within`)."""

    def now(self) -> datetime:
        """The moment in UTC."""
        return self.clock().astimezone(UTC)

    def page(self, credential_id: str) -> str:
        """The public address of a credential."""
        return f"{self.base_url}/c/{credential_id}"

    def mailbox(self, email: str) -> Mailbox:
        """What is known about an address."""
        return self.store.mailbox(mailbox.digest(email))

    def link(
        self, purpose: Purpose, email: str, *, issuer_id: str | None = None, credential_id: str | None = None
    ) -> tuple[str, Link]:
        """The address with a fresh secret in it, and what is to be kept of it."""
        box = links.box_of(mailbox.digest(email))
        token = links.secret(box, self.entropy(links.SECRET_BYTES))
        digest = hashlib.sha256(token.encode()).hexdigest()
        kept = Link(box, digest, purpose, mailbox.normal(email), self.now(), issuer_id, credential_id)
        path = "my" if purpose is Purpose.MY else "mail/unsubscribe"
        return f"{self.base_url}/{path}/{token}", kept

    def change(
        self, issuer_id: str, credential_id: str, step: Callable[[Delivery], Delivery]
    ) -> tuple[Delivery, Delivery]:
        """Take ``step`` from what is stored, however many others do so at the same time: before and after.

        A step that changes nothing writes nothing. Raises what ``step`` raises, and `Unavailable`.
        """
        for _ in range(TURNS):
            before = self.store.delivery(issuer_id, credential_id)
            after = step(before)
            if after == before:
                return before, before
            try:
                return before, self.store.save(after)
            except Conflict:
                continue
        raise Unavailable("Too many changed this delivery at once.", code="storage_busy")

    def change_mailbox(self, digest: str, step: Callable[[Mailbox], Mailbox]) -> Mailbox:
        """The same for a mailbox; what it is after."""
        for _ in range(TURNS):
            before = self.store.mailbox(digest)
            after = step(before)
            if after == before:
                return before
            try:
                return self.store.save_mailbox(after)
            except Conflict:
                continue
        raise Unavailable("Too many changed this mailbox at once.", code="storage_busy")

    def record_event(self, kind: Kind, record: Record, at: datetime, *, once: str, target: str | None = None) -> None:
        """Store the event that ``kind`` happened to a credential: the same event whenever ``once`` is the same."""
        named = hashlib.sha256(f"{kind.value} {record.id} {once}".encode()).digest()
        event = Event(
            id=ulid(at, named[:ENTROPY_BYTES]),
            kind=kind,
            at=at,
            credential_id=record.id,
            issuer_id=record.issuer_id,
            achievement_id=record.achievement_id,
            verdict=NOT_CHECKED,
            visitor=None,
            referrer=None,
            target=target,
        )
        self.recorder.record(event)

    def mark_status(self, issuer_id: str, credential_id: str, state: delivery_status.State, at: datetime) -> Delivery:
        """Note what happened to a letter, or what its reader did; how the delivery stands then."""
        return self.change(issuer_id, credential_id, lambda one: delivery_status.reached(one, state, at))[1]
