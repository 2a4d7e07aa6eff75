"""Messages that trigger the function `run_watches` immediately. Each may arrive twice. A change to a credential or
issuer is recorded only in its message, which the queue keeps until it has been handled; the others are backed by a
task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class WakeSubject(StrEnum):
    """What a message is about."""

    CREDENTIAL = "credential"
    """A hosted credential has changed."""
    ISSUER = "issuer"
    """A hosted issuer has changed, for example one of its keys."""
    WATCH = "watch"
    """A watch must be checked."""
    DELIVERY = "delivery"
    """A delivery must be sent."""


@dataclass(frozen=True, slots=True)
class Wake:
    """A message. ``after`` is the last watch that an earlier call handled, if there were too many for one call."""

    about: WakeSubject
    subject: str
    verifier_id: str = ""
    after: str | None = None


Send = Callable[[Sequence[Wake]], None]
"""Sends messages. Raises `Unavailable`."""
