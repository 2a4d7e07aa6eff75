"""A cache of fetches, including failures. Concurrent requests for the same URL share one fetch."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.budget import FetchBudget
from chalicelib.net.fetching.dead_hosts import FetchSkipped
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.fetch import Reply
from chalicelib.verify.ports import Fetched

MAX_SECONDS = 300
"""Maximum seconds that anything is cached, whatever its host allows: a revocation must be seen soon."""
DEFAULT_SECONDS = 60
"""Seconds when the host sends no `Cache-Control`."""
FAILURE_SECONDS = 15
"""Seconds for a failure: long enough to spare a broken host, short enough to notice its recovery."""
SLOW_SECONDS = 60
"""Seconds for a failure that a request had to wait for."""
MAX_ENTRIES = 256
MAX_BYTES = 16 * 1024 * 1024
"""Maximum bytes of bodies and URLs together: a sixteenth of the function's memory."""

_MAX_AGE = re.compile(r"max-age\s*=\s*\"?([0-9]{1,10})", re.ASCII)


class CachedFailure(Unavailable):
    """A failure of a fetch that was not made for this request."""


class Source(Protocol):
    """The source of the cache: `chalicelib.net.fetching.fetch.Fetcher`."""

    def get(
        self, url: str, *, accept: str, deadline: Deadline, same_origin: bool = False, budget: FetchBudget | None = None
    ) -> Reply:
        """See `chalicelib.net.fetching.fetch.Fetcher.get`."""


Key = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class _Failure:
    """The parts of an `Unavailable` that are cached; the exception itself would keep sockets and stack frames alive."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Entry:
    result: Fetched | _Failure
    since: datetime
    until: datetime
    size: int


@dataclass(slots=True)
class _InFlightFetch:
    """A fetch in progress. ``result`` is None when its outcome cannot be shared."""

    done: threading.Event = field(default_factory=threading.Event)
    result: Fetched | _Failure | None = None


class Cache:
    """Fetch results of one worker, evicted least recently used first. Thread-safe.

    Lifetimes use the wall clock, because a function may be frozen between two requests.
    """

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
        self._flights: dict[Key, _InFlightFetch] = {}

    def get(
        self,
        url: str,
        *,
        accept: str,
        deadline: Deadline,
        same_origin: bool = False,
        budget: FetchBudget | None = None,
        fresh: bool = False,
    ) -> Fetched:
        """As `Fetcher.get`, from the cache if possible and not ``fresh``; `Fetched.at` is the time of the fetch.
        What is cached, or what another request is fetching, costs no ``budget``; it is marked (`Fetched.cached`,
        `CachedFailure`)."""
        key = (url, accept, same_origin)
        if fresh:
            return self._fetch_anew(key, deadline, budget)
        while True:
            with self._lock:
                cached = self._fresh(key)
                if cached is not None:
                    return _from_cache(cached)
                flight = self._flights.get(key)
                if flight is None:
                    own_flight = self._flights[key] = _InFlightFetch()
            if flight is None:
                return _unwrap(self._fetch(key, own_flight, deadline, budget))
            if not flight.done.wait(max(deadline.left(), 0)):
                raise Unavailable("The time limit was reached before the fetch.", code="out_of_time")
            if flight.result is not None:
                return _from_cache(flight.result)

    def _fetch_anew(self, key: Key, deadline: Deadline, budget: FetchBudget | None) -> Fetched:
        result, seconds = self._ask(key, deadline, budget)
        if isinstance(result, Fetched):  # a failure does not replace what is cached, which others can still use
            with self._lock:
                self._keep(key, result, seconds)
        return _unwrap(result)

    def _ask(self, key: Key, deadline: Deadline, budget: FetchBudget | None) -> tuple[Fetched | _Failure, int]:
        """The outcome of a fetch, and for how many seconds it may be cached. Raises `FetchSkipped`."""
        url, accept, same_origin = key
        try:
            reply = self._source.get(url, accept=accept, deadline=deadline, same_origin=same_origin, budget=budget)
        except FetchSkipped:
            raise
        except Unavailable as error:
            seconds = SLOW_SECONDS if error.code == "timeout" else FAILURE_SECONDS
            return _Failure(error.code, error.detail), seconds
        return reply.fetched, _lifetime(reply.cache_control)

    def _fetch(
        self, key: Key, flight: _InFlightFetch, deadline: Deadline, budget: FetchBudget | None
    ) -> Fetched | _Failure:
        shared: Fetched | _Failure | None = None
        try:
            result, seconds = self._ask(key, deadline, budget)
            # Another request may have time left, so this request's timeout is not shared.
            shared = None if isinstance(result, _Failure) and result.code == "out_of_time" else result
            return result
        finally:
            with self._lock:
                if shared is not None:
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
        if key in self._entries:
            self._drop(key)
        if seconds <= 0:
            return
        now = self._now()
        size = len(key[0]) + (len(result.body) if isinstance(result, Fetched) else len(result.detail))
        self._entries[key] = _Entry(result, now, now + timedelta(seconds=seconds), size)
        self._bytes += size
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Key) -> None:
        self._bytes -= self._entries.pop(key).size


def _from_cache(result: Fetched | _Failure) -> Fetched:
    if isinstance(result, _Failure):
        raise CachedFailure(result.detail, code=result.code)
    return replace(result, cached=True)


def _unwrap(result: Fetched | _Failure) -> Fetched:
    if isinstance(result, _Failure):
        raise Unavailable(result.detail, code=result.code)
    return result


def _lifetime(cache_control: str) -> int:
    """Seconds to cache a response with this `Cache-Control` (RFC 9111, 5.2.2), within the bounds above."""
    directives = cache_control.lower()
    if "no-store" in directives or "no-cache" in directives:
        return 0
    ages = [int(age) for age in _MAX_AGE.findall(directives)]
    return min(*ages, MAX_SECONDS) if ages else DEFAULT_SECONDS
