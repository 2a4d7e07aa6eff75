"""How the emails about one credential fare. Every step is a function from one `Delivery` to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from chalicelib.delivery.emails.email_content import Kind

ANSWER = timedelta(minutes=15)
"""How long a claim waits for its answer: as long as a task is left to its worker."""


class State(StrEnum):
    """How far it came."""

    WAITING = "waiting"
    SENT = "sent"
    """The mail service took it."""
    DELIVERED = "delivered"
    """The reader's mail server took it."""
    OPENED = "opened"
    """The holder followed the link in it."""
    SHARED = "shared"
    """The holder has shown the credential somewhere."""
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    """The reader called it spam."""
    FAILED = "failed"
    """It was not sent, and will not be by itself; the code says why."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One letter of a kind: claimed, then answered, by being sent or by being given up."""

    claimed_at: datetime
    by: str
    """Who claimed it: a random name, so that two who claim at once are two."""
    sent_at: datetime | None = None
    given_up: str | None = None

    @property
    def answered(self) -> bool:
        """Whether it is known what became of it."""
        return self.sent_at is not None or self.given_up is not None


@dataclass(frozen=True, slots=True)
class Delivery:
    """All emails about one credential, and what its holder did after them."""

    credential_id: str
    issuer_id: str
    emails: Mapping[Kind, Attempt] = field(default_factory=lambda: MappingProxyType({}))
    asked: tuple[datetime, ...] = ()
    """When the issuer asked to send it again, newest last."""
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    shared_at: datetime | None = None
    bounced_at: datetime | None = None
    complained_at: datetime | None = None
    version: int = 0

    @property
    def first(self) -> Attempt | None:
        """The letter that the credential came with."""
        return self.emails.get(Kind.ISSUED)

    @property
    def state(self) -> State:
        """What a holder did tells more than what became of a letter; a complaint, more than anything."""
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


def may_claim(delivery: Delivery, kind: Kind, now: datetime) -> bool:
    """Whether a letter of ``kind`` may be sent by whoever claims it now.

    The first letter is worth a double: its claim, if it was never answered, falls back after `ANSWER`. A reminder
    is not: its claim stands for good, whatever became of it.
    """
    attempt = delivery.emails.get(kind)
    if attempt is None:
        return True
    return kind is Kind.ISSUED and not attempt.answered and now - attempt.claimed_at >= ANSWER


def claimed(delivery: Delivery, kind: Kind, now: datetime, by: str) -> Delivery:
    """With a letter of ``kind`` that ``by`` is about to send."""
    return _with(delivery, kind, Attempt(now, by))


def released(delivery: Delivery, kind: Kind, by: str) -> Delivery:
    """Without ``by``'s claim of a letter that, for certain, was not sent; a claim that another one took since stays."""
    return _without(delivery, kind) if _is_claimed(delivery, kind, by) else delivery


def _without(delivery: Delivery, kind: Kind) -> Delivery:
    return replace(delivery, emails=_letters({name: one for name, one in delivery.emails.items() if name != kind}))


def sent(delivery: Delivery, kind: Kind, at: datetime) -> Delivery:
    """With a letter that the mail service took, whoever has claimed it meanwhile."""
    attempt = delivery.emails.get(kind) or Attempt(at, "")
    return _with(delivery, kind, replace(attempt, sent_at=at, given_up=None))


def given_up(delivery: Delivery, kind: Kind, code: str, by: str) -> Delivery:
    """With a letter that ``by`` has claimed and that is not to be sent, and why."""
    if not _is_claimed(delivery, kind, by):
        return delivery
    return _with(delivery, kind, replace(delivery.emails[kind], given_up=code))


def _is_claimed(delivery: Delivery, kind: Kind, by: str) -> bool:
    attempt = delivery.emails.get(kind)
    return attempt is not None and attempt.by == by and not attempt.answered


def asked_again(delivery: Delivery, now: datetime, kept: int) -> Delivery:
    """With the first letter to be sent once more; the last ``kept`` askings are remembered."""
    fresh = _without(delivery, Kind.ISSUED)
    return replace(fresh, asked=(*delivery.asked, now)[-kept:], delivered_at=None, bounced_at=None)


def reached(delivery: Delivery, state: State, at: datetime) -> Delivery:
    """With what happened for the first time ``at``; what happened before stays as it was."""
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
            raise ValueError(f"{state} is not something that happens to a letter that was sent")


def _with(delivery: Delivery, kind: Kind, attempt: Attempt) -> Delivery:
    return replace(delivery, emails=_letters({**delivery.emails, kind: attempt}))


def _letters(emails: Mapping[Kind, Attempt]) -> Mapping[Kind, Attempt]:
    return MappingProxyType(dict(emails))
