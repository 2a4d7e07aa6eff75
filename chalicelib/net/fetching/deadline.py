"""One deadline for all network calls of a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Monotonic = Callable[[], float]
"""Seconds since a fixed point; never decreases."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time on a monotonic clock. All fetches of one request share one, so that many slow hosts cannot add
    up."""

    clock: Monotonic
    at: float

    @classmethod
    def after(cls, seconds: float, clock: Monotonic) -> Deadline:
        """The deadline ``seconds`` from now."""
        return cls(clock, clock() + seconds)

    def left(self) -> float:
        """Seconds left; zero or less when the deadline has passed."""
        return self.at - self.clock()

    def within(self, seconds: float) -> Deadline:
        """This deadline, or one ``seconds`` from now if that is sooner."""
        return Deadline(self.clock, min(self.at, self.clock() + seconds))
