"""Contenders measured in turn on one core, so that what disturbs one disturbs the others too."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

ROUNDS = 7
SECONDS = 0.6
"""Of each contender in each round."""
WARM_UP = 2.0
"""Seconds before the first round: a JIT needs them."""

Contender = Callable[[float], list[int]]
"""Does its task again and again for so many seconds; the nanoseconds of each time."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What one contender needed: nanoseconds, by round."""

    rounds: tuple[tuple[int, ...], ...]

    @property
    def per_second(self) -> float:
        """The median round's rate."""
        return median(len(times) * 1e9 / sum(times) for times in self.rounds)

    def percentile_ms(self, percent: float) -> float:
        """Over all rounds."""
        times = sorted(time for times in self.rounds for time in times)
        return times[min(len(times) - 1, int(len(times) * percent / 100))] / 1e6


def measure(
    contenders: Mapping[str, Contender], *, rounds: int = ROUNDS, seconds: float = SECONDS
) -> dict[str, Samples]:
    """Warm every contender up, then let them take turns."""
    for contender in contenders.values():
        contender(WARM_UP)
    found: dict[str, list[tuple[int, ...]]] = {name: [] for name in contenders}
    for turn in range(rounds):
        progress(f"round {turn + 1} of {rounds}: {', '.join(contenders)}")
        for name, contender in contenders.items():
            found[name].append(tuple(contender(seconds)))
    return {name: Samples(tuple(times)) for name, times in found.items()}


def repeated(task: Callable[[], object]) -> Contender:
    """A contender in this process."""

    def contend(seconds: float) -> list[int]:
        clock = time.perf_counter_ns
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
    """A line for the person who waits."""
    print(words, file=sys.stderr, flush=True)
