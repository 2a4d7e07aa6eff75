"""Sanitizing and formatting of untrusted values for pages."""

from __future__ import annotations

import re
from datetime import datetime

from chalicelib.credential import dates
from chalicelib.credential.quotation import limit_combining_marks
from chalicelib.errors import Malformed
from chalicelib.language import phrase
from chalicelib.language.phrase import with_values

_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][^\s\\\"'<>`\x00-\x1f\x7f]*)?", re.ASCII)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}", re.ASCII)
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Explicit directional formatting (UAX #9, 2): a name could use it to reorder the sentence around it."""
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)
MAX_LINK = 2048
"""Maximum length in characters; longer URLs break in some browsers and are not pages that a person would open."""


def optional_text(value: object) -> str | None:
    """Return ``value`` without directional formatting and piles of marks if it is a non-blank string, else None."""
    return limit_combining_marks(value.translate(_TURNING)).strip() or None if isinstance(value, str) else None


def sentence(value: str) -> str:
    """Return a sentence of Laurel's own, with the values that others wrote sanitized by `optional_text`."""
    return with_values(value, lambda text: optional_text(text) or "")


def isolated(value: str) -> str:
    """Isolate the text direction of ``value`` within a sentence (Unicode UAX #9, FSI and PDI)."""
    return f"\u2068{value}\u2069"


def https(value: object) -> str | None:
    """Return ``value`` if it is a safe link: https, a plain host, no user name, and no ambiguous characters."""
    return value if isinstance(value, str) and len(value) <= MAX_LINK and _HTTPS.fullmatch(value) else None


def picture(value: str) -> bool:
    """Whether ``value`` is a data URL of a raster image type."""
    return _PICTURE.fullmatch(value) is not None


def language_tag(value: object) -> str | None:
    """Return ``value`` if it is a language tag (BCP 47), else None."""
    return value if isinstance(value, str) and _LANGUAGE_TAG.fullmatch(value) else None


def moment(value: object) -> datetime | None:
    """Parse a timestamp in a credential, None if it is absent or invalid."""
    try:
        return dates.parse(value)
    except Malformed:
        return None


def day(value: datetime) -> str:
    """Format a date for the console, which is in English."""
    return phrase.day(value)


def minute(value: datetime) -> str:
    """Format a date and time for the console, which is in English."""
    return phrase.minute(value)


def stamp(value: datetime) -> str:
    """Format a timestamp for `<time datetime>`."""
    return dates.write(value)


def paragraphs(value: str) -> list[str]:
    """Split plain text into paragraphs at blank lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", value) if part.strip()]
