"""Rate limits of the API for verifiers.

A token bucket, kept as one stored time (the generic cell rate algorithm): the bucket holds ``burst`` items and refills
by one every ``interval``. All API keys of a verifier share one bucket. A caller without a key shares the bucket of
their network, stored under a hash with the day's salt. A request that cannot be counted is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from chalicelib.analytics import networks
from chalicelib.analytics.networks import Level
from chalicelib.analytics.ports import Salts
from chalicelib.analytics.rate_store import RateStore, Taken
from chalicelib.analytics.visitor import SALT_BYTES, network_id
from chalicelib.errors import TooMany
from chalicelib.language.phrase import plural
from chalicelib.verifiers.scope import Scope


@dataclass(frozen=True, slots=True)
class Policy:
    """A bucket of ``burst`` items that refills by one every ``interval``, in whole milliseconds."""

    name: str
    burst: int
    interval: timedelta

    @property
    def window(self) -> timedelta:
        """The time in which an empty bucket refills."""
        return self.burst * self.interval

    def header(self) -> str:
        """The policy as an item of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10, section 3)."""
        return f'"{self.name}";q={self.burst};w={math.ceil(self.window.total_seconds())}'


@dataclass(frozen=True, slots=True)
class Charge:
    """The state of a bucket after a request."""

    policy: Policy
    taken: Taken

    @property
    def remaining(self) -> int:
        """Items that could be asked for now."""
        return max(0, (self.policy.window - self.taken.refills_in) // self.policy.interval)

    def header(self) -> str:
        """The charge as an item of `RateLimit` (the same draft, section 4): what remains, and in how many seconds
        the bucket is full."""
        reset = math.ceil(self.taken.refills_in.total_seconds())
        return f'"{self.policy.name}";r={self.remaining};t={reset}'


@dataclass(frozen=True, slots=True)
class Limit:
    """The policies of one kind of request; ``networks`` are those of callers without a key."""

    verifier: Policy
    networks: Mapping[Level, Policy]


_SECOND = timedelta(seconds=1)


def _without_key(name: str) -> Mapping[Level, Policy]:
    """A class of thirty behind one address, two items each, then one a second. Sites and providers have more, so that
    no client uses up what it shares with others."""
    return MappingProxyType(
        {
            Level.CLIENT: Policy(name, 60, _SECOND),
            Level.SITE: Policy(f"{name}-site", 240, _SECOND / 4),
            Level.PROVIDER: Policy(f"{name}-provider", 1_200, _SECOND / 20),
        }
    )


# Two batches of the largest size at once, then 20 credentials a second: 1.7 million a day.
_VERIFY = Limit(Policy("verify", 2_000, timedelta(milliseconds=50)), _without_key("verify"))
# Suggestions while fifty recruiters of a platform type, then 10 searches a second. How much of the directory a network
# reads in a day has a limit of its own, with and without a key (`directory.reading_limit`).
_DIRECTORY = Limit(Policy("directory", 600, timedelta(milliseconds=100)), _without_key("directory"))
# Watches for two batches of the largest size in half an hour; nobody watches without a key.
_WATCH = Limit(Policy("watch", 200, _SECOND), MappingProxyType({}))
LIMITS: Mapping[Scope, Limit] = MappingProxyType(
    {Scope.VERIFY: _VERIFY, Scope.BATCH: _VERIFY, Scope.DIRECTORY: _DIRECTORY, Scope.WATCH: _WATCH}
)
"""By the scope that a route needs. A batch counts as many as it has items, against the same limit as single ones; a
search of the directory counts as one, however many people it finds."""
MAX_BATCH_COST = _VERIFY.verifier.burst
"""What a batch costs at most, however many items it has: a full bucket. `batch.jobs.JOBS_PER_DAY` limits larger
ones."""


class ApiMeter:
    """Counts the items of one request. ``charges`` says what is left, also after a refusal."""

    def __init__(self, limits: ApiLimits, buckets: tuple[tuple[str, Policy], ...]) -> None:
        self._limits = limits
        self._buckets = buckets
        self.charges: dict[str, Charge] = {}
        self._counted = 0

    def charge(self, items: int) -> None:
        """Count ``items``, at most the burst. Raises `TooMany`, `Unavailable`; `ValueError` for more than that, which
        would never be admitted."""
        if items > min(policy.burst for _, policy in self._buckets):
            raise ValueError(f"{items} items are more than the limit admits at once.")
        if items < 1:
            return
        now = self._limits.clock().astimezone(UTC)
        for name, policy in self._buckets:
            taken = self._limits.store.take(name, now, items * policy.interval, policy.window)
            self.charges[policy.name] = Charge(policy, taken)
            if taken.wait:
                # Who repeats the request needs room for all its items, also for those already counted.
                raise _too_many(taken.wait + self._counted * policy.interval)
        self._counted += items

    def headers(self) -> dict[str, str]:
        """`RateLimit-Policy` and `RateLimit`."""
        if not self.charges:
            return {}
        return {
            "RateLimit-Policy": ", ".join(policy.header() for _, policy in self._buckets),
            "RateLimit": ", ".join(charge.header() for charge in self.charges.values()),
        }


@dataclass(frozen=True, slots=True)
class ApiLimits:
    """The limits of all callers."""

    store: RateStore
    salts: Salts
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]

    def of_verifier(self, scope: Scope, verifier_id: str) -> ApiMeter:
        """The meter of a request with an API key."""
        policy = LIMITS[scope].verifier
        return ApiMeter(self, ((f"verifier {policy.name} {verifier_id}", policy),))

    def of_network(self, scope: Scope, address: str, *, by_other_site: bool = False) -> ApiMeter:
        """The meter of a request without one, from ``address``. What pages of other sites send in the browsers of their
        visitors counts apart, so that it cannot use up what these may ask themselves. Raises `Unavailable`."""
        now = self.clock().astimezone(UTC)
        salt = self.salts.create(now.date(), self.entropy(SALT_BYTES))
        sender = "other site" if by_other_site else "network"
        counted = [(network, LIMITS[scope].networks[level]) for level, network in networks.levels(address)]
        buckets = ((network_id(salt, f"{sender} {policy.name} {network}"), policy) for network, policy in counted)
        return ApiMeter(self, tuple(buckets))


def _too_many(wait: timedelta) -> TooMany:
    seconds = max(1, math.ceil(wait.total_seconds()))
    detail = plural(
        "Too many requests. Try again in {count} second.", "Too many requests. Try again in {count} seconds.", seconds
    )
    return TooMany(detail, seconds)
