"""The proof by which a domain names its issuers: a TXT record or a well-known file that contains the issuer's DID.

The domain names the issuer, not the other way round, so there is no secret or code to store:
the domain's owner decides, and removes the proof by deleting the line.
"""

from __future__ import annotations

import re

from chalicelib.credential.issuer import ProofLocation
from chalicelib.errors import Refused

RECORD = "_laurel"
"""The TXT record's name below the domain (RFC 8552: an underscored name of its own)."""
PREFIX = "issuer="
"""The prefix before the DID in a TXT record."""
FILE = "/.well-known/laurel-issuers.txt"
"""One DID per line."""

_SCHEME = re.compile(r"\Ahttps?://")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,58}}[a-z0-9])", re.ASCII)


def normalize(text: str) -> str:
    """Normalize ``text``: lower case, without scheme, trailing slash or dot. Raises `Refused` (`bad_domain`)."""
    domain = _SCHEME.sub("", text.strip().lower()).removesuffix("/").removesuffix(".")
    if not _DOMAIN.fullmatch(domain):
        raise Refused(
            f"{text[:80]!r} is not a domain such as northwind.example. Enter it without a path, and with letters "
            "outside a to z as punycode (xn--…).",
            code="bad_domain",
        )
    return domain


def record_name(domain: str) -> str:
    """The name of the TXT record of ``domain``."""
    return f"{RECORD}.{domain}"


def proof_url(domain: str, place: ProofLocation) -> str:
    """The URL of the proof of a domain (RFC 4501 for DNS)."""
    return f"dns:{record_name(domain)}?type=TXT" if place is ProofLocation.DNS else f"https://{domain}{FILE}"
