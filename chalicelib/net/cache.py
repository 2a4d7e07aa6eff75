"""What was fetched stays for a while, good news or bad; who asks for the same at once waits for the same answer."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.errors import Unavailable
from chalicelib.net.deadline import Deadline
from chalicelib.net.fetch import Reply
from chalicelib.verify.ports import Fetched

LONGEST = 300
"""Seconds that anything is kept, whatever its host allows: a revocation must be seen soon."""
USUAL = 60
"""Seconds for what its host says nothing about."""
FAILURE = 15
"""Seconds for a failure: long enough that a broken host is not asked again by everybody, short enough to recover."""
MAX_ENTRIES = 256
MAX_BYTES = 16 * 1024 * 1024
"""Of bodies and URLs together: a sixteenth of the function's memory."""

_MAX_AGE = re.compile(r"max-age\s*=\s*\"?([0-9]{1,10})", re.ASCII)


class Source(Protocol):
    """Where the cache gets from: `chalicelib.net.fetch.Fetcher`."""

    def get(self, url: str, *, accept: str, deadline: Deadline, stay: bool = False) -> Reply:
        """See `chalicelib.net.fetch.Fetcher.get`."""


Key = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class _Failure:
    """What is kept of an `Unavailable`: not the exception itself, which holds on to sockets and stacks."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Entry:
    result: Fetched | _Failure
    since: datetime
    until: datetime
    size: int


@dataclass(slots=True)
class _Flight:
    """A fetch under way. ``result`` is None when it ended in a way that others cannot use."""

    done: threading.Event = field(default_factory=threading.Event)
    result: Fetched | _Failure | None = None


class Cache:
    """Results of one worker; those least recently used go first. Safe to use from many threads.

    Lifetimes are counted on the wall clock, because a function may be frozen between two requests."""

    def __init__(
        self,
        source: Source,
        now: Callable[[], datetime],
        *,
        max_entries: int = MAX_ENTRIES,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._source = source
        self._now = now
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()
        self._bytes = 0
        self._flights: dict[Key, _Flight] = {}

    def get(self, url: str, *, accept: str, deadline: Deadline, stay: bool = False) -> Fetched:
        """As `chalicelib.net.fetch.Fetcher.get`, from memory when it is there; `Fetched.at` tells how old it is."""
        key = (url, accept, stay)
        while True:
            with self._lock:
                kept = self._fresh(key)
                if kept is not None:
                    return _settle(kept)
                flight = self._flights.get(key)
                if flight is None:
                    own = self._flights[key] = _Flight()
            if flight is None:
                return _settle(self._fly(key, own, deadline))
            if not flight.done.wait(max(deadline.left(), 0)):
                raise Unavailable("The time limit was reached before the fetch.", code="out_of_time")
            if flight.result is not None:
                return _settle(flight.result)

    def _fly(self, key: Key, flight: _Flight, deadline: Deadline) -> Fetched | _Failure:
        url, accept, stay = key
        seconds = FAILURE
        shared: Fetched | _Failure | None = None
        try:
            result: Fetched | _Failure
            try:
                reply = self._source.get(url, accept=accept, deadline=deadline, stay=stay)
                result, seconds = reply.fetched, _lifetime(reply.cache_control)
            except Unavailable as error:
                result = _Failure(error.code, error.detail)
            # That this request has no time left says nothing about the time that the others have.
            shared = None if isinstance(result, _Failure) and result.code == "out_of_time" else result
            return result
        finally:
            with self._lock:
                if shared is not None and seconds > 0:
                    self._keep(key, shared, seconds)
                flight.result = shared
                del self._flights[key]
            flight.done.set()

    def _fresh(self, key: Key) -> Fetched | _Failure | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if not entry.since <= self._now() < entry.until:
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return entry.result

    def _keep(self, key: Key, result: Fetched | _Failure, seconds: int) -> None:
        now = self._now()
        size = len(key[0]) + (len(result.body) if isinstance(result, Fetched) else len(result.detail))
        self._entries[key] = _Entry(result, now, now + timedelta(seconds=seconds), size)
        self._bytes += size
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Key) -> None:
        self._bytes -= self._entries.pop(key).size


def _settle(result: Fetched | _Failure) -> Fetched:
    if isinstance(result, _Failure):
        raise Unavailable(result.detail, code=result.code)
    return result


def _lifetime(cache_control: str) -> int:
    """Seconds to keep what came with this `Cache-Control` (RFC 9111, 5.2.2), within our own bounds."""
    directives = cache_control.lower()
    if "no-store" in directives or "no-cache" in directives:
        return 0
    ages = [int(age) for age in _MAX_AGE.findall(directives)]
    return min(*ages, LONGEST) if ages else USUAL
