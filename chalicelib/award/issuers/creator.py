"""Recognise issuers created from one mailbox or one network, without storing either.

Issuers are free, so the limits that newcomers share are divided by creator (decision 20). Each value is one of 65,536:
enough to tell the creators of a day apart, and too few to find a mailbox or a network by it. It is keyed, so that
an attacker cannot search for a mailbox that shares the limits of another creator.
"""

from __future__ import annotations

import hmac
import ipaddress

from chalicelib.analytics import networks
from chalicelib.credential.email_address import normalize, without_tag

_HEX_DIGITS = 4
_IPV4_PREFIX = 24
"""The smallest IPv4 network that is routed on its own, and so that is sold or rented."""
_IPV6_PREFIX = 48
"""The prefix assigned to one site (RFC 6177), and the one that free tunnels give to anyone."""


def creator_ids(secret: bytes, email: str, client_address: str) -> tuple[str, ...]:
    """The value of `Issuer.creator` for the person with ``email``, whose request came from ``client_address``.

    ``secret`` stays the same for a year.
    """
    address = networks.parse(client_address)
    prefix = _IPV6_PREFIX if isinstance(address, ipaddress.IPv6Address) else _IPV4_PREFIX
    network = "" if address is None else networks.network(address, prefix)
    return _value(secret, "mailbox", without_tag(normalize(email))), _value(secret, "network", network)


def _value(secret: bytes, kind: str, text: str) -> str:
    return f"{kind}-{hmac.digest(secret, f'{kind} {text}'.encode(), 'sha256').hex()[:_HEX_DIGITS]}"
