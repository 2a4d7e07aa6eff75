"""The account of a verifier, and its API keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.verifiers.scope import Scope

MAX_VERIFIERS = 3
"""Accounts of one person: production, a test system and one for another company. Each has limits of its own, so more
would multiply them."""
MAX_KEYS = 10
"""API keys of one verifier that work: one for each program, with room to rotate all of five at once."""
OVERLAP = timedelta(hours=24)
"""How long a rotated key still works: a day, so that every machine gets the new one without a failed request. A leaked
key is revoked instead, which takes effect at once."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key of a verifier, without its secret."""

    id: str
    name: str
    scopes: frozenset[Scope]
    digest: str
    """SHA-256 of the key's whole text, in hex. The text is shown once and never stored."""
    created: datetime
    ends: datetime | None = None
    """When it stops working; None until it is rotated."""

    def works(self, now: datetime) -> bool:
        """Whether the key is accepted at ``now``."""
        return self.ends is None or now < self.ends


@dataclass(frozen=True, slots=True)
class Verifier:
    """The account of a verifier: a tenant of its own."""

    id: str
    """A ULID."""
    name: str
    email: str
    """The address of the person it belongs to, who signs in with it."""
    created: datetime
    keys: tuple[ApiKey, ...] = ()
    """Oldest first."""
    slot: int = 0
    """Which of the accounts of its owner it is, from 1; 0 before it is stored."""
    version: int = 0

    def key(self, key_id: str) -> ApiKey:
        """The key with this id. Raises `NotFound`."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise NotFound("no such API key")


@dataclass(frozen=True, slots=True)
class KeyGrant:
    """What an API key permits: all that is read to answer a request with it."""

    key_id: str
    verifier_id: str
    scopes: frozenset[Scope]
    ends: datetime | None = None


def with_key(verifier: Verifier, key: ApiKey, now: datetime) -> Verifier:
    """Add a key, and forget those that no longer work.

    Raises `Refused` (`too_many_tokens`), `Conflict` when the key already exists.
    """
    kept = tuple(one for one in verifier.keys if one.works(now))
    if any(one.id == key.id for one in verifier.keys):
        raise Conflict("This form has already created an API key.")
    if len(kept) >= MAX_KEYS:
        detail = f"You have reached the limit of {MAX_KEYS} API keys. Revoke one first."
        raise Refused(detail, code="too_many_tokens")
    return replace(verifier, keys=(*kept, key))


def rotated(verifier: Verifier, key_id: str, successor: ApiKey, now: datetime) -> Verifier:
    """Add the ``successor`` of a key, which itself stops working after `OVERLAP`.

    Raises `NotFound`, also for a key that no longer works; `Conflict` when it has been rotated already; `Refused`
    (`too_many_tokens`).
    """
    before = verifier.key(key_id)
    if not before.works(now):
        raise NotFound("no such API key")
    if before.ends is not None:
        raise Conflict("This API key has already been rotated. If you lost its successor, create a key at /developers.")
    ending = replace(before, ends=now + OVERLAP)
    keys = tuple(ending if one.id == key_id else one for one in verifier.keys)
    return with_key(replace(verifier, keys=keys), successor, now)


def without_key(verifier: Verifier, key_id: str) -> Verifier:
    """Remove a key. Raises `NotFound`."""
    gone = verifier.key(key_id)
    return replace(verifier, keys=tuple(one for one in verifier.keys if one is not gone))
