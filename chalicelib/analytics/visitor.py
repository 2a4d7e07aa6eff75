"""Who came back today, without a trace of who it was."""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import ip_address, ip_network

SALT_BYTES = 32
"""As long as the output of SHA-256 (RFC 2104, section 3: no shorter key)."""

_DOMAIN = b"laurel/visitor/1"
_KEPT_BYTES = 16
"""128 of 256 bits: no two visitors of a day meet by chance, and half of the hash is thrown away."""
_NETWORK_BITS = {4: 24, 6: 48}
"""How much of an address counts. The rest names a line or a device (so also Google Analytics' "IP anonymization"):
should the salt of today leak, it leads to a neighbourhood and not to a person."""


def visitor(salt: bytes, address: str, user_agent: str) -> str:
    """A name for one visitor within one day, 32 hexadecimal characters.

    The same for the same network and user agent under the same ``salt``, and without the salt not to be computed:
    all four billion IPv4 addresses can be hashed in minutes, so the key must be secret, and be destroyed.
    """
    keyed = hmac.new(salt, _DOMAIN, hashlib.sha256)
    for part in (_network(address), user_agent):
        data = part.encode("utf-8", "surrogatepass")
        keyed.update(len(data).to_bytes(8))  # so that no two pairs are read as the same text
        keyed.update(data)
    return keyed.digest()[:_KEPT_BYTES].hex()


def _network(address: str) -> str:
    """The network of ``address``; what is not an address stays as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ip_network((int(mapped), _NETWORK_BITS[mapped.version]), strict=False))
