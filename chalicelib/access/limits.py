"""How often something may be asked for, and by whom. Who asked is kept only as a keyed hash whose key ends with the
day."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.access import keyring
from chalicelib.access.gate import Gate
from chalicelib.errors import LaurelError

V6_NETWORK = 56
"""Bits: what one household or office gets (RFC 6177); within it an asker has addresses without end."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` times within each ``window``."""

    name: str
    most: int
    window: timedelta


class TooMany(LaurelError):
    """A limit is reached; it is worth another try after ``seconds``."""

    code = "too_many_requests"

    def __init__(self, detail: str, seconds: int) -> None:
        super().__init__(detail)
        self.seconds = seconds


def within(gate: Gate, limit: Limit, subject: str) -> bool:
    """Count one more for ``subject``; False when the ``limit`` was reached before."""
    start, ends = _window(gate, limit)
    _, key = keyring.current(gate)
    text = f"{limit.name}\0{subject}".encode()
    hashed = hmac.digest(keyring.derived(key, "count"), text, "sha256").hex()[:32]
    return gate.passes.count(f"{limit.name}-{start}-{hashed}", limit.most, ends)


def insist(gate: Gate, limit: Limit, subject: str) -> None:
    """The same; raises `TooMany` instead."""
    if not within(gate, limit, subject):
        seconds = int((_window(gate, limit)[1] - gate.now()).total_seconds())
        raise TooMany(f"That was asked for too often. Try again in {max(1, round(seconds / 60))} minutes.", seconds)


def network(address: str) -> str:
    """The network that an IP address counts for: itself for IPv4, its household's for IPv6; '' for what is none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), V6_NETWORK), strict=False))


def _window(gate: Gate, limit: Limit) -> tuple[int, datetime]:
    seconds = int(limit.window.total_seconds())
    start = int(gate.now().timestamp()) // seconds
    return start, datetime.fromtimestamp((start + 1) * seconds, UTC)
