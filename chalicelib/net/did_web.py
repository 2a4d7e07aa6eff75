"""Resolve did:web: a DID document on its owner's web server (did:web Method Specification, "Read (Resolve)")."""

from __future__ import annotations

from urllib.parse import urlsplit

from chalicelib.credential.did import DID_WEB
from chalicelib.errors import Unavailable
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.web import WebFetcher, read
from chalicelib.verify.keys.did_document import controller_of
from chalicelib.verify.ports import Controller

PREFIX = "did:web:"
_WELL_KNOWN = "/.well-known/did.json"
_ACCEPT = "application/did+json, application/did+ld+json;q=0.9, application/json;q=0.8"


class DidWeb:
    """Resolves did:web within one request."""

    def __init__(self, web: WebFetcher, deadline: Deadline) -> None:
        self._web = web
        self._deadline = deadline

    def find(self, did: str) -> Controller:
        """Fetch the controller ``did``. Raises `Unavailable` when there is no usable document."""
        url = document_url(did)
        # Redirects to another origin are followed only from the host's well-known path, which its owner controls (RFC
        # 8615). On any other path, such as /out/evil.example/.well-known/did.json, an open redirect could lead to a
        # document of someone else.
        same_origin = urlsplit(url).path != _WELL_KNOWN
        fetched = self._web.get(url, accept=_ACCEPT, deadline=self._deadline, same_origin=same_origin)
        return read(fetched, lambda document: controller_of(document, did, (fetched.evidence(),)))


def document_url(did: str) -> str:
    """The URL of the document of ``did``. Raises `Unavailable` (`did_malformed`) for anything that is not a did:web.

    The host is not checked here. The guard refuses IP addresses, as did:web does, and other ports.
    """
    match = DID_WEB.fullmatch(did)
    segments = match["path"].split(":")[1:] if match else []
    if match is None or any(segment in (".", "..") for segment in segments):
        raise Unavailable(f"{did[:200]!r} is not a did:web.", code="did_malformed")
    authority = match["host"] if match["port"] is None else f"{match['host']}:{match['port']}"
    return f"https://{authority}/{'/'.join(segments or ['.well-known'])}/did.json"
