"""Public documents for verifiers: DID documents, status lists, and badge images."""

from __future__ import annotations

import re

from chalice.app import Request

from chalicelib.credential.did import did_document
from chalicelib.credential.public_id import ISSUER_ID, PUBLIC_ID
from chalicelib.credential.record import IMAGE_NAME
from chalicelib.errors import NotFound
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json, public
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import negotiation
from chalicelib.settings import Function

DID_SECONDS = 0
"""External verifiers ask each time, mostly for a 304: with an older copy they would call a credential that is signed
with a new key forged, and trust a key that was removed. Our own verifier reads the table."""
STATUS_SECONDS = 60
"""How long external verifiers may cache a status list; our own verifier reads it each time. It is not shorter, because
a verifier would download the list again for each of its credentials."""
IMAGE_SECONDS = 31_536_000
"""One year, the longest that RFC 9111 caches keep: an image's URL contains its hash."""

SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Content Security Policy of an image whose own URL is opened: an SVG file runs and loads nothing there."""
_LIST_FORMS = (negotiation.VC, negotiation.LD_JSON, negotiation.JSON)


def routes(services: Services) -> Routes:
    """Create the routes `/.well-known/did.json`, `/issuers/{id}/did.json`, `/status/{list}`, `/images/{file}`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/.well-known/did.json", access=PUBLIC)
    def host_did(request: Request) -> Reply:
        return _did(request, services.host.document())

    @bound.bind("/issuers/{id}/did.json", access=PUBLIC, missing="This issuer does not exist.")
    def issuer_did(request: Request, issuer_id: str) -> Reply:
        issuer = services.public_store.issuer(_matching(ISSUER_ID, issuer_id))
        return _did(request, did_document(issuer.did, issuer.keys))

    @bound.bind("/status/{list}", access=PUBLIC, missing="This status list does not exist.")
    def status_list(request: Request, list_id: str) -> Reply:
        wanted = negotiation.ranked(request.headers.get("accept"), _LIST_FORMS)
        if not wanted:
            detail = f"Accept one of: {', '.join(_LIST_FORMS)}."
            raise Problem("not_acceptable", detail, more={"available": list(_LIST_FORMS)})
        found = services.public_store.status_list(_matching(PUBLIC_ID, list_id))
        return public(request, Reply(found.document, wanted[0], headers={"Vary": "Accept"}), STATUS_SECONDS)

    @bound.bind("/images/{file}", access=PUBLIC, missing="This image does not exist.")
    def image(request: Request, file: str) -> Reply:
        match = IMAGE_NAME.fullmatch(file)
        if match is None:
            raise NotFound("no such picture")
        found = services.public_store.image(match[1])
        if file != found.file_name:
            raise NotFound("another format")
        reply = Reply(found.content, found.media_type, headers={"Content-Security-Policy": SANDBOX})
        return public(request, reply, IMAGE_SECONDS, immutable=True)

    for path in tuple(bound.methods):
        bound.preflight(path)
    return bound


def _did(request: Request, document: dict[str, object]) -> Reply:
    return public(request, as_json(document, content_type=negotiation.DID_JSON), DID_SECONDS)


def _matching(pattern: re.Pattern[str], name: str) -> str:
    if not pattern.fullmatch(name):
        raise NotFound("no such name")
    return name
