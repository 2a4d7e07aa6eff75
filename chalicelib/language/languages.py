"""The languages, and the choice among them: the parameter `lang`, then `Accept-Language` (RFC 9110, 12.5.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping

DEFAULT = "en"
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "de": "Deutsch",
    "ar": "العربية",
    "ja": "日本語",
}
"""Each language by its code (BCP 47), named in itself."""
PARAMETER = "lang"
"""Query parameter that names the language of a page."""
_RIGHT_TO_LEFT = ("ar",)
MAX_HEADER = 500
"""Maximum characters of `Accept-Language` that are read: browsers send fewer than 100."""
_RANGE = re.compile(r"\s*([a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?", re.ASCII)


def direction(code: str) -> str:
    """Return the writing direction, for the attribute `dir`."""
    return "rtl" if code in _RIGHT_TO_LEFT else "ltr"


def in_language(url: str, code: str) -> str:
    """Return the URL of a page of Laurel, with the language in which to open it."""
    page, mark, fragment = url.partition("#")
    return f"{page}{'&' if '?' in page else '?'}{PARAMETER}={code}{mark}{fragment}"


def known(tag: str | None) -> str | None:
    """Return the language of ``tag``, such as `de` for `de-AT`; None if there is none."""
    primary = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary in LANGUAGES else None


def accepted(header: str | None) -> str:
    """Return the language that ``header`` prefers: the highest q, then the first."""
    best, weight = DEFAULT, 0.0
    for item in (header or "")[:MAX_HEADER].lower().split(","):
        match = _RANGE.fullmatch(item)
        if match is not None and match[1] in LANGUAGES and float(match[2] or 1) > weight:
            best, weight = match[1], float(match[2] or 1)
    return best
