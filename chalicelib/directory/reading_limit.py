"""A limit on how much of the directory one network reads in a day, so that it cannot be copied.

It counts the listings shown on pages, in the API and in exports; a response with suggestions counts as one. The
listings that a request may show are taken before it is answered, and those that it did not show are given back, so
requests that arrive together cannot exceed the limit. Networks are counted under a hash with the day's salt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from chalicelib.analytics import networks
from chalicelib.analytics.limit_counters import LimitCounters
from chalicelib.analytics.networks import Level
from chalicelib.analytics.visitor import network_id
from chalicelib.credential import dates
from chalicelib.directory.ports import SecretOfDay
from chalicelib.errors import TooMany, Unavailable
from chalicelib.language.phrase import phrase

PER_NETWORK = 5_000
"""Listings in a UTC day for one IPv4 address or IPv6 /64, one household's or office's subnet (RFC 4291, 2.5.4): 25
recruiters of one office who read 200 people each, or a class of thirty with 16 pages each. It is 0.5% of a directory of
a million people, and 5% of one of 100,000."""
PER_SITE = 10_000
"""For an IPv6 /48, one site (RFC 6177), which has 65,536 subnets; mobile providers give each of their customers one.
Larger, so that one subnet cannot use up what it shares with the others."""
PER_PROVIDER = 50_000
"""For an IPv6 /32, one provider with many customers: otherwise a customer with one would have 65,536 sites."""
OTHER_SITES = 5
"""What other websites load in a network's browsers has a separate limit, a fifth of these, so that a website cannot use
up what its visitors may read themselves: 1,000 listings, 166 frames with six people, for an address."""
PER_PERSON = 500
"""Profiles that one signed-in person can open a day as recruiters see them: one a minute on a working day. Copying them
from many networks then takes many email addresses."""
SUSPECTED = 100
"""The most a network has left after it has opened a decoy: ten pages, for the people on the same network."""
SUGGESTIONS = 1
"""The cost of a response with suggestions: it contains values and no people."""
_DECOY_DOMAIN = b"laurel/decoy/1"
_DECOY_BYTES = 16
"""128 bits: 26 characters in base32, as the ids of holders."""


@dataclass(slots=True)
class Reading:
    """One request that reads listings. ``decoy`` is the id of the network's decoy of today."""

    decoy: str
    day: date
    salt: bytes
    """The salt of ``day``."""
    shown: int = 0


@dataclass(frozen=True, slots=True)
class ReadingLimit:
    """The limits of all networks."""

    counters: LimitCounters
    secret: SecretOfDay
    clock: Callable[[], datetime]

    @contextmanager
    def reading(
        self, address: str, listings: int, *, by_other_site: bool = False, person: str | None = None
    ) -> Iterator[Reading]:
        """Take ``listings`` for a request from ``address``, and give back those that it has not `shown`. ``person`` is
        the email address of a signed-in reader, who has a limit of their own.

        Raises `TooMany`, or `Unavailable` if it cannot be counted.
        """
        now = self.clock().astimezone(UTC)
        secret, counted = self._secret(now), _counted(address)
        decoy = _decoy(secret, counted[0][0])
        if by_other_site:
            counted = [(f"embedded {network}", limit // OTHER_SITES) for network, limit in counted]
        if person is not None:
            counted = [(f"person {person}", PER_PERSON), *counted]
        names = [network_id(secret, f"directory {network}") for network, _ in counted]
        taken: list[str] = []
        reading = Reading(decoy, now.date(), secret)
        try:
            for name, (_, limit) in zip(names, counted, strict=True):
                if not self.counters.add(name, listings, limit, dates.next_day(now)):
                    raise _too_many(now, of_person=person is not None and not taken)
                taken.append(name)
            yield reading
        finally:
            unread = listings - reading.shown
            for name in taken if unread > 0 else ():
                self._give_back(name, unread)

    def opened_decoy(self, address: str, decoy: str) -> None:
        """Leave the network of ``address`` at most `SUSPECTED` listings for the day if ``decoy`` is its own of today:
        no one can make another network open it. Raises `Unavailable`."""
        now = self.clock().astimezone(UTC)
        secret, network = self._secret(now), _counted(address)[0][0]
        if hmac.compare_digest(decoy.encode(), _decoy(secret, network).encode()):
            name = network_id(secret, f"directory {network}")
            # May exceed the limit, in which case nothing is left; twice at most, so that the count stays small.
            self.counters.add(name, PER_NETWORK - SUSPECTED, 2 * PER_NETWORK, dates.next_day(now))

    def _secret(self, now: datetime) -> bytes:
        secret = self.secret(now.date())
        if secret is None:
            raise Unavailable("There is no salt of the day.")
        return secret

    def _give_back(self, name: str, listings: int) -> None:
        try:
            self.counters.give_back(name, listings)
        except Unavailable:
            return  # they count as read until midnight


def _counted(address: str) -> list[tuple[str, int]]:
    """The networks that ``address`` is counted under and their limits, smallest first."""
    limits = {Level.CLIENT: PER_NETWORK, Level.SITE: PER_SITE, Level.PROVIDER: PER_PROVIDER}
    return [(network, limits[level]) for level, network in networks.levels(address)]


def _decoy(secret: bytes, network: str) -> str:
    mac = hmac.digest(hmac.digest(secret, _DECOY_DOMAIN, hashlib.sha256), network.encode(), hashlib.sha256)
    return base64.b32encode(mac[:_DECOY_BYTES]).decode("ascii").rstrip("=").lower()


def _too_many(now: datetime, *, of_person: bool) -> TooMany:
    seconds = math.ceil((dates.next_day(now) - now).total_seconds())
    return TooMany(
        phrase(
            "You have reached today’s limit for opening profiles, which is there to prevent copying. You "
            "can continue after midnight UTC."
        )
        if of_person
        else phrase(
            "Your network has reached today’s limit for reading the directory, which is there to prevent copying. You "
            "can continue after midnight UTC."
        ),
        max(1, seconds),
    )
