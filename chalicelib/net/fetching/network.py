"""The guard, fetcher and cache of one worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from chalicelib.net.fetching.cache import Cache
from chalicelib.net.fetching.dead_hosts import DeadHosts
from chalicelib.net.fetching.fetch import Fetcher, system_trust
from chalicelib.net.fetching.guard import Guard
from chalicelib.net.fetching.resolve import SystemAddressResolver


@dataclass(frozen=True, slots=True)
class Network:
    """The dependencies for fetching from external hosts."""

    guard: Guard
    fetcher: Fetcher
    cache: Cache
    dead_hosts: DeadHosts

    @classmethod
    def create(cls, allow: frozenset[str], clock: Callable[[], datetime], own: str = "") -> Self:
        """Create a network that uses ``clock``; for ``allow`` and ``own`` see `Guard`."""
        guard = Guard(allow, own)
        fetcher = Fetcher(guard, SystemAddressResolver(), system_trust(), clock)
        return cls(guard, fetcher, Cache(fetcher, clock), DeadHosts(clock))
