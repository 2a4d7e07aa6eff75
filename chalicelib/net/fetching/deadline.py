"""One deadline for all network calls of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Monotonic = Callable[[], float]
"""Seconds since a fixed point; never decreases."""

MAX_OWN_WAITING = 1.0
"""Seconds that Laurel itself may wait in one fetch before a timeout says nothing about the host. A fifth of the time of
a fetch (`fetch.TOTAL_SECONDS`): what is left is enough for any host that responds at all."""


@dataclass(slots=True)
class _OwnWaiting:
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time on a monotonic clock. All fetches of one request share one, so that many slow hosts cannot add
    up."""

    clock: Monotonic
    at: float
    _own_waiting: _OwnWaiting = field(default_factory=_OwnWaiting, compare=False)

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

    @contextmanager
    def own_waiting(self) -> Iterator[None]:
        """Count the time of the block as Laurel's own waiting, for its limits and not for the host."""
        start = self.clock()
        try:
            yield
        finally:
            self._own_waiting.seconds += self.clock() - start

    @property
    def was_held_up(self) -> bool:
        """Whether Laurel's own waiting left the host too little time to be called slow."""
        return self._own_waiting.seconds > MAX_OWN_WAITING
