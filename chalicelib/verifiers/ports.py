"""Stores of verifiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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
