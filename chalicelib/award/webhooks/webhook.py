"""A hook: where another system, such as a learning platform, tells of a completion, and a credential is issued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that signs a hook's messages; good until ``expires``, for ever when that is None."""

    value: bytes
    created: datetime
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """Where in a message what is needed stands: JSON pointers (RFC 6901)."""

    name: tuple[str, ...]
    """One pointer, or several whose values are joined by a space: a given and a family name."""
    email: str
    course: str
    completed: str
    completed_value: str | int | bool
    """What has to stand at ``completed``: messages that tell of something else earn nothing."""
    completed_at: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """One way in for one issuer's messages."""

    id: str
    issuer_id: str
    name: str
    fields: Fields
    courses: Mapping[str, str]
    """By the sender's id of a course, the achievement that it earns."""
    dry_run: bool
    """Whether messages are only tried: everything is looked at, nothing issued."""
    secrets: tuple[Secret, ...]
    """The newest first."""
    seed: bytes
    """Makes the ids of what is issued; it never changes."""
    created: datetime
    version: int = 1


class Outcome(StrEnum):
    """What became of a message."""

    ISSUED = "issued"
    TRIED = "tried"
    """It would have been issued; the hook is in dry run."""
    IGNORED = "ignored"
    """It does not say that something was completed."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is kept of a message whose signature was right: nothing that names a person."""

    at: datetime
    message_id: str
    outcome: Outcome
    code: str | None
    """Why nothing was issued."""
    course: str | None
    credential_id: str | None
    size: int
    """Bytes of the body."""


class WebhookStore(Protocol):
    """Where hooks are stored. Every method raises `Unavailable` when storage does not answer."""

    def webhook(self, issuer_id: str, hook_id: str) -> Webhook:
        """Strongly read. Raises `NotFound`."""

    def webhooks(self, issuer_id: str) -> Iterator[Webhook]:
        """All of one issuer's."""

    def add_hook(self, webhook: Webhook) -> None:
        """Raises `Conflict` when the id is taken."""

    def replace_hook(self, webhook: Webhook) -> None:
        """Store over the version before it. Raises `Conflict` when another writer was first, or it is gone."""

    def remove_hook(self, webhook: Webhook) -> None:
        """From now on it takes nothing; one that is gone already is no fault."""

    def keep(self, webhook: Webhook, delivery: Delivery) -> None:
        """Keep a delivery for a while."""

    def deliveries(self, issuer_id: str, hook_id: str, now: datetime, limit: int) -> Sequence[Delivery]:
        """The newest ones that are still kept, the newest first."""
