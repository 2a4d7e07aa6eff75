"""How long a network may keep Laurel waiting for hosts that it chose.

A submitted credential names the hosts to fetch from, and a slow host holds a worker. So each network has an allowance
of waiting time: the whole limit of a request is reserved before its first fetch, and what it did not need is given back
at its end. Credentials that need no fetch, or only what is cached, are free.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import Protocol

from chalicelib.analytics import networks
from chalicelib.analytics.ports import Salts
from chalicelib.analytics.visitor import SALT_BYTES, network_id
from chalicelib.errors import TooMany, Unavailable

WINDOW = timedelta(minutes=1)
"""Short, so that people who share a network with an attacker wait a minute at most."""


@dataclass(frozen=True, slots=True)
class Level:
    """Networks of one prefix length, and the waiting time of each in a `WINDOW`, in seconds."""

    prefix: int
    seconds: int


IPV4 = (Level(32, 60),)
"""One of the verify function's twenty workers (`VerifyConcurrency`) all the time, or six at once. A verification that
fetches takes about half a second, so the people behind one address can make two a second."""
IPV6 = (Level(64, 60), Level(48, 80), Level(32, 140))
"""A /64 is one household's or office's subnet (RFC 4291, 2.5.4), a /48 one site (RFC 6177), a /32 one provider. No
network can use up what it shares with others: beside a full /48 there is room for a full /64 of another. One provider's
networks can never hold all workers: fourteen at most."""

OTHER_SITES = 2
"""Pages of other sites may cause this part of a network's time at most: half. Any page can make the browsers of all who
open it submit slow credentials, and must not lock out the people in their networks."""


class AllowanceStore(Protocol):
    """Counts time. Every method raises `Unavailable`."""

    def reserve(self, network: str, start: datetime, milliseconds: int, limit: int, expires: datetime) -> bool:
        """Add to the time of ``network`` in the window from ``start``, atomically; False, without adding, when that
        would exceed ``limit``. The count may be deleted after ``expires``."""

    def give_back(self, network: str, start: datetime, milliseconds: int) -> None:
        """Subtract what was reserved and not used; nothing happens when the count no longer exists."""


@dataclass(frozen=True, slots=True)
class FetchAllowance:
    """The allowances of all networks. ``request_seconds`` is the time limit for all fetches of one request."""

    store: AllowanceStore
    salts: Salts
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    entropy: Callable[[int], bytes]
    request_seconds: float

    def of(self, address: str, *, by_other_site: bool = False) -> RequestAllowance:
        """The allowance of one request from ``address``; ``by_other_site`` as in `analytics.event.Visit`."""
        return RequestAllowance(self, address, by_other_site=by_other_site)


class RequestAllowance:
    """The waiting time of one request. Thread-safe."""

    def __init__(self, allowance: FetchAllowance, address: str, *, by_other_site: bool = False) -> None:
        self._allowance = allowance
        self._counted = _networks(address)
        if by_other_site:
            network, level = self._counted[0]
            part = Level(level.prefix, level.seconds // OTHER_SITES)
            self._counted.insert(0, (f"other sites {network}", part))
        self._lock = threading.Lock()
        self._reserved: list[tuple[str, datetime]] = []
        self._since: float | None = None
        self._refusal: TooMany | Unavailable | None = None

    def admit(self) -> None:
        """Reserve the time of this request, at its first fetch. Raises `TooMany`, `Unavailable`, each time again."""
        with self._lock:
            if self._since is None and self._refusal is None:
                try:
                    self._reserve()
                except (TooMany, Unavailable) as error:
                    self._refusal = error
            if self._refusal is not None:
                raise self._refusal

    def close(self) -> None:
        """Give back the time that was not used. Raises `Unavailable` when the time could not be counted: without a
        count, nothing was fetched."""
        allowance = self._allowance
        used = 0.0 if self._since is None else allowance.monotonic() - self._since
        unused = _milliseconds(allowance.request_seconds) - _milliseconds(used)
        for network, start in self._reserved if unused > 0 else ():
            try:
                allowance.store.give_back(network, start, unused)
            except Unavailable:
                break  # the window ends soon, and with it the reservation
        if isinstance(self._refusal, Unavailable):
            raise self._refusal

    def _reserve(self) -> None:
        allowance = self._allowance
        now = allowance.clock().astimezone(UTC)
        start = datetime.fromtimestamp(now.timestamp() // WINDOW.total_seconds() * WINDOW.total_seconds(), UTC)
        ends = start + WINDOW
        salt = allowance.salts.create(now.date(), allowance.entropy(SALT_BYTES))
        for network, level in self._counted:
            hashed = network_id(salt, network)
            whole = _milliseconds(allowance.request_seconds)
            if not allowance.store.reserve(hashed, start, whole, level.seconds * 1000, ends):
                raise TooMany(
                    "Your network has submitted many credentials that refer to slow sites. Try again in a minute.",
                    max(1, round((ends - now).total_seconds())),
                )
            self._reserved.append((hashed, start))
        self._since = allowance.monotonic()


def _networks(address: str) -> list[tuple[str, Level]]:
    """The networks that ``address`` is counted under, smallest first. Text that is not an address counts as one
    network."""
    found = networks.parse(address)
    if found is None:
        return [("unknown", IPV4[0])]
    levels = IPV4 if isinstance(found, IPv4Address) else IPV6
    return [(networks.network(found, level.prefix), level) for level in levels]


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
