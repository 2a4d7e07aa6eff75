"""Delivery status of the emails about one credential. Each transition is a function from a `Delivery` to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from chalicelib.delivery.emails.parts.email_content import REMINDERS, Kind
from chalicelib.tasks.task_queue import LEASE

CLAIM_TIMEOUT = LEASE
"""How long a claim without a result blocks others: longer than the worker's function may run, and no longer than the
lease of its task, so that the email of a worker that died is sent by the next one that claims the task."""


class State(StrEnum):
    """The status of a delivery."""

    WAITING = "waiting"
    SENT = "sent"
    """Accepted by the email service."""
    DELIVERED = "delivered"
    """Accepted by the recipient's mail server."""
    OPENED = "opened"
    """The holder opened the link in the email."""
    SHARED = "shared"
    """The holder shared the credential."""
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    """Marked as spam by the recipient."""
    FAILED = "failed"
    """Not sent, and not retried; the code says why."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to send one kind of email: claimed first, then either sent or given up."""

    claimed_at: datetime
    by: str
    """Random id of the claimant, so that concurrent claims differ."""
    sent_at: datetime | None = None
    given_up: str | None = None

    @property
    def answered(self) -> bool:
        """Whether the result is known."""
        return self.sent_at is not None or self.given_up is not None


@dataclass(frozen=True, slots=True)
class Delivery:
    """All emails about one credential, and what the holder did with it."""

    credential_id: str
    issuer_id: str
    emails: Mapping[Kind, Attempt] = field(default_factory=lambda: MappingProxyType({}))
    resend_requests: tuple[datetime, ...] = ()
    """When the issuer asked to resend the email, newest last."""
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    shared_at: datetime | None = None
    bounced_at: datetime | None = None
    complained_at: datetime | None = None
    version: int = 0

    @property
    def first(self) -> Attempt | None:
        """The first email about the credential, even if it is corrected or renewed."""
        return self.emails.get(Kind.ISSUED)

    @property
    def state(self) -> State:
        """A holder's action outranks a delivery event; a complaint outranks everything."""
        first = self.first
        for reached, state in (
            (self.complained_at, State.COMPLAINED),
            (self.shared_at, State.SHARED),
            (self.opened_at, State.OPENED),
            (self.bounced_at, State.BOUNCED),
            (self.delivered_at, State.DELIVERED),
            (first and first.sent_at, State.SENT),
            (first and first.given_up, State.FAILED),
        ):
            if reached:
                return state
        return State.WAITING


def may_claim(delivery: Delivery, kind: Kind, now: datetime, since: datetime | None = None) -> bool:
    """Whether an email of ``kind`` can be claimed now. An attempt before ``since`` was about an earlier event.

    A duplicate of the first email or of one about the status is acceptable: its claim expires after `CLAIM_TIMEOUT`
    without a result. A duplicate reminder is not: its claim never expires.
    """
    attempt = delivery.emails.get(kind)
    if attempt is None or (since is not None and attempt.claimed_at < since):
        return True
    return is_pending(attempt, kind) and now - attempt.claimed_at >= CLAIM_TIMEOUT


def is_pending(attempt: Attempt, kind: Kind) -> bool:
    """Whether an email that must not be lost is being sent, or its result was lost."""
    return kind not in REMINDERS and not attempt.answered


def claimed(delivery: Delivery, kind: Kind, now: datetime, by: str) -> Delivery:
    """Claim an email of ``kind`` for ``by``."""
    return _with(delivery, kind, Attempt(now, by))


def released(delivery: Delivery, kind: Kind, by: str) -> Delivery:
    """Release ``by``'s claim of an email that was certainly not sent. Another claimant's later claim stays."""
    return _without(delivery, kind) if _is_claimed(delivery, kind, by) else delivery


def _without(delivery: Delivery, kind: Kind) -> Delivery:
    return replace(delivery, emails=_read_only({name: one for name, one in delivery.emails.items() if name != kind}))


def sent(delivery: Delivery, kind: Kind, at: datetime) -> Delivery:
    """Record that the email service accepted the email, even if another worker holds the claim."""
    attempt = delivery.emails.get(kind) or Attempt(at, "")
    return _with(delivery, kind, replace(attempt, sent_at=at, given_up=None))


def given_up(delivery: Delivery, kind: Kind, code: str, by: str) -> Delivery:
    """Record why the email that ``by`` has claimed will not be sent."""
    if not _is_claimed(delivery, kind, by):
        return delivery
    return _with(delivery, kind, replace(delivery.emails[kind], given_up=code))


def _is_claimed(delivery: Delivery, kind: Kind, by: str) -> bool:
    attempt = delivery.emails.get(kind)
    return attempt is not None and attempt.by == by and not attempt.answered


def with_resend_request(delivery: Delivery, now: datetime, max_requests: int) -> Delivery:
    """Reset the first email so that it is sent again, remembering the last ``max_requests`` requests."""
    fresh = _without(delivery, Kind.ISSUED)
    return replace(
        fresh, resend_requests=(*delivery.resend_requests, now)[-max_requests:], delivered_at=None, bounced_at=None
    )


def reached(delivery: Delivery, state: State, at: datetime) -> Delivery:
    """Record a state reached ``at``; the first time stays."""
    match state:
        case State.DELIVERED:
            return delivery if delivery.delivered_at else replace(delivery, delivered_at=at)
        case State.OPENED:
            return delivery if delivery.opened_at else replace(delivery, opened_at=at)
        case State.SHARED:
            opened = delivery.opened_at or at
            return delivery if delivery.shared_at else replace(delivery, opened_at=opened, shared_at=at)
        case State.BOUNCED:
            return delivery if delivery.bounced_at else replace(delivery, bounced_at=at)
        case State.COMPLAINED:
            return delivery if delivery.complained_at else replace(delivery, complained_at=at)
        case _:
            raise ValueError(f"{state} cannot be reached after sending")


def _with(delivery: Delivery, kind: Kind, attempt: Attempt) -> Delivery:
    return replace(delivery, emails=_read_only({**delivery.emails, kind: attempt}))


def _read_only(emails: Mapping[Kind, Attempt]) -> Mapping[Kind, Attempt]:
    return MappingProxyType(dict(emails))
