"""Where well-known platforms publish the credential behind the page of a badge.

Their pages are drawn by scripts or do not link to the credential, but its address follows from that of the page. All
are Open Badges 2.0, which prove only what that address publishes, so nothing is trusted because of this table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class _Platform(NamedTuple):
    page: re.Pattern[str]
    address: Callable[[re.Match[str]], str]


def _credly(match: re.Match[str]) -> str:
    return f"https://api.credly.com/v1/obi/v2/badge_assertions/{match['id'].lower()}"


def _badgr(match: re.Match[str]) -> str:
    # The host may name a region, an organization, or both be missing; only regions have servers of their own.
    region = (match["region"] or "").lower()
    server = f"api.{region}.badgr.io" if region in _BADGR_REGIONS else "api.badgr.io"
    return f"https://{server}/public/assertions/{match['id']}.json?v=2_0"


def _open_badge_factory(match: re.Match[str]) -> str:
    return f"https://openbadgefactory.com/v1/assertion/{match['id'].lower()}"


_BADGR_REGIONS = frozenset({"au", "ca", "eu"})
_PLATFORMS = (
    _Platform(
        re.compile(rf"https://(?:www\.)?credly\.com/badges/(?P<id>{_UUID})(?:/[a-z_]+)?/?", re.IGNORECASE), _credly
    ),
    # Badgr, now Canvas Credentials.
    _Platform(
        re.compile(
            r"https://(?:(?P<region>[a-z0-9-]+)\.)?badgr\.(?:com|io)/public/assertions/(?P<id>[A-Za-z0-9_-]{22})/?",
            re.IGNORECASE,
        ),
        _badgr,
    ),
    _Platform(
        re.compile(r"https://openbadgefactory\.com/v1/assertion/(?P<id>[0-9a-f]{40})\.html", re.IGNORECASE),
        _open_badge_factory,
    ),
)


def credential_of(url: str) -> str | None:
    """Return the address of the credential behind the page at ``url``; None for other addresses.

    A query or a fragment is ignored and not sent: some links contain the recipient's email address in it.
    """
    plain = url.partition("#")[0].partition("?")[0]
    for platform in _PLATFORMS:
        if match := platform.page.fullmatch(plain):
            return platform.address(match)
    return None
