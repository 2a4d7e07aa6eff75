"""Hosts that could not be reached a moment ago, so that no request waits for them again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import Unavailable

DEAD_FOR = timedelta(seconds=60)
"""Long enough that one dead host costs a worker one wait a minute, short enough to notice its recovery."""
MAX_HOSTS = 256
"""Maximum hosts: as many as the cache has entries; the oldest is forgotten first."""


class HostDown(Unavailable):
    """The host itself cannot be reached: its name does not resolve, or it accepts no connection.

    A failure that depends on the URL, such as a slow response, is not a `HostDown`: otherwise one slow URL, which
    anyone can submit, would hide everything else on its host.
    """


class FetchSkipped(Unavailable):
    """A fetch that was not made, because of this request's limits or because its host is known to be down.

    It says nothing about the URL, so it is neither cached nor shared with other requests.
    """


@dataclass(frozen=True, slots=True)
class _Entry:
    code: str
    detail: str
    until: datetime


class DeadHosts:
    """The dead hosts that one worker knows. Thread-safe."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def check(self, authority: str) -> None:
        """Raises `FetchSkipped` for a host that was down less than `DEAD_FOR` ago."""
        now = self._now()
        with self._lock:
            entry = self._entries.get(authority)
            if entry is None:
                return
            if not entry.until - DEAD_FOR <= now < entry.until:
                del self._entries[authority]
                return
        raise FetchSkipped(entry.detail, code=entry.code)

    def remember(self, authority: str, error: HostDown) -> None:
        """Remember that the host at ``authority`` is down."""
        with self._lock:
            self._entries[authority] = _Entry(error.code, error.detail, self._now() + DEAD_FOR)
            self._entries.move_to_end(authority)
            while len(self._entries) > MAX_HOSTS:
                self._entries.popitem(last=False)
