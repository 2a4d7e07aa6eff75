"""Where an issuer's key is published on the web, and whether that shows who the issuer is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from chalicelib.credential.did import DID_WEB
from chalicelib.credential.public_suffix import shared_suffix

MAX_PLACE = 200
"""Maximum characters of a place in a sentence."""

_ISSUER_URL = re.compile(r"https://(?P<host>[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?(?P<path>/[!-~]*)?", re.ASCII)
_OF_HOST = ("", "/")
"""Paths that belong to the host as a whole. So does everything below `/.well-known/` (RFC 8615)."""


@dataclass(frozen=True, slots=True)
class KeyLocation:
    """Where the key is published. ``place`` is a host, with the path on it if there is one."""

    place: str
    domain: str | None
    """The host, if it is the issuer's own; None if the place is a path, a port or a name on a shared host."""


def key_location(issuer: str, documents: Sequence[str], base_url: str) -> KeyLocation | None:
    """Return where the key of ``issuer`` is published; ``documents`` are the URLs that it was read from.

    None for an issuer without a web address, and for one that is hosted here: the host of this deployment says nothing
    about who uses it. A domain is only returned if the issuer controls the whole host, because anyone can get a path on
    a shared one (`github.com/someone/repo`), a name under a shared one (`someone.github.io`), or a file on one.
    """
    match = DID_WEB.fullmatch(issuer) or _ISSUER_URL.fullmatch(issuer)
    if match is None:
        return None
    host, port = match["host"].lower().removesuffix("."), match["port"]
    if host == urlsplit(base_url).hostname:
        return None
    path = (match["path"] or "").replace(":", "/") if issuer.startswith("did:") else (match["path"] or "")
    if path in _OF_HOST and issuer.startswith("https:"):
        path = _path_of_key(documents)
    place = host if port in (None, "443") else f"{host}:{port}"
    if path in _OF_HOST and place == host and shared_suffix(host) is None:
        return KeyLocation(place, host)
    return KeyLocation(_shortened(f"{place}{path}".removesuffix("/")), None)


def _path_of_key(documents: Sequence[str]) -> str:
    """The path of the first document that led to the key: a signer may name any file on the issuer's site."""
    path = urlsplit(documents[0]).path if documents else ""
    return "" if path.startswith("/.well-known/") else path


def _shortened(place: str) -> str:
    return place if len(place) <= MAX_PLACE else f"{place[: MAX_PLACE - 1]}…"
