"""A limit on the time that each network keeps Laurel waiting for hosts that it chose.

A submitted credential names the hosts to fetch from, and a slow host holds a worker. So each network has an allowance
of waiting time: the whole limit of a request is reserved before its first fetch, and what it did not need is given back
at its end. What was used comes back steadily, so there is no moment at which everyone starts again. Credentials that
need no fetch, or only what is cached, are free.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from chalicelib.analytics import networks
from chalicelib.analytics.networks import Level
from chalicelib.analytics.ports import Salts
from chalicelib.analytics.rate_store import RateStore
from chalicelib.analytics.visitor import SALT_BYTES, network_id
from chalicelib.errors import TooMany, Unavailable
from chalicelib.language.phrase import plural


@dataclass(frozen=True, slots=True)
class Share:
    """How many workers a network may keep waiting ``at_once`` and ``on_average``."""

    at_once: int
    on_average: float


SHARES: Mapping[Level, Share] = MappingProxyType(
    {Level.CLIENT: Share(12, 1), Level.SITE: Share(16, 2), Level.PROVIDER: Share(24, 4)}
)
"""Of the verify function's forty workers (`VerifyConcurrency`). A verification that fetches takes about half a second,
so a class of thirty behind one address who all submit within two seconds keep eight waiting, and two a second can go on
for ever. Two attackers leave room for others, and hold two workers once the first moment has passed. No network can use
up what it shares with others. One provider's networks can never hold all workers."""

OTHER_SITES = 2
"""Pages of other sites may cause this part of a network's time at most: half. Any page can make the browsers of all who
open it submit slow credentials, and must not lock out the people in their networks."""


@dataclass(frozen=True, slots=True)
class FetchAllowance:
    """The allowances of all networks. ``request_seconds`` is the time limit for all fetches of one request."""

    store: RateStore
    salts: Salts
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    entropy: Callable[[int], bytes]
    request_seconds: float

    def of(self, address: str, *, by_other_site: bool = False, seconds: float | None = None) -> RequestAllowance:
        """The allowance of one request from ``address``; ``by_other_site`` as in `analytics.event.Visit`. ``seconds``
        is its own time limit for all fetches, if it has one."""
        return RequestAllowance(self, address, seconds or self.request_seconds, by_other_site=by_other_site)


class RequestAllowance:
    """The waiting time of one request. Thread-safe."""

    def __init__(self, allowance: FetchAllowance, address: str, seconds: float, *, by_other_site: bool = False) -> None:
        self._allowance = allowance
        self._seconds = seconds
        self._counted = [(network, SHARES[level]) for level, network in networks.levels(address)]
        if by_other_site:
            self._counted = [*map(_part_of_other_sites, self._counted), *self._counted]
        self._lock = threading.Lock()
        self._reserved: list[tuple[str, Share]] = []
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
        unused = self._seconds - used
        for network, share in self._reserved if unused > 0 else ():
            try:
                allowance.store.give_back(network, _span(share, unused))
            except Unavailable:
                break  # the reservation expires, as if the time had been used
        if isinstance(self._refusal, Unavailable):
            raise self._refusal

    def _reserve(self) -> None:
        allowance = self._allowance
        now = allowance.clock().astimezone(UTC)
        salt = allowance.salts.create(now.date(), allowance.entropy(SALT_BYTES))
        for network, share in self._counted:
            hashed = network_id(salt, network)
            span, most = _span(share, self._seconds), _span(share, allowance.request_seconds) * share.at_once
            wait = math.ceil(allowance.store.take(hashed, now, span, most).wait.total_seconds())
            if wait > 0:
                raise TooMany(
                    plural(
                        "Many credentials from your network are waiting for other sites. Try again in {count} second.",
                        "Many credentials from your network are waiting for other sites. Try again in {count} seconds.",
                        wait,
                    ),
                    wait,
                )
            self._reserved.append((hashed, share))
        self._since = allowance.monotonic()


def _part_of_other_sites(counted: tuple[str, Share]) -> tuple[str, Share]:
    network, share = counted
    return f"other sites {network}", Share(share.at_once // OTHER_SITES, share.on_average / OTHER_SITES)


def _span(share: Share, seconds: float) -> timedelta:
    """The time until a worker's waiting time of ``seconds`` is restored."""
    return timedelta(seconds=seconds / share.on_average)
