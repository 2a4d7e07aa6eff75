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
"""How long a delivery is kept after it was last queued: as long as messages to endpoints of issuers."""
CHANGED = "credential.verdict_changed"
"""The type of an event about a new verdict."""
TEST = "watch.test"
"""The type of an event that tests a callback."""
CHECK = "watch_check"
"""The kind of the task that checks a watch; its subject is the watch."""
DELIVER = "watch_delivery"
"""The kind of the task that sends a delivery; its subject is the watch and the delivery."""
NEWS = "watch_news"
"""The kind of the task that emails a new verdict; its subject is the watch and the delivery. It is in the queue of the
worker, because the function of watches may send no email."""
REMOVE = "watch_removal"
"""The kind of the task that deletes all watches of a verifier; its subject is the verifier."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch of one credential. Tasks name its verifier as their tenant."""

    id: str
    """A public id (`credential.public_id`) that does not say when it was created."""
    verifier_id: str
    owner: str
    """The hash of the verifier's email address, by which an erasure finds the watch."""
    url: str
    """Where the credential is."""
    credential_id: str | None
    """The id of a credential that is hosted here; None for one elsewhere."""
    issuer_id: str | None
    """The issuer of a credential that is hosted here."""
    callback: str | None
    """The URL that gets the events; None if they are only emailed."""
    ref: str | None
    """The caller's own reference, repeated in each event."""
    secrets: tuple[Secret, ...]
    """Newest first. Each delivery is signed with all that are valid."""
    created: datetime
    verdict: Verdict | None = None
    """The last verdict; None before the first check."""
    codes: tuple[str, ...] = ()
    """Why, by the codes of the checks that did not pass."""
    since: datetime | None = None
    """When this verdict was found."""
    checked: datetime | None = None
    """The last check of a credential elsewhere."""
    unanswered: int = 0
    """Checks in a row, of a credential elsewhere, that gave no answer."""
    next_check: datetime | None = None
    """When it is checked next unless a change is noticed before; None if only a change can alter the verdict. A task
    that was due before has been replaced by another one."""
    changes: int = 0
    """Number of events about a new verdict: what they are ordered by."""
    email: str | None = None
    """The address that is emailed about each new verdict: that of the verifier's owner."""
    disabled: datetime | None = None
    """When its callback answered 410; None while it works."""
    version: int = 1

    @property
    def is_hosted(self) -> bool:
        """Whether the credential is hosted here, so that each change of it is noticed at once."""
        return self.credential_id is not None


class State(StrEnum):
    """The state of a delivery."""

    WAITING = "waiting"
    """It is sent at ``due``, or sooner."""
    DELIVERED = "delivered"
    EMAILED = "emailed"
    """It is not sent to a callback, because there is none."""
    FAILED = "failed"
    """A dead letter: it is not sent again unless someone asks for it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to the callback of a watch. ``body`` is the same at each attempt."""

    id: str
    """The header `webhook-id`, the same at each attempt: a ULID."""
    verifier_id: str
    watch_id: str
    owner: str
    """As in `Watch`."""
    type: str
    body: str
    queued: datetime
    """When it was created, or last sent again by a person: from then on, it is retried for three days."""
    due: datetime
    """When it is sent next. A task that was due before has been replaced by another one."""
    state: State = State.WAITING
    attempts: int = 0
    """Number of attempts since it was queued."""
    sent: datetime | None = None
    """The last attempt."""
    status: int | None = None
    """The HTTP status of the last response; None if there was none."""
    code: str | None = None
    """Why there was no response."""
    version: int = 1


class WatchName(NamedTuple):
    """What identifies a watch."""

    verifier_id: str
    watch_id: str


class WatchPage(NamedTuple):
    """Some of the watches of a credential or of an issuer, and where to continue; None at the end."""

    names: Sequence[WatchName]
    following: str | None


class WatchStore(Protocol):
    """Stores watches and their deliveries. Every method raises `Unavailable` when storage does not respond; all reads
    are strongly consistent."""

    def watch(self, verifier_id: str, watch_id: str) -> Watch:
        """Raises `NotFound`."""

    def watches(self, names: Sequence[WatchName]) -> list[Watch]:
        """Those of ``names``, at most 25, that exist, in order."""

    def of_verifier(self, verifier_id: str, after: str | None, limit: int) -> Sequence[Watch]:
        """Watches of a verifier by id, from the one after ``after``."""

    def of_credential(self, credential_id: str, after: str | None, limit: int) -> WatchPage:
        """The watches of a hosted credential."""

    def of_issuer(self, issuer_id: str, after: str | None, limit: int) -> WatchPage:
        """The watches of the credentials of a hosted issuer."""

    def add(self, watch: Watch, tasks: Sequence[Task]) -> Watch:
        """Store a new watch with its tasks, all or nothing, and return it; if there is one with its id, return that one
        and change nothing."""

    def replace(self, watch: Watch, tasks: Sequence[Task] = (), delivery: Delivery | None = None) -> None:
        """Store the next version with its tasks, and a new delivery with those that send and email it, all or
        nothing. Raises `Conflict` when it is not the next one, or the watch was deleted."""

    def remove(self, watch: Watch) -> bool:
        """Delete a watch, of whatever version; False if another call did. Its deliveries expire."""

    def add_delivery(self, delivery: Delivery, tasks: Sequence[Task]) -> None:
        """Store a new delivery with its tasks, all or nothing."""

    def delivery(self, verifier_id: str, watch_id: str, delivery_id: str) -> Delivery | None:
        """Read a delivery; None if there is none."""

    def replace_delivery(self, delivery: Delivery, tasks: Sequence[Task] = ()) -> None:
        """Store the next version with its tasks, all or nothing. Raises `Conflict` when it is not the next one, or
        the delivery was deleted."""

    def deliveries(
        self, verifier_id: str, watch_id: str, before: str | None, limit: int, now: datetime
    ) -> Sequence[Delivery]:
        """Newest first, from the one before ``before``. What has expired is left out."""


def check_task(watch: Watch) -> list[Task]:
    """The task of the next check, if there is one."""
    return [] if watch.next_check is None else [Task(CHECK, watch.verifier_id, watch.id, watch.next_check)]


def delivery_task(delivery: Delivery) -> Task:
    """The task that sends ``delivery`` when it is due."""
    return Task(DELIVER, delivery.verifier_id, f"{delivery.watch_id}.{delivery.id}", delivery.due)


def news_task(watch: Watch, delivery: Delivery) -> Task | None:
    """The task of the worker that emails what ``delivery`` tells; None if nobody is emailed."""
    if watch.email is None:
        return None
    return Task(NEWS, delivery.verifier_id, f"{delivery.watch_id}.{delivery.id}", delivery.queued)
