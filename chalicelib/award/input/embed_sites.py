"""The websites that may show an issuer's credentials in a frame."""

from __future__ import annotations

import re

from chalicelib.errors import Refused

MAX_SITES = 20
"""Maximum websites. The list is sent with each frame; an organization with more websites can leave it empty."""
MAX_LENGTH = 2_000
"""Maximum characters of the list; headers of more than 8 KB are refused by proxies."""
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SITE = re.compile(
    rf"https://(?:\*\.)?{_LABEL}(?:\.{_LABEL})+(?::\d{{1,5}})?|http://localhost(?::\d{{1,5}})?", re.ASCII
)
"""Origins as in `frame-ancestors` (CSP 3, 6.4.2.1), and a developer's own machine."""


def check(text: str) -> None:
    """Check a list of websites, separated by white space. Raises `Refused` (`bad_site`)."""
    found = text.split()
    if len(text) > MAX_LENGTH or len(found) > MAX_SITES:
        raise Refused(f"List at most {MAX_SITES} websites.", code="bad_site")
    for site in found:
        if not _SITE.fullmatch(site):
            raise Refused(
                f"{site[:80]!r} is not a website such as https://fernhill.example or https://*.fernhill.example.",
                code="bad_site",
            )


def ancestors(text: str | None, base_url: str) -> str | None:
    """Return the value of the directive `frame-ancestors`, None if any page may show the frame.

    An empty list is any page: `*` would leave out pages in files, in which people try a widget first (CSP 3, 6.7.2.8).
    A list that is not valid allows only Laurel's own pages.
    """
    if not text or not text.split():
        return None
    try:
        check(text)
    except Refused:
        return base_url
    return " ".join((base_url, *text.split()))
