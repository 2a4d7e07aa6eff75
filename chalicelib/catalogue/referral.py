"""Signed links to enrolment pages, `/go/{token}`.

A token names the achievement, never a URL: the target is read from the issuer's own achievement when the link is
followed, so no token can lead to another place. It is signed with a key derived from the salt of its day and works
until that salt is destroyed, soon after the day has ended. Later the link leads to the page of the achievement instead.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from chalicelib.analytics.channel import Channel
from chalicelib.catalogue.conversion import PARAMETER
from chalicelib.credential.public_id import ACHIEVEMENT_PATTERN, ISSUER_ID, PATTERN

NONCE_BYTES = 10
"""80 random bits: no two pages of a day share a nonce by chance."""
_DOMAIN = b"laurel/referral/1"
_MAC_BYTES = 16
"""128 of 256 bits: a forged link could only inflate a count for a day."""
_NONE = "-"
_TOKEN = re.compile(
    rf"(?P<issuer>{ISSUER_ID.pattern})\.(?P<achievement>{ACHIEVEMENT_PATTERN})\.(?P<credential>{PATTERN}|-)"
    rf"\.(?P<channel>{'|'.join(Channel)}|-)\.(?P<day>\d{{8}})\.(?P<nonce>[a-z2-7]{{16}})\.(?P<mac>[A-Za-z0-9_-]{{22}})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Referral:
    """A page's offer to enrol. ``nonce`` is that of the served page, so that a page counts as one click at most."""

    issuer_id: str
    achievement_id: str
    day: date
    nonce: str
    credential_id: str | None = None
    """The credential whose page it is; None for the page of the achievement."""
    channel: Channel | None = None
    """The channel that brought the visitor to that page."""


def nonce(entropy: bytes) -> str:
    """Write `NONCE_BYTES` random bytes as text."""
    return base64.b32encode(entropy).decode("ascii").lower()


def write(referral: Referral, salt: bytes) -> str:
    """Create the token of ``referral``; ``salt`` is that of its day."""
    parts = (
        referral.issuer_id,
        referral.achievement_id,
        referral.credential_id or _NONE,
        referral.channel or _NONE,
        f"{referral.day:%Y%m%d}",
        referral.nonce,
    )
    text = ".".join(parts)
    return f"{text}.{_mac(text, salt)}"


def read(token: str) -> Referral | None:
    """Parse ``token`` without checking its signature; None if it is malformed."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match["day"])
    except ValueError:
        return None
    credential, channel = (None if match[name] == _NONE else match[name] for name in ("credential", "channel"))
    return Referral(
        match["issuer"], match["achievement"], day, match["nonce"], credential, Channel(channel) if channel else None
    )


def is_signed(token: str, salt: bytes) -> bool:
    """Whether ``token`` was created with ``salt``."""
    text, _, mac = token.rpartition(".")
    return hmac.compare_digest(mac.encode("utf-8", "surrogatepass"), _mac(text, salt).encode("ascii"))


def tagged(url: str, referral: Referral, token: str | None = None) -> str:
    """Add the UTM parameters and the ``token`` for sign-ups to an enrolment URL; those that it already has stay as the
    issuer chose them.

    They name the achievement and the channel, never the holder or the credential.
    """
    parts = urlsplit(url)
    present = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    tags = {
        "utm_source": "laurel",
        "utm_medium": "credential" if referral.credential_id else "achievement",
        "utm_campaign": referral.achievement_id,
        **({"utm_content": referral.channel.value} if referral.channel else {}),
        **({PARAMETER: token} if token else {}),
    }
    added = urlencode({name: value for name, value in tags.items() if name not in present}, quote_via=quote)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


def _mac(text: str, salt: bytes) -> str:
    key = hmac.digest(salt, _DOMAIN, hashlib.sha256)
    mac = hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)[:_MAC_BYTES]
    return base64.urlsafe_b64encode(mac).decode("ascii").rstrip("=")
