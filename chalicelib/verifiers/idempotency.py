"""`Idempotency-Key` of verifiers, as Stripe defines it: the first answer is kept for 24 hours, and a request with the
same key gets that answer.

A key is claimed before anything is done, with the hash of the request. Another request with the key is refused, and so
is the same request while the first one is being answered. A claim whose request died is free again when its lease ends;
what the next attempt creates has the same id as what the first one may have created.

What was not done is not kept: after an error, the same key works again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from chalicelib import idempotency_key
from chalicelib.credential import public_id
from chalicelib.errors import Conflict, LaurelError

RETENTION = timedelta(hours=24)
"""How long an answer is kept, as at Stripe."""
LEASE = timedelta(seconds=30)
"""How long a request may take: API Gateway ends it after 29 s."""


@dataclass(frozen=True, slots=True)
class KeyClaim:
    """A key that is in use, or was."""

    owner: str
    key: str
    request: bytes
    """SHA-256 of the request."""
    id: str
    """26 random characters: the id of what the request creates, and of its answer."""
    leased_until: datetime
    expires: datetime
    is_answered: bool = False
    version: int = 1


class StoredAnswer(NamedTuple):
    """An answer that is kept."""

    status: int
    body: str


class KeyClaims(Protocol):
    """Stores claims. Every method raises `Unavailable` when storage does not respond."""

    def claim(self, fresh: KeyClaim, now: datetime) -> KeyClaim:
        """Store ``fresh`` if there is no claim of its key, or an expired one. Return the stored claim."""

    def replace(self, before: KeyClaim, after: KeyClaim) -> bool:
        """Store ``after`` in place of ``before``; False if it has changed since."""


class Answers(Protocol):
    """Stores answers. Every method raises `Unavailable` when storage does not respond."""

    def put(self, answer_id: str, answer: StoredAnswer) -> None:
        """Store an answer."""

    def find(self, answer_id: str) -> StoredAnswer | None:
        """Read an answer; None if it has been deleted."""


@dataclass(frozen=True, slots=True)
class IdempotencyContext:
    """Dependencies of idempotent requests. ``entropy(n)`` returns n random bytes."""

    claims: KeyClaims
    answers: Answers
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]


def answer_once(
    context: IdempotencyContext, owner: str, key: str | None, request: bytes, act: Callable[[str], StoredAnswer]
) -> StoredAnswer:
    """Answer ``request``, or return its first answer; without a ``key``, answer it. ``act`` gets the id of what it may
    create.

    Raises `Refused` (`idempotency_key_reused`, `bad_idempotency_key`), `Conflict` (`idempotency_key_in_use`),
    `Unavailable`, and what ``act`` raises.
    """
    if key is None:
        return act(public_id.new(context.entropy))
    claim = _claim(context, owner, idempotency_key.checked(key), hashlib.sha256(request).digest())
    if claim.is_answered:
        kept = context.answers.find(claim.id)
        if kept is not None:
            return kept
        raise _in_use()
    try:
        answer = act(claim.id)
    except LaurelError:
        context.claims.replace(claim, replace(claim, leased_until=context.clock(), version=claim.version + 1))
        raise
    context.answers.put(claim.id, answer)
    context.claims.replace(claim, replace(claim, is_answered=True, version=claim.version + 1))
    return answer


def _claim(context: IdempotencyContext, owner: str, key: str, digest: bytes) -> KeyClaim:
    """The claim of this request, which no other request has; or one that is answered."""
    now = context.clock()
    fresh = KeyClaim(owner, key, digest, public_id.new(context.entropy), now + LEASE, now + RETENTION)
    stored = context.claims.claim(fresh, now)
    if stored.id == fresh.id:
        return stored
    if stored.request != digest:
        raise idempotency_key.reused()
    if stored.is_answered:
        return stored
    renewed = replace(stored, leased_until=now + LEASE, version=stored.version + 1)
    if now < stored.leased_until or not context.claims.replace(stored, renewed):
        raise _in_use()
    return renewed


def _in_use() -> Conflict:
    return Conflict(
        "A request with this Idempotency-Key is being answered. Send it again in a few seconds.",
        code="idempotency_key_in_use",
    )
