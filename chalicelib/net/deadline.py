"""One deadline for everything that a request does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Monotonic = Callable[[], float]
"""Seconds from some fixed point; never goes back."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a monotonic clock. All fetches of one request share one, so that many slow hosts cannot add up."""

    clock: Monotonic
    at: float

    @classmethod
    def after(cls, seconds: float, clock: Monotonic) -> Deadline:
        """The deadline ``seconds`` from now."""
        return cls(clock, clock() + seconds)

    def left(self) -> float:
        """Seconds that remain; zero or less when it has passed."""
        return self.at - self.clock()

    def within(self, seconds: float) -> Deadline:
        """This deadline, or the one ``seconds`` from now if that is sooner."""
        return Deadline(self.clock, min(self.at, self.clock() + seconds))
