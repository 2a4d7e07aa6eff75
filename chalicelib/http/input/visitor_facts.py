"""Facts about a visitor in a request that are coarse enough to be stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalice.app import Request

from chalicelib.analytics.event import Device

MAX_TAG = 64
"""Maximum characters of a UTM tag that are stored: names of campaigns are shorter."""
_COUNTRY = re.compile("[A-Z]{2}", re.ASCII)
_LANGUAGE = re.compile("([a-zA-Z]{2,3})(?:-[a-zA-Z0-9-]*)?", re.ASCII)
_TAG = re.compile(r"[a-z0-9][a-z0-9 ._+-]*", re.ASCII)
_UTM = ("utm_source", "utm_medium", "utm_campaign")
_TABLET = re.compile(r"iPad|Tablet|Android(?!.*Mobile)|Kindle|Silk")
_PHONE = re.compile("Mobi|iPhone")


def facts_from_request(request: Request) -> Mapping[str, Any]:
    """The members of a visit that describe the visitor; none for a visitor who has opted out of tracking."""
    headers = request.headers
    if headers.get("sec-gpc") == "1" or headers.get("dnt") == "1":
        return {"private": True}
    tags: Mapping[str, str] = request.query_params or {}
    return {
        "country": _matching(_COUNTRY, headers.get("cloudfront-viewer-country")),
        "language": language(headers.get("accept-language")),
        "device": device(headers),
        **{name: _matching(_TAG, tags.get(name, "").lower()[:MAX_TAG]) for name in _UTM},
    }


def language(accepted: str | None) -> str | None:
    """The first language of `Accept-Language`, without its region, None for other text."""
    found = _LANGUAGE.fullmatch((accepted or "").partition(",")[0].partition(";")[0].strip())
    return found[1].lower() if found else None


def device(headers: Mapping[str, str]) -> Device | None:
    """The class of the device, by the client hint, else by the words that browsers have in their user agent."""
    agent = str(headers.get("user-agent", ""))
    if not agent:
        return None
    if _TABLET.search(agent):
        return Device.TABLET
    if headers.get("sec-ch-ua-mobile") == "?1" or _PHONE.search(agent):
        return Device.PHONE
    return Device.DESKTOP


def _matching(pattern: re.Pattern[str], text: str | None) -> str | None:
    return text if text and pattern.fullmatch(text) else None
