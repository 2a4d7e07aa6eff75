"""Anonymous daily visitor ids."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from chalicelib.analytics import networks
from chalicelib.analytics.event import Visit

SALT_BYTES = 32
"""As long as the output of SHA-256 (RFC 2104, section 3: no shorter key)."""

_DOMAIN = b"laurel/visitor/1"
_NETWORK_DOMAIN = b"laurel/network/1"
_KEPT_BYTES = 16
"""128 of 256 bits: enough to make a collision within a day implausible, while half of the hash is discarded."""
_DESCRIBED = ("visitor_class", "country", "language", "device", "utm_source", "utm_medium", "utm_campaign")
_NETWORK_BITS = {4: 24, 6: 48}
"""Prefix length of an address that is hashed. The rest identifies a line or a device (Google Analytics' "IP
anonymization" drops it too), so that a leaked salt reveals a network and not a person."""


def visitor(salt: bytes, address: str, user_agent: str) -> str:
    """The visitor id for one day, 32 hexadecimal characters.

    The id is the same for the same network and user agent under the same ``salt``, and cannot be computed without the
    salt. All four billion IPv4 addresses can be hashed in minutes, so the salt must be secret and must be destroyed.
    """
    keyed = hmac.new(salt, _DOMAIN, hashlib.sha256)
    for part in (_network(address), user_agent):
        data = part.encode("utf-8", "surrogatepass")
        keyed.update(len(data).to_bytes(8))  # length prefixes, so that no two pairs encode to the same bytes
        keyed.update(data)
    return keyed.digest()[:_KEPT_BYTES].hex()


def visitor_of(visit: Visit, salt: bytes | None) -> str | None:
    """The visitor id of ``visit``; None without a salt, and for a visitor who has opted out of tracking."""
    return None if salt is None or visit.private else visitor(salt, visit.address, visit.user_agent)


def described(visit: Visit) -> dict[str, Any]:
    """The members of an event that are copied from ``visit``."""
    return {name: getattr(visit, name) for name in _DESCRIBED}


def network_id(salt: bytes, network: str) -> str:
    """The id of a network for one day, 32 hexadecimal characters: for counting what it uses. It reveals as little as
    `visitor`, and cannot be matched with one."""
    keyed = hmac.new(salt, _NETWORK_DOMAIN, hashlib.sha256)
    keyed.update(network.encode("utf-8", "surrogatepass"))
    return keyed.digest()[:_KEPT_BYTES].hex()


def _network(address: str) -> str:
    """The network of ``address``; returns text that is not an IP address unchanged."""
    found = networks.parse(address)
    return address if found is None else networks.network(found, _NETWORK_BITS[found.version])
