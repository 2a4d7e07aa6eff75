"""Shared dependencies of access: stores, mailer, clock and randomness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.access.ports import Mailer, MemberStore, SessionStore


@dataclass(frozen=True, slots=True)
class AccessContext:
    """The dependencies of `members`, `tokens`, `sessions` and `links`."""

    member_store: MemberStore
    session_store: SessionStore
    mailer: Callable[[], Mailer]
    """Creates the mailer when the first email is sent, so that requests without email do not create its client."""
    base_url: str
    operators: frozenset[str]
    """Email addresses of the operators of this deployment, as `email_address.normalize` writes them."""
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    """Returns the given number of random bytes."""

    def now(self) -> datetime:
        """The current time in UTC, in whole seconds."""
        return self.clock().astimezone(UTC).replace(microsecond=0)
