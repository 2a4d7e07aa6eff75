"""The web address at which an issuer's key is published, and whether it identifies the issuer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from chalicelib.credential.did import DID_WEB, DID_WEBVH
from chalicelib.credential.public_suffix import shared_suffix

MAX_PLACE = 200
"""Maximum characters of a place in a sentence."""

_ISSUER_URL = re.compile(r"https://(?P<host>[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?(?P<path>/[!-~]*)?", re.ASCII)
_OF_HOST = ("", "/")
"""Paths of the host as a whole."""
_WELL_KNOWN = re.compile(r"/\.well-known(?:/\.?[A-Za-z0-9_-][A-Za-z0-9._-]*)+", re.ASCII)
"""Paths that only the owner of a host controls (RFC 8615). None of them can lead elsewhere, as `..` or `%2e` would."""


@dataclass(frozen=True, slots=True)
class KeyLocation:
    """The web address of a key. ``place`` is a host, with the path if there is one."""

    place: str
    domain: str | None
    """The host, if it is the issuer's own; None if the place is a path, a port or a name on a shared host."""


def key_location(issuer: str, documents: Sequence[str], base_url: str) -> KeyLocation | None:
    """Return where the key of ``issuer`` is published; ``documents`` are the URLs that it was read from.

    None for an issuer without a web address, and for one that is hosted here: the host of this deployment says nothing
    about who uses it. A domain is only returned if the issuer controls the whole host, because anyone can get a path on
    a shared one (`github.com/someone/repo`), a name under a shared one (`someone.github.io`), or a file on one.
    """
    match = DID_WEB.fullmatch(issuer) or DID_WEBVH.fullmatch(issuer) or _ISSUER_URL.fullmatch(issuer)
    if match is None:
        return None
    host, port, path = match["host"].lower().rstrip("."), match["port"], match["path"] or ""
    if host == urlsplit(base_url).hostname:
        return None
    if issuer.startswith("did:"):
        path, on_host = path.replace(":", "/"), not path
    elif path in _OF_HOST:
        # The signer may name any file on the issuer's site.
        path, on_host = _path_of_key(documents)
    else:
        on_host = False
    place = host if port in (None, "443") else f"{host}:{port}"
    if on_host and place == host and shared_suffix(host) is None:
        return KeyLocation(place, host)
    return KeyLocation(_shortened(f"{place}{path}".removesuffix("/")), None)


def _path_of_key(documents: Sequence[str]) -> tuple[str, bool]:
    """The path of the first document that led to the key, and whether only the owner of the host can publish there."""
    if not documents:
        return "", False
    path = urlsplit(documents[0]).path
    return ("", True) if path in _OF_HOST or _WELL_KNOWN.fullmatch(path) else (path, False)


def _shortened(place: str) -> str:
    return place if len(place) <= MAX_PLACE else f"{place[: MAX_PLACE - 1]}…"
