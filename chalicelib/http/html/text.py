"""Other people's text, made fit for a page."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import unquote

from chalicelib.credential import dates
from chalicelib.errors import Malformed

_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][^\s\\\"'<>`\x00-\x1f\x7f]*)?", re.ASCII)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}", re.ASCII)
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Explicit directional formatting (UAX #9, 2): a name could use it to rewrite the sentence that it stands in."""
MAX_LINK = 2048
"""Characters; longer addresses break in some browsers and are no page that a person would open."""


def said(value: object) -> str | None:
    """``value`` if it is text that says something, else None; without the characters that turn text around."""
    return value.translate(_TURNING).strip() or None if isinstance(value, str) else None


def isolated(value: str) -> str:
    """``value`` inside a sentence of ours, so that its direction stays its own (Unicode UAX #9, FSI and PDI)."""
    return f"\u2068{value}\u2069"


def https(value: object) -> str | None:
    """``value`` if it may be a link: https, a plain host, no user name, nothing that a browser would read otherwise."""
    return value if isinstance(value, str) and len(value) <= MAX_LINK and _HTTPS.fullmatch(value) else None


def picture(value: str) -> bool:
    """Whether ``value`` holds a picture in itself: a data URL of a kind that is pixels and nothing else."""
    return _PICTURE.fullmatch(value) is not None


def domain(issuer: object) -> str | None:
    """The web domain that a did:web or an https issuer stands for, None for any other name."""
    if not isinstance(issuer, str):
        return None
    if issuer.startswith("did:web:"):
        return unquote(issuer.removeprefix("did:web:").partition(":")[0])
    return https(issuer) and issuer.removeprefix("https://").partition("/")[0]


def moment(value: object) -> datetime | None:
    """The moment that a credential writes, None when there is none."""
    try:
        return dates.parse(value)
    except Malformed:
        return None


def day(value: datetime) -> str:
    """Such as `3 March 2026`."""
    return f"{value:%-d %B %Y}"


def minute(value: datetime) -> str:
    """Such as `3 March 2026, 14:05 UTC`."""
    return f"{value:%-d %B %Y, %H:%M} UTC"


def stamp(value: datetime) -> str:
    """For machines, in `<time datetime>`."""
    return dates.write(value)


def paragraphs(value: str) -> list[str]:
    """Plain text cut at its empty lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", value) if part.strip()]
