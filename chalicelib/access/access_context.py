"""What every act of access needs: storage, the post, a clock and randomness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.access.ports import Mailer, MemberStore, SessionStore


@dataclass(frozen=True, slots=True)
class AccessContext:
    """The surroundings of the acts in `members`, `tokens`, `sessions` and `links`."""

    member_store: MemberStore
    session_store: SessionStore
    mailer: Callable[[], Mailer]
    """Made when the first mail is sent: its client is not made for those who only look."""
    base_url: str
    operators: frozenset[str]
    """E-mail addresses, as `address.normal` writes them, of those who run this deployment."""
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    """That many unpredictable bytes."""

    def now(self) -> datetime:
        """The moment in UTC, in whole seconds."""
        return self.clock().astimezone(UTC).replace(microsecond=0)
