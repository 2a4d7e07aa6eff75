"""How many receipts a network or a verifier may get in a day: each costs a signature and is kept for ever.

Networks are counted under a hash with the day's salt, as in `directory.reading_limit`. Callers with an API key count as
their verifier instead, so that no network can use up what a verifier has.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

from chalicelib.analytics import networks
from chalicelib.analytics.limit_counters import LimitCounters
from chalicelib.analytics.networks import Level
from chalicelib.analytics.visitor import network_id
from chalicelib.credential import dates
from chalicelib.errors import TooMany, Unavailable
from chalicelib.language.phrase import Phrase, phrase

PER_NETWORK = 100
"""Receipts in a UTC day for one client (`networks.Level`): an office that hires all day."""
PER_SITE = 200
PER_PROVIDER = 1_000
OTHER_SITES = 5
"""What pages of other websites request in a network's browsers has a separate limit, a fifth of these, so that no
website can use up what its visitors may get themselves."""
IN_TOTAL = 20_000
"""For all networks together. A signature costs $0.000015 (AWS KMS pricing: $0.15 for 10,000 ECC requests) and a stored
receipt takes about 5 KB, so a day of abuse costs less than a dollar and leaves 100 MB."""
PER_VERIFIER = 1_000
"""For all API keys of one verifier together, in a UTC day: a company that hires in many places. It costs at most $0.015
and leaves 5 MB. The number of verifiers is limited too: three of a person (`verifiers.verifier.MAX_VERIFIERS`), and ten
that a network creates in a day."""


@dataclass(frozen=True, slots=True)
class ReceiptQuota:
    """How many receipts one caller may still get today: the names that are counted, with their limits, smallest
    first."""

    counters: LimitCounters
    counted: tuple[tuple[str, int], ...]
    now: datetime
    refusal: str

    @contextmanager
    def take(self) -> Iterator[None]:
        """Take one receipt, and give it back if the block raises. Raises `TooMany`, or `Unavailable` if it cannot be
        counted."""
        midnight = dates.next_day(self.now)
        taken: list[str] = []
        try:
            for name, limit in self.counted:
                if not self.counters.add(name, 1, limit, midnight):
                    raise TooMany(self.refusal, max(1, math.ceil((midnight - self.now).total_seconds())))
                taken.append(name)
            yield
        except BaseException:
            for name in taken:
                with suppress(Unavailable):  # it counts until midnight
                    self.counters.give_back(name, 1)
            raise


@dataclass(frozen=True, slots=True)
class ReceiptLimit:
    """The limits of all callers. ``salt`` returns that of a day."""

    counters: LimitCounters
    salt: Callable[[date], bytes | None]
    clock: Callable[[], datetime]

    def of_network(self, address: str, *, by_other_site: bool = False) -> ReceiptQuota:
        """The quota of the network of ``address``; ``by_other_site`` as in `analytics.event.Visit`. Raises
        `Unavailable`."""
        now = self.clock().astimezone(UTC)
        salt = self.salt(now.date())
        if salt is None:
            raise Unavailable("There is no salt of the day.")
        counted = [*_networks(address, by_other_site=by_other_site), ("everyone", IN_TOTAL)]
        hashed = tuple((network_id(salt, f"receipts {name}"), limit) for name, limit in counted)
        return ReceiptQuota(self.counters, hashed, now, _of_network())

    def of_verifier(self, verifier_id: str) -> ReceiptQuota:
        """The quota of the verifier whose API key the caller has sent. It is not counted as one of everyone, because
        strangers without a key can use up that limit."""
        now = self.clock().astimezone(UTC)
        return ReceiptQuota(self.counters, ((f"{verifier_id} {now.date()}", PER_VERIFIER),), now, _OF_VERIFIER)


def _networks(address: str, *, by_other_site: bool) -> list[tuple[str, int]]:
    limits = {Level.CLIENT: PER_NETWORK, Level.SITE: PER_SITE, Level.PROVIDER: PER_PROVIDER}
    counted = [(network, limits[level]) for level, network in networks.levels(address)]
    return [(f"other sites {one}", limit // OTHER_SITES) for one, limit in counted] if by_other_site else counted


def _of_network() -> Phrase:
    return phrase(
        "No more receipts can be made for your network today. You can still check credentials, and get receipts "
        "again after midnight UTC."
    )


_OF_VERIFIER = (
    f"This verifier has made {PER_VERIFIER:,} receipts today, which is the limit. Try again after midnight UTC."
)
