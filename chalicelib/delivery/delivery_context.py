"""Dependencies of delivery: storage, mailer, task queue, clock and randomness."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.access.rate_limits import Limit
from chalicelib.analytics.acts import act
from chalicelib.analytics.event import Kind
from chalicelib.analytics.recorder import Recorder
from chalicelib.credential import email_address
from chalicelib.credential.record import Record
from chalicelib.delivery import delivery_status, links, mailbox
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.links import Link, Purpose
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.delivery.ports import Archive, Mailer, PathwayLinks, Store
from chalicelib.delivery.surveys.survey import SurveyStore
from chalicelib.errors import Conflict, Unavailable
from chalicelib.tasks.task_queue import TaskQueue

_PATHS = {
    Purpose.MY: "my",
    Purpose.UNSUBSCRIBE: "mail/unsubscribe",
    Purpose.ERASURE: "mail/erasure",
    Purpose.SAVED: "mail/saved",
}
MAX_ATTEMPTS = 5
"""Maximum attempts to store a change, each lost to a concurrent writer."""


@dataclass(frozen=True, slots=True)
class DeliveryContext:
    """Dependencies of `handlers`, `resend`, `email_events` and `holder_actions`."""

    store: Store
    archive: Archive
    pathway_links: PathwayLinks
    tasks: TaskQueue
    mailer: Callable[[], Mailer]
    """Created when used, because viewing credentials sends no email."""
    recorder: Recorder
    base_url: str
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    unproven_emails: int
    """Total emails per day of all unidentified issuers (`quota`)."""
    within: Callable[[Limit, str], bool]
    """Counts one more for a subject; False if the limit is already reached (`access.rate_limits.within`)."""
    surveys: SurveyStore
    give_back: Callable[[Limit, str], None]
    """Undoes `within` for an email that was not sent (`access.rate_limits.give_back`)."""

    def now(self) -> datetime:
        """The current time in UTC."""
        return self.clock().astimezone(UTC)

    def mailbox(self, email: str) -> Mailbox:
        """The stored mailbox of an address."""
        return self.store.mailbox(mailbox.digest(email))

    def link(
        self, purpose: Purpose, email: str, *, issuer_id: str | None = None, credential_id: str | None = None
    ) -> tuple[str, Link]:
        """Create a URL with a new secret, and the link to store."""
        box = links.mailbox_id_of(mailbox.digest(email))
        token = links.secret(box, self.entropy(links.SECRET_BYTES))
        digest = hashlib.sha256(token.encode()).hexdigest()
        link = Link(box, digest, purpose, email_address.normalize(email), self.now(), issuer_id, credential_id)
        return f"{self.base_url}/{_PATHS[purpose]}/{token}", link

    def change(
        self, issuer_id: str, credential_id: str, step: Callable[[Delivery], Delivery]
    ) -> tuple[Delivery, Delivery]:
        """Apply ``step`` to the stored delivery with optimistic locking, and return the delivery before and after.

        Writes nothing if nothing changes. Raises what ``step`` raises, and `Unavailable`.
        """
        for _ in range(MAX_ATTEMPTS):
            before = self.store.delivery(issuer_id, credential_id)
            after = step(before)
            if after == before:
                return before, before
            try:
                return before, self.store.save(after)
            except Conflict:
                continue
        raise Unavailable("This delivery is being changed too often. Try again.", code="storage_busy")

    def change_mailbox(self, digest: str, step: Callable[[Mailbox], Mailbox]) -> Mailbox:
        """Apply ``step`` to a stored mailbox in the same way, and return the changed mailbox."""
        for _ in range(MAX_ATTEMPTS):
            before = self.store.mailbox(digest)
            after = step(before)
            if after == before:
                return before
            try:
                return self.store.save_mailbox(after)
            except Conflict:
                continue
        raise Unavailable("This mailbox is being changed too often. Try again.", code="storage_busy")

    def record_event(self, kind: Kind, record: Record, at: datetime, *, once: str, target: str | None = None) -> None:
        """Record an event of a credential. Calls with the same ``once`` record the same event."""
        event = act(kind, record.issuer_id, record.achievement_id, record.id, at, once=once, target=target)
        self.recorder.record(event)

    def mark_status(self, issuer_id: str, credential_id: str, state: delivery_status.State, at: datetime) -> Delivery:
        """Record a delivery event or a holder's action, and return the changed delivery."""
        return self.change(issuer_id, credential_id, lambda one: delivery_status.reached(one, state, at))[1]
