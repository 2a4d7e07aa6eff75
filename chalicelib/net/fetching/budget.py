"""The budget of one request for external hosts. The documents that visitors submit choose the hosts, so no host serves
more, and no visitor waits longer, than a genuine credential needs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.address_limit import AddressLimit
from chalicelib.net.fetching.addresses import Address
from chalicelib.net.fetching.dead_hosts import DeadHosts, FetchSkipped, HostDown
from chalicelib.net.fetching.deadline import Deadline

MAX_PER_HOST = 3
"""Maximum HTTP requests to one host, redirects included: an issuer's key and two status lists. What is cached is not
counted, so the rare credential that needs more is complete at the next attempt."""
MAX_REQUESTS = 16
"""Maximum HTTP requests to all hosts, because one server can have any number of names: a link, two key documents, the
eight status lists that are checked, and redirects."""
MAX_BYTES = 4 * 1024 * 1024
"""Maximum bytes of all responses: four of the largest (`https_exchange.MAX_BODY`). Genuine documents have a few KB."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """The limits of one request for external hosts."""

    per_host: int = MAX_PER_HOST
    requests: int = MAX_REQUESTS
    bytes: int = MAX_BYTES


REQUEST_LIMITS = FetchLimits()
BATCH_PER_HOST = 50
"""Documents of one host in a batch, besides the links that the caller sent: an issuer's keys and forty-nine status
lists, which hold six million credentials (Bitstring Status List v1.0, 6.1)."""
BATCH_BYTES = 64 * 1024 * 1024
"""Bytes that the documents of a batch refer to, all of which are kept until its end: a sixteenth of the memory of a
function."""
LINKED_BYTES = 256 * 1024
"""Average bytes behind the links of a batch: the largest credential (`strict_json.Limits`)."""


def batch_limits(items: int) -> FetchLimits:
    """The limits of what the documents of a batch refer to: less than they could cause one by one."""
    return FetchLimits(
        per_host=min(MAX_PER_HOST * items, BATCH_PER_HOST),
        requests=MAX_REQUESTS + 2 * items,
        bytes=min(MAX_BYTES * items, BATCH_BYTES),
    )


def link_limits(items: int) -> FetchLimits:
    """The limits of what is behind the links of a batch: a request for each, which `FetchBudget.add_one` allows at its
    host, and as many redirects."""
    return FetchLimits(requests=MAX_REQUESTS + 2 * items, bytes=MAX_BYTES + items * LINKED_BYTES)


LIMIT = "fetch_limit"
"""The code of a fetch that would exceed these limits."""


@dataclass(slots=True)
class _Host:
    left: int
    contacted: bool = False
    known: threading.Event = field(default_factory=threading.Event)
    """Set when the first request to the host has connected or failed. The others wait for it, so that a dead host is
    contacted once."""
    failure: tuple[str, str] | None = None
    """Code and detail, once the host has failed to respond: it is not contacted again."""


class FetchBudget:
    """The budget of one request. Thread-safe.

    ``admit`` is called before every HTTP request; it may raise to end the whole request. ``dead_hosts`` are those of
    the worker; None for a fetch on behalf of a known person, who may have just fixed the host.
    """

    def __init__(
        self,
        admit: Callable[[], None] = lambda: None,
        dead_hosts: DeadHosts | None = None,
        limits: FetchLimits = REQUEST_LIMITS,
    ) -> None:
        self._limits = limits
        self._admit = admit
        self._dead_hosts = dead_hosts
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}
        self._requests = 0
        self._bytes = limits.bytes
        self._addresses = AddressLimit()

    def add_one(self, authority: str) -> None:
        """Allow one more request to a host: for the link that the visitor entered, which no document chose."""
        with self._lock:
            self._hosts.setdefault(authority, _Host(self._limits.per_host)).left += 1

    @contextmanager
    def request(self, authority: str, deadline: Deadline) -> Iterator[Exchange]:
        """Count one HTTP request to ``authority``, which is sent within the block.

        Raises `FetchSkipped` (`fetch_limit`, or the code with which the host failed before) and what the block raises.
        """
        if self._dead_hosts is not None:
            self._dead_hosts.check(authority)
        try:
            with deadline.own_waiting():
                self._admit()
        except Unavailable as error:
            raise FetchSkipped(error.detail, code=error.code) from error
        host, first = self._count(authority)
        with deadline.own_waiting():
            is_known = first or host.known.wait(max(deadline.left(), 0))
        if not is_known:
            raise FetchSkipped(f"{authority} did not respond in time.", code="timeout")
        _check(host)
        exchange = Exchange(self, host, self._addresses)
        try:
            yield exchange
        except TimeoutError:
            host.failure = ("timeout", f"{authority} did not respond in time.")
            raise
        except Unavailable as error:
            if not exchange.is_connected:
                host.failure = (error.code, error.detail)
            if isinstance(error, HostDown) and self._dead_hosts is not None:
                self._dead_hosts.remember(authority, error)
            raise
        finally:
            exchange.end()
            host.known.set()

    def take(self, count: int) -> int:
        """Take up to ``count`` bytes of the budget. Raises `FetchSkipped` when nothing is left."""
        with self._lock:
            taken = min(count, self._bytes)
            self._bytes -= taken
        if taken <= 0:
            raise _over(
                f"The documents that it refers to exceed {self._limits.bytes:,} bytes in total, which is more than "
                "Laurel reads."
            )
        return taken

    def give_back(self, count: int) -> None:
        """Return bytes that were taken but not received."""
        with self._lock:
            self._bytes += count

    def _count(self, authority: str) -> tuple[_Host, bool]:
        with self._lock:
            host = self._hosts.setdefault(authority, _Host(self._limits.per_host))
            _check(host)
            if host.left <= 0:
                raise _over(f"It needs more documents from {authority} than Laurel fetches at once.")
            if self._requests >= self._limits.requests:
                raise _over("It needs more documents from other sites than Laurel fetches at once.")
            host.left -= 1
            self._requests += 1
            first, host.contacted = not host.contacted, True
            return host, first


class Exchange:
    """One counted HTTP request."""

    def __init__(self, budget: FetchBudget, host: _Host, addresses: AddressLimit) -> None:
        self._host = host
        self._limit = addresses
        self._trying: Sequence[Address] = ()
        self.take = budget.take
        self.give_back = budget.give_back
        self.is_connected = False

    def trying(self, addresses: Sequence[Address], deadline: Deadline) -> None:
        """Connect to one of ``addresses`` next. Raises `FetchSkipped` (`fetch_limit`; `out_of_time` when attempts to
        connect to the same address took all the time)."""
        try:
            with deadline.own_waiting():
                may_try = self._limit.enter(addresses, deadline)
        except TimeoutError as error:
            # A slow host that a visitor chose shares the address: nothing is known about this one.
            raise FetchSkipped("The time limit was reached before the fetch.", code="out_of_time") from error
        if not may_try:
            raise _over("It refers to several sites on the same server, which does not respond.")
        self._trying = addresses

    def connected(self) -> None:
        """The host accepted the connection and proved its name, so other requests to it may start."""
        self.is_connected = True
        self.end()
        self._host.known.set()

    def end(self) -> None:
        """The attempt to connect has ended."""
        self._limit.leave(self._trying, connected=self.is_connected)
        self._trying = ()


def _check(host: _Host) -> None:
    if host.failure is not None:
        code, detail = host.failure
        raise FetchSkipped(detail, code=code)


def _over(detail: str) -> FetchSkipped:
    return FetchSkipped(detail, code=LIMIT)
