"""A limit on stored events that strangers report.

A report costs a write, and nothing proves that it is true. So each worker keeps a count for one minute, in memory: a
count in the database would cost as much as the event. Reports above the limit are not stored, but get the same
response. The gateway limits the rate of all workers together (`infrastructure/resources.yaml`).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from chalicelib.analytics import networks
from chalicelib.analytics.event import Kind
from chalicelib.analytics.networks import Level

PER_WORKER = 600
"""Maximum events of one kind per minute from all networks: ten per second, which is also the gateway's limit for all
workers."""
PER_NETWORK: Mapping[Level, int] = MappingProxyType({Level.CLIENT: 60, Level.SITE: 120, Level.PROVIDER: 240})
"""Maximum events of one kind per minute per network: enough for thirty people behind one address to click twice
each."""


class EventBudget:
    """Counts the events of one worker. Thread-safe."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def admits(self, kind: Kind, address: str) -> bool:
        """Count one event of ``kind`` from ``address``; False if it must not be stored. Kinds are counted separately,
        so that a page with many badges does not use up the limit for clicks on them."""
        minute = int(self._clock().timestamp()) // 60
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._counts.clear()
            limits = {f"{kind} {name}": limit for name, limit in _limits(address)}
            if any(self._counts[name] >= limit for name, limit in limits.items()):
                return False
            self._counts.update(limits.keys())
            return True


def _limits(address: str) -> Iterator[tuple[str, int]]:
    yield "", PER_WORKER
    for level, network in networks.levels(address):
        yield network, PER_NETWORK[level]
