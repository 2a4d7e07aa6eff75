"""The IP addresses that may be contacted: only public ones, by stricter rules than `ipaddress.is_global`."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

# IANA IPv4 and IPv6 Special-Purpose Address Registries, and the multicast and IPv6 address space registries. Blocks
# that IANA calls globally reachable are also listed when they host no web servers.

_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # "this network", RFC 791
            "10.0.0.0/8",  # private use, RFC 1918
            "100.64.0.0/10",  # shared address space of carriers, RFC 6598
            "127.0.0.0/8",  # loopback, RFC 1122
            "168.63.129.16/32",  # a cloud provider's host agent, in public space
            "169.254.0.0/16",  # link local, RFC 3927; metadata services
            "172.16.0.0/12",  # private use, RFC 1918
            "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
            "192.0.2.0/24",  # documentation, RFC 5737
            "192.31.196.0/24",  # AS112, RFC 7535
            "192.52.193.0/24",  # AMT, RFC 7450
            "192.88.99.0/24",  # 6to4 relays, deprecated by RFC 7526
            "192.168.0.0/16",  # private use, RFC 1918
            "192.175.48.0/24",  # AS112, RFC 7534
            "198.18.0.0/15",  # benchmarking, RFC 2544
            "198.51.100.0/24",  # documentation, RFC 5737
            "203.0.113.0/24",  # documentation, RFC 5737
            "224.0.0.0/4",  # multicast, RFC 5771
            "240.0.0.0/4",  # reserved, RFC 1112; limited broadcast, RFC 919
        ),
    )
)

_GLOBAL_UNICAST_6 = IPv6Network("2000::/3")
"""All that IANA has allocated for unicast (RFC 4291, 2.4). Everything else in IPv6 is refused by this alone: mapped and
compatible IPv4, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard (100::/64), SRv6 (5f00::/16), unique local (fc00::/7),
link local (fe80::/10), site local (fec0::/10) and multicast (ff00::/8)."""

_NOT_PUBLIC_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments, RFC 2928: Teredo, benchmarking, ORCHID, AMT, AS112, drones
            "2001:db8::/32",  # documentation, RFC 3849
            "2002::/16",  # 6to4, RFC 3056: holds an IPv4 address
            "2620:4f:8000::/48",  # AS112, RFC 7534
            "3ffe::/16",  # 6bone, returned to IANA by RFC 3701
            "3fff::/20",  # documentation, RFC 9637
        ),
    )
)


def public_address(address: Address) -> bool:
    """Whether ``address`` can belong to a public web server."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _GLOBAL_UNICAST_6 and not any(address in network for network in _NOT_PUBLIC_6)
