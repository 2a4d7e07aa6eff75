"""Endpoints: URLs of an issuer's own systems, and the messages about events that are sent to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from chalicelib.analytics.event import Kind
from chalicelib.award.webhooks.webhook import Secret

TEST = "test"
"""The kind of a message that tests an endpoint."""
KINDS: Mapping[Kind, str] = {
    Kind.ISSUED: "Credential issued",
    Kind.DELIVERED: "Email delivered",
    Kind.OPENED: "Opened from the email",
    Kind.SHARED: "Shared",
    Kind.REFERRAL: "Enrolment visit",
    Kind.CONVERSION: "Sign-up after an enrolment visit, once your system has reported it",
    Kind.RENEWED: "Credential renewed",
    Kind.REVOKED: "Credential revoked",
    Kind.CONTACTED: "Message to a holder",
    Kind.PATHWAY_STEP: "Pathway step completed",
    Kind.PATHWAY_COMPLETED: "Pathway completed",
}
"""The kinds of event that can be sent, with their names. Views and other events that visitors cause by the thousand are
counted instead (`GET /v1/analytics/…`)."""
RETENTION = timedelta(days=30)
"""How long a message is kept after it was last queued: as long as those of incoming webhooks."""


class State(StrEnum):
    """The delivery status of a message."""

    WAITING = "waiting"
    """It is sent at ``due``."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """A dead letter: it is not sent again unless someone resends it."""


class Pause(StrEnum):
    """Why an endpoint gets no messages."""

    MANUAL = "manual"
    """A person paused it."""
    FAILING = "failing"
    """It has not accepted a message for three days."""
    GONE = "gone"
    """It answered 410: Standard Webhooks, "Delivery of webhooks"."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A URL that gets messages about some kinds of event."""

    id: str
    issuer_id: str
    url: str
    kinds: tuple[str, ...]
    secrets: tuple[Secret, ...]
    """Newest first. Each message is signed with all that are valid."""
    created: datetime
    paused: Pause | None = None
    failing_since: datetime | None = None
    """Time of the first failure since the last success; None after a success."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Message:
    """A message to an endpoint. ``body`` is the same at each attempt."""

    id: str
    """The header `webhook-id`, the same at each attempt: the id of the event, unique to the endpoint."""
    issuer_id: str
    endpoint_id: str
    kind: str
    body: str
    queued: datetime
    """When it was first queued, or last sent again by a person: from then on, it is retried for three days."""
    due: datetime
    """When it is sent next. A task with a different due time is stale."""
    credential_id: str | None = None
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


class EndpointStore(Protocol):
    """Stores endpoints and messages. Every method raises `Unavailable`."""

    def endpoint(self, issuer_id: str, endpoint_id: str) -> Endpoint:
        """Strongly consistent. Raises `NotFound`."""

    def endpoints(self, issuer_id: str) -> Iterator[Endpoint]:
        """All endpoints of an issuer, strongly consistent."""

    def add_endpoint(self, endpoint: Endpoint) -> None:
        """Raises `Conflict` when the id is taken."""

    def replace_endpoint(self, endpoint: Endpoint) -> None:
        """Store the next version. Raises `Conflict` when it is not the next one."""

    def remove_endpoint(self, endpoint: Endpoint) -> None:
        """Delete an endpoint. Its messages expire."""

    def add_messages(self, messages: Sequence[Message]) -> list[Message]:
        """Store those of ``messages``, of different ids, that are not stored, each with its task, in a few calls.

        Returns those that were stored before and have not been tried: a crash may have kept their tasks from being
        stored.
        """

    def message(self, issuer_id: str, endpoint_id: str, message_id: str) -> Message | None:
        """Strongly consistent."""

    def replace_message(self, message: Message) -> None:
        """Store the next version. Raises `Conflict` when it is not the next one, or the message was deleted."""

    def messages(self, issuer_id: str, endpoint_id: str, now: datetime, limit: int) -> Sequence[Message]:
        """Newest events first, at most ``limit``."""
