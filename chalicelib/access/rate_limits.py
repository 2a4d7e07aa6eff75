"""Rate limits. A subject is stored only as a keyed hash, and the key is destroyed after the day."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.access import signing_keys
from chalicelib.access.access_context import AccessContext
from chalicelib.analytics import networks
from chalicelib.analytics.networks import Level
from chalicelib.errors import TooMany as TooMany  # noqa: PLC0414 - importable from here, where the limits are
from chalicelib.language.phrase import plural


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``max_count`` times within each ``window``."""

    name: str
    max_count: int
    window: timedelta


def within(access_context: AccessContext, limit: Limit, subject: str) -> bool:
    """Count one request of ``subject``; False when the ``limit`` was already reached."""
    _, ends = _window(access_context, limit)
    return access_context.session_store.count(_counter(access_context, limit, subject), limit.max_count, ends)


def give_back(access_context: AccessContext, limit: Limit, subject: str) -> None:
    """Undo `within` for something that did not happen. After the end of the window there is nothing to undo."""
    access_context.session_store.decrement(_counter(access_context, limit, subject))


def enforce(access_context: AccessContext, limit: Limit, subject: str) -> None:
    """Count one request of ``subject``; raises `TooMany` when the ``limit`` was already reached."""
    if not within(access_context, limit, subject):
        seconds = int((_window(access_context, limit)[1] - access_context.now()).total_seconds())
        minutes = max(1, round(seconds / 60))
        detail = plural(
            "Too many requests. Try again in {count} minute.",
            "Too many requests. Try again in {count} minutes.",
            minutes,
        )
        raise TooMany(detail, seconds)


@dataclass(frozen=True, slots=True)
class NetworkLimit:
    """At most so many times within each ``window`` from one client address, and from the networks around it, by their
    `Level`."""

    name: str
    per_client: int
    per_site: int
    per_provider: int
    """Larger, because a provider has many legitimate customers."""
    window: timedelta

    def of(self, address: str) -> tuple[tuple[Limit, str], ...]:
        """The limits that a client ``address`` counts against, each with the network, smallest first."""
        counts = {Level.CLIENT: self.per_client, Level.SITE: self.per_site, Level.PROVIDER: self.per_provider}
        found = networks.levels(address)
        return tuple((Limit(self.name, counts[level], self.window), network) for level, network in found)


def within_networks(access_context: AccessContext, limit: NetworkLimit, address: str, subject: str = "") -> bool:
    """Count one request about ``subject`` from ``address``; False when a limit of its networks was already reached."""
    return all(within(access_context, each, f"{subject} {network}") for each, network in limit.of(address))


def enforce_networks(access_context: AccessContext, limit: NetworkLimit, address: str) -> None:
    """Count one request from ``address``; raises `TooMany` when a limit of its networks was already reached."""
    for each, network in limit.of(address):
        enforce(access_context, each, f" {network}")


def _counter(access_context: AccessContext, limit: Limit, subject: str) -> str:
    start, _ = _window(access_context, limit)
    _, key = signing_keys.current(access_context)
    text = f"{limit.name}\0{subject}".encode()
    hashed = hmac.digest(signing_keys.derived(key, "count"), text, "sha256").hex()[:32]
    return f"{limit.name}-{start}-{hashed}"


def _window(access_context: AccessContext, limit: Limit) -> tuple[int, datetime]:
    seconds = int(limit.window.total_seconds())
    start = int(access_context.now().timestamp()) // seconds
    return start, datetime.fromtimestamp((start + 1) * seconds, UTC)
