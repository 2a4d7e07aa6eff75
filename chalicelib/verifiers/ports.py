"""Stores of verifiers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from chalicelib.verifiers.verifier import KeyGrant, Verifier


class VerifierStore(Protocol):
    """Stores the accounts of verifiers. Every method raises `Unavailable` when storage does not respond."""

    def verifier(self, verifier_id: str) -> Verifier:
        """Read an account, strongly consistent. Raises `NotFound`."""

    def of_owner(self, email: str) -> Sequence[Verifier]:
        """The accounts of a person, at most `MAX_VERIFIERS`, oldest first."""

    def create(self, verifier: Verifier) -> Verifier:
        """Store a new account, and return its first version. Raises `Refused` (`too_many_verifiers`) when the person
        has `MAX_VERIFIERS`, also if they are created at the same moment."""

    def save(self, before: Verifier, after: Verifier) -> Verifier:
        """Store ``after`` in place of the version that was read, with its API keys, all or nothing, and return the next
        version. Raises `Conflict` when it has changed since."""

    def delete(self, verifier: Verifier) -> None:
        """Delete the version that was read, with its API keys. Raises `Conflict` when it has changed since."""


class GrantStore(Protocol):
    """Reads what an API key permits, and nothing else of its verifier."""

    def grant(self, digest: str) -> KeyGrant | None:
        """The key with this digest, strongly consistent, so that a revoked key stops working at once. Raises
        `Unavailable`."""


class Taken(NamedTuple):
    """The answer of a `RateStore`."""

    wait: timedelta
    """How long until there is room; zero if it was taken."""
    refills_in: timedelta
    """How long until the bucket is full."""


class RateStore(Protocol):
    """Keeps for each bucket the moment at which it is full (the theoretical arrival time of the generic cell rate
    algorithm, ITU-T I.371, annex A)."""

    def take(self, name: str, now: datetime, span: timedelta, limit: timedelta) -> Taken:
        """Move the moment of ``name``, which is at least ``now``, later by ``span``, atomically. When it would then be
        more than ``limit`` after ``now``, nothing changes. Raises `Unavailable`."""
