"""Messages that make the function of watches work at once. Each may arrive twice. That a credential or an issuer has
changed is only in its message, which the queue keeps until it has been handled; a task stands behind the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class About(StrEnum):
    """What a message is about."""

    CREDENTIAL = "credential"
    """A hosted credential has changed."""
    ISSUER = "issuer"
    """A hosted issuer has changed, for example one of its keys."""
    WATCH = "watch"
    """A watch is to be checked."""
    DELIVERY = "delivery"
    """A delivery is to be sent."""


@dataclass(frozen=True, slots=True)
class Wake:
    """A message. ``after`` is how far an earlier call came, of many watches."""

    about: About
    subject: str
    verifier_id: str = ""
    after: str | None = None


Send = Callable[[Sequence[Wake]], None]
"""Sends messages. Raises `Unavailable`."""
