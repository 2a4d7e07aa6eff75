"""Measure contenders in turn on one core, so that a disturbance affects all of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

ROUNDS = 7
SECONDS = 0.6
"""Seconds per contender in each round."""
WARM_UP = 2.0
"""Seconds before the first round, needed by JIT compilers."""

Contender = Callable[[float], list[int]]
"""Repeats its task for the given number of seconds, and returns the nanoseconds of each run."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Times of one contender: nanoseconds of each run, by round."""

    rounds: tuple[tuple[int, ...], ...]

    @property
    def per_second(self) -> float:
        """Rate of the median round."""
        return median(len(times) * 1e9 / sum(times) for times in self.rounds)

    def percentile_ms(self, percent: float) -> float:
        """Percentile over all rounds, in milliseconds."""
        times = sorted(time for times in self.rounds for time in times)
        return times[min(len(times) - 1, int(len(times) * percent / 100))] / 1e6


def measure(
    contenders: Mapping[str, Contender], *, rounds: int = ROUNDS, seconds: float = SECONDS
) -> dict[str, Samples]:
    """Warm up every contender, then measure them in turn."""
    for contender in contenders.values():
        contender(WARM_UP)
    found: dict[str, list[tuple[int, ...]]] = {name: [] for name in contenders}
    for turn in range(rounds):
        progress(f"round {turn + 1} of {rounds}: {', '.join(contenders)}")
        for name, contender in contenders.items():
            found[name].append(tuple(contender(seconds)))
    return {name: Samples(tuple(times)) for name, times in found.items()}


def repeated(task: Callable[[], object], clock: Callable[[], int] = time.perf_counter_ns) -> Contender:
    """Return a contender that runs ``task`` in this process; ``clock`` is in nanoseconds."""

    def contend(seconds: float) -> list[int]:
        times = []
        end = clock() + int(seconds * 1e9)
        before = clock()
        while before < end:
            task()
            after = clock()
            times.append(after - before)
            before = clock()
        return times

    return contend


def progress(words: str) -> None:
    """Print a progress line on standard error."""
    print(words, file=sys.stderr, flush=True)
