"""A watch of a credential, its deliveries, and the ports of their stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from chalicelib.award.webhooks.webhook import Secret
from chalicelib.tasks.task_queue import Task
from chalicelib.verify.report import Verdict

RETENTION = timedelta(days=30)
"""How long a delivery is kept after it was last queued: as long as messages to issuers' endpoints."""
CHANGED = "credential.verdict_changed"
"""Event type: the verdict has changed."""
TEST = "watch.test"
"""Event type: a test of the callback."""
CHECK = "watch_check"
"""The kind of the task that checks a watch; its subject is the watch."""
DELIVER = "watch_delivery"
"""The kind of the task that sends a delivery; its subject is the watch and the delivery."""
NEWS = "watch_news"
"""The kind of the task that emails a new verdict; its subject is the watch and the delivery. It is in the worker's
queue, because `run_watches` cannot send email."""
REMOVE = "watch_removal"
"""The kind of the task that deletes all watches of a verifier; its subject is the verifier."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch of one credential. Tasks name its verifier as their tenant."""

    id: str
    """A public id (`credential.public_id`), which does not reveal when it was created."""
    verifier_id: str
    owner: str
    """The hash of the owner's email address, by which an erasure finds the watch."""
    url: str
    """The URL of the credential."""
    credential_id: str | None
    """The id of a hosted credential; None for an external one."""
    issuer_id: str | None
    """The issuer of a hosted credential."""
    callback: str | None
    """The URL that receives the events; None if they are only emailed."""
    ref: str | None
    """The caller's own reference, included in each event."""
    secrets: tuple[Secret, ...]
    """Newest first. Each delivery is signed with all valid secrets."""
    created: datetime
    verdict: Verdict | None = None
    """The last verdict; None before the first check."""
    codes: tuple[str, ...] = ()
    """The reasons: codes of the checks that did not pass."""
    since: datetime | None = None
    """When this verdict was found."""
    checked: datetime | None = None
    """The last check of an external credential."""
    unanswered: int = 0
    """Consecutive checks of an external credential without an answer."""
    next_check: datetime | None = None
    """The next scheduled check; None if only a change can alter the verdict. Tasks that were due earlier have been
    replaced."""
    changes: int = 0
    """Number of verdict changes, which orders the events."""
    email: str | None = None
    """The owner's address, if each new verdict is emailed to it."""
    disabled: datetime | None = None
    """When the callback returned 410; None while the watch is active."""
    version: int = 1

    @property
    def is_hosted(self) -> bool:
        """Whether Laurel hosts the credential, so that it notices each change immediately."""
        return self.credential_id is not None


class State(StrEnum):
    """The state of a delivery."""

    WAITING = "waiting"
    """It will be sent by ``due``."""
    DELIVERED = "delivered"
    EMAILED = "emailed"
    """The watch has no callback: the event is only emailed."""
    FAILED = "failed"
    """A dead letter: it is sent again only if replayed."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery of an event to the callback of a watch. ``body`` is the same for each attempt."""

    id: str
    """The header `webhook-id`, the same for each attempt: a ULID."""
    verifier_id: str
    watch_id: str
    owner: str
    """As in `Watch`."""
    type: str
    body: str
    queued: datetime
    """When it was created or last replayed. It is retried for three days from then."""
    due: datetime
    """The next attempt. Tasks that were due earlier have been replaced."""
    state: State = State.WAITING
    attempts: int = 0
    """Number of attempts since it was queued."""
    sent: datetime | None = None
    """The last attempt."""
    status: int | None = None
    """The HTTP status of the last response; None if there was none."""
    code: str | None = None
    """The reason why there was no response."""
    version: int = 1


class WatchName(NamedTuple):
    """What identifies a watch."""

    verifier_id: str
    watch_id: str


class WatchPage(NamedTuple):
    """A page of the watches of a credential or issuer, and where to continue; None on the last page."""

    names: Sequence[WatchName]
    following: str | None


class WatchStore(Protocol):
    """Stores watches and their deliveries. Every method raises `Unavailable` when storage does not respond; all reads
    are strongly consistent."""

    def watch(self, verifier_id: str, watch_id: str) -> Watch:
        """Raises `NotFound`."""

    def watches(self, names: Sequence[WatchName]) -> list[Watch]:
        """The existing watches among ``names`` (at most 25), in order."""

    def of_verifier(self, verifier_id: str, after: str | None, limit: int) -> Sequence[Watch]:
        """A verifier's watches by id, starting after ``after``."""

    def of_credential(self, credential_id: str, after: str | None, limit: int) -> WatchPage:
        """The watches of a hosted credential."""

    def of_issuer(self, issuer_id: str, after: str | None, limit: int) -> WatchPage:
        """The watches of the credentials of a hosted issuer."""

    def add(self, watch: Watch, tasks: Sequence[Task]) -> Watch:
        """Store a new watch and its tasks in one transaction, and return it. If its id exists, change nothing and
        return the existing watch."""

    def replace(self, watch: Watch, tasks: Sequence[Task] = (), delivery: Delivery | None = None) -> None:
        """Store the next version and its tasks, and a new delivery and its tasks, in one transaction. Raises `Conflict`
        if it is not the next version, or the watch was deleted."""

    def remove(self, watch: Watch) -> bool:
        """Delete a watch regardless of its version. Returns False if another call did. Its deliveries expire."""

    def add_delivery(self, delivery: Delivery, tasks: Sequence[Task]) -> None:
        """Store a new delivery and its tasks in one transaction."""

    def delivery(self, verifier_id: str, watch_id: str, delivery_id: str) -> Delivery | None:
        """Read a delivery; None if there is none."""

    def replace_delivery(self, delivery: Delivery, tasks: Sequence[Task] = ()) -> None:
        """Store the next version and its tasks in one transaction. Raises `Conflict` if it is not the next version, or
        the delivery was deleted."""

    def deliveries(
        self, verifier_id: str, watch_id: str, before: str | None, limit: int, now: datetime
    ) -> Sequence[Delivery]:
        """Newest first, starting before ``before``, without expired ones."""


def check_task(watch: Watch) -> list[Task]:
    """The task for the next check, if any."""
    return [] if watch.next_check is None else [Task(CHECK, watch.verifier_id, watch.id, watch.next_check)]


def delivery_task(delivery: Delivery) -> Task:
    """The task that sends ``delivery`` when it is due."""
    return Task(DELIVER, delivery.verifier_id, f"{delivery.watch_id}.{delivery.id}", delivery.due)


def email_task(watch: Watch, delivery: Delivery) -> Task | None:
    """The worker's task that emails the event; None if the watch has no email address."""
    if watch.email is None:
        return None
    return Task(NEWS, delivery.verifier_id, f"{delivery.watch_id}.{delivery.id}", delivery.queued)
