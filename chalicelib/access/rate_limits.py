"""Rate limits. A subject is stored only as a keyed hash, and the key is destroyed after the day."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.access import signing_keys
from chalicelib.access.access_context import AccessContext
from chalicelib.errors import TooMany as TooMany  # noqa: PLC0414 - importable from here, where the limits are

V6_NETWORK = 56
"""Prefix length of the network of one household or office (RFC 6177), which has a practically unlimited number of
addresses."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``max_count`` times within each ``window``."""

    name: str
    max_count: int
    window: timedelta


def within(access_context: AccessContext, limit: Limit, subject: str) -> bool:
    """Count one request of ``subject``; False when the ``limit`` was already reached."""
    start, ends = _window(access_context, limit)
    _, key = signing_keys.current(access_context)
    text = f"{limit.name}\0{subject}".encode()
    hashed = hmac.digest(signing_keys.derived(key, "count"), text, "sha256").hex()[:32]
    return access_context.session_store.count(f"{limit.name}-{start}-{hashed}", limit.max_count, ends)


def enforce(access_context: AccessContext, limit: Limit, subject: str) -> None:
    """Count one request of ``subject``; raises `TooMany` when the ``limit`` was already reached."""
    if not within(access_context, limit, subject):
        seconds = int((_window(access_context, limit)[1] - access_context.now()).total_seconds())
        minutes = max(1, round(seconds / 60))
        wait = "1 minute" if minutes == 1 else f"{minutes} minutes"
        raise TooMany(f"Too many requests. Try again in {wait}.", seconds)


def network(address: str) -> str:
    """The network that an IP address is counted under: the address itself for IPv4, its /56 for IPv6; '' for text that
    is not an address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), V6_NETWORK), strict=False))


def _window(access_context: AccessContext, limit: Limit) -> tuple[int, datetime]:
    seconds = int(limit.window.total_seconds())
    start = int(access_context.now().timestamp()) // seconds
    return start, datetime.fromtimestamp((start + 1) * seconds, UTC)
