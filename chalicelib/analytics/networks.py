"""IP networks, by which visitors are counted."""

from __future__ import annotations

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
