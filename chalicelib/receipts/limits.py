"""How many receipts a network may get in a day: each costs a signature and is kept for ever.

Networks are counted under a hash with the day's salt, as in `directory.reading_limit`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from ipaddress import IPv6Address
from typing import Protocol

from chalicelib.analytics import networks
from chalicelib.analytics.visitor import network_id
from chalicelib.credential import dates
from chalicelib.errors import TooMany, Unavailable
from chalicelib.language.phrase import phrase

PER_NETWORK = 100
"""Receipts in a UTC day for one IPv4 address or IPv6 /64, one household's or office's subnet (RFC 4291, 2.5.4): an
office that hires all day."""
PER_SITE = 200
"""For an IPv6 /48, one site (RFC 6177), which has 65,536 subnets."""
PER_PROVIDER = 1_000
"""For an IPv6 /32, one provider with many customers."""
OTHER_SITES = 5
"""What pages of other websites request in a network's browsers has a separate limit, a fifth of these, so that no
website can use up what its visitors may get themselves."""
IN_TOTAL = 20_000
"""For all networks together. A signature costs $0.000015 (AWS KMS pricing: $0.15 for 10,000 ECC requests) and a stored
receipt takes about 5 KB, so a day of abuse costs less than a dollar and leaves 100 MB."""


class Counters(Protocol):
    """Counts that are deleted after they expire. Every method raises `Unavailable`."""

    def add(self, name: str, amount: int, limit: int, expires: datetime) -> bool:
        """Add ``amount`` atomically; False, without adding, if the count would then be above ``limit``."""

    def give_back(self, name: str, amount: int) -> None:
        """Subtract an ``amount`` that was added."""


@dataclass(frozen=True, slots=True)
class ReceiptLimit:
    """The limits of all networks. ``salt`` returns that of a day."""

    counters: Counters
    salt: Callable[[date], bytes | None]
    clock: Callable[[], datetime]

    def of_network(self, address: str, *, by_other_site: bool = False) -> NetworkQuota:
        """The quota of the network of ``address``; ``by_other_site`` as in `analytics.event.Visit`."""
        return NetworkQuota(self, address, by_other_site)


@dataclass(frozen=True, slots=True)
class NetworkQuota:
    """How many receipts the network of ``address`` may still get."""

    limit: ReceiptLimit
    address: str
    by_other_site: bool

    @contextmanager
    def take(self) -> Iterator[None]:
        """Take one receipt, and give it back if the block raises. Raises `TooMany`, or `Unavailable` if it cannot be
        counted."""
        now = self.limit.clock().astimezone(UTC)
        salt = self.limit.salt(now.date())
        if salt is None:
            raise Unavailable("There is no salt of the day.")
        taken: list[str] = []
        try:
            for network, limit in self._counted():
                name = network_id(salt, f"receipts {network}")
                if not self.limit.counters.add(name, 1, limit, dates.next_day(now)):
                    raise _too_many(now)
                taken.append(name)
            yield
        except BaseException:
            for name in taken:
                with suppress(Unavailable):  # it counts until midnight
                    self.limit.counters.give_back(name, 1)
            raise

    def _counted(self) -> list[tuple[str, int]]:
        """The networks of the address and their limits, smallest first; the last one is everyone."""
        found = networks.parse(self.address)
        if found is None:
            counted = [("unknown", PER_NETWORK)]
        elif isinstance(found, IPv6Address):
            limits = ((64, PER_NETWORK), (48, PER_SITE), (32, PER_PROVIDER))
            counted = [(networks.network(found, prefix), limit) for prefix, limit in limits]
        else:
            counted = [(networks.network(found, 32), PER_NETWORK)]
        if self.by_other_site:
            counted = [(f"other sites {network}", limit // OTHER_SITES) for network, limit in counted]
        return [*counted, ("everyone", IN_TOTAL)]


def _too_many(now: datetime) -> TooMany:
    seconds = math.ceil((dates.next_day(now) - now).total_seconds())
    return TooMany(
        phrase(
            "No more receipts can be made for your network today. You can still check credentials, and get receipts "
            "again after midnight UTC."
        ),
        max(1, seconds),
    )
