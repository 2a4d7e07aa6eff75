"""Webhooks: another system, such as a learning platform, reports a completion, and Laurel issues the credential."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

MAX_COURSE = 200
"""Maximum characters of a sender's course id."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that signs messages; valid until ``expires``, or indefinitely when None."""

    value: bytes
    created: datetime
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """JSON pointers (RFC 6901) to the fields of a message."""

    name: tuple[str, ...]
    """One pointer, or several whose values are joined by a space, such as first and last name."""
    email: str
    course: str
    completed: str
    completed_value: str | int | bool
    """The value at ``completed`` that means completion; other messages are ignored."""
    completed_at: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook of one issuer."""

    id: str
    issuer_id: str
    name: str
    fields: Fields
    courses: Mapping[str, str]
    """Achievement ids by the sender's course ids."""
    dry_run: bool
    """Whether messages are validated without issuing anything."""
    secrets: tuple[Secret, ...]
    """Newest first."""
    seed: bytes
    """Derives the ids of issued credentials; never changes."""
    created: datetime
    version: int = 1


class Outcome(StrEnum):
    """The outcome of a message."""

    ISSUED = "issued"
    DRY_RUN = "dry_run"
    """The credential would have been issued; the webhook is in dry run."""
    IGNORED = "ignored"
    """The message does not report a completion."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The record of a message with a valid signature; contains no personal data."""

    at: datetime
    message_id: str
    outcome: Outcome
    code: str | None
    """Why nothing was issued, if nothing was."""
    course: str | None
    credential_id: str | None
    size: int
    """Size of the body in bytes."""


class WebhookStore(Protocol):
    """Stores webhooks and their deliveries. Every method raises `Unavailable` when storage does not respond."""

    def webhook(self, issuer_id: str, webhook_id: str) -> Webhook:
        """Strongly consistent read. Raises `NotFound`."""

    def webhooks(self, issuer_id: str) -> Iterator[Webhook]:
        """All webhooks of an issuer."""

    def add_webhook(self, webhook: Webhook) -> None:
        """Raises `Conflict` when the id exists."""

    def replace_webhook(self, webhook: Webhook) -> None:
        """Replace the previous version. Raises `Conflict` when it has changed or was deleted."""

    def remove_webhook(self, webhook: Webhook) -> None:
        """Delete a webhook; no error if it was already deleted."""

    def add_delivery(self, webhook: Webhook, delivery: Delivery) -> None:
        """Record a delivery; it expires."""

    def deliveries(self, issuer_id: str, webhook_id: str, now: datetime, limit: int) -> Sequence[Delivery]:
        """The most recent unexpired deliveries, newest first."""
