"""IP networks, by which visitors are counted."""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address


def parse(text: str) -> IPv4Address | IPv6Address | None:
    """The IP address in ``text``, an IPv4-mapped one as IPv4; None for other text."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def network(address: IPv4Address | IPv6Address, prefix: int) -> str:
    """The network of ``address`` with this prefix length, such as `2001:db8::/32`."""
    kind = IPv6Network if isinstance(address, IPv6Address) else IPv4Network
    return str(kind((int(address), prefix), strict=False))


class Level(Enum):
    """Who shares a network. IPv6 addresses cost nothing within one, so they are counted on all three levels."""

    CLIENT = 64
    """One IPv4 address, or one IPv6 /64: the subnet of a household or office (RFC 4291, 2.5.4)."""
    SITE = 48
    """One IPv6 /48: one site, which has 65,536 subnets (RFC 6177)."""
    PROVIDER = 32
    """One IPv6 /32: one provider with many customers, the smallest allocation of RIPE NCC and ARIN."""


def levels(text: str) -> list[tuple[Level, str]]:
    """The networks that the client address in ``text`` is counted under, smallest first, so that a client that has
    reached its own limit does not use up that of its neighbours. Text that is not an address counts as one client."""
    address = parse(text)
    if isinstance(address, IPv6Address):
        return [(level, network(address, level.value)) for level in Level]
    return [(Level.CLIENT, "unknown" if address is None else str(address))]
