"""Receipts: `/r/{file}`, the keys that check them, and the form that makes one for a hosted credential."""

from __future__ import annotations

import re

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.credential.public_id import PATTERN, PUBLIC_ID
from chalicelib.errors import NotFound
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, public, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render
from chalicelib.http.input import body, form, negotiation, request_context
from chalicelib.http.public.credential import recipient_form
from chalicelib.http.public.receipts import new_receipt, receipt_json, receipt_page
from chalicelib.receipts.keys import PATH
from chalicelib.receipts.receipt import Receipt, receipt_url
from chalicelib.settings import Function

KEYS_SECONDS = 300
"""How long verifiers may cache the keys: a new key signs at once, so a program that does not know a key asks again."""
JWS_SECONDS = 31_536_000
"""One year, the longest that RFC 9111 caches keep: the signed part never changes."""
MISSING = "Check that you copied the whole link: the part after /r/ is 26 characters long."
_FILE = re.compile(rf"({PATTERN})(?:\.(json|jws))?", re.ASCII)
_NOT_HOSTED = "There is no credential at this address, so no receipt was made."


def routes(services: Services) -> Routes:
    """Create the routes `/r/{file}`, `/.well-known/jwks.json` and `/c/{id}/receipt`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/r/{file}", access=PUBLIC, missing=MISSING)
    def receipt(request: Request, file: str) -> Reply:
        named = _FILE.fullmatch(file)
        if named is None:
            raise NotFound("no such receipt")
        found = services.receipts.find(named[1])
        if named[2] == "jws":
            return public(request, _token(found), JWS_SECONDS, immutable=True)
        if named[2] == "json":
            return _json(found, bound.base_url, **_download(f"{found.id}.json"))
        if negotiation.wants_page(request.headers.get("accept")):
            return _page(found, bound.base_url)
        return _json(found, bound.base_url, Vary="Accept")

    @bound.bind(PATH, access=PUBLIC)
    def keys(request: Request) -> Reply:
        document = services.receipts.keys.document()
        return public(request, as_json(document, content_type=negotiation.JWK_SET), KEYS_SECONDS)

    @bound.bind("/c/{id}/receipt", access=PUBLIC, methods=("POST",), missing=_NOT_HOSTED)
    def make(request: Request, credential_id: str) -> Reply:
        if not PUBLIC_ID.fullmatch(credential_id):
            raise NotFound("no such credential")
        fields = form.sent(request, body.MAX_ADDRESS_FORM).fields
        options = recipient_form.entered(fields.get("email", b"")).options
        # No visit is recorded: the page was counted when it was opened.
        opened = services.hosted_reports.open(credential_id, None, options)
        visit = request_context.create(request, Kind.VIEW)
        made = new_receipt.of_hosted(services, opened, options, visit)
        return Reply("", "text/plain", 303, uncached(Location=receipt_url(bound.base_url, made.id)))

    for path in ("/r/{file}", PATH):
        bound.preflight(path)
    return bound


def _page(found: Receipt, base_url: str) -> Reply:
    page = receipt_page.page_of(found, base_url)
    return render.page("receipt.html", base_url, 200, uncached(Vary="Accept"), page=page)


def _json(found: Receipt, base_url: str, **headers: str) -> Reply:
    return as_json(receipt_json.document(found, base_url), headers=uncached(**headers))


def _token(found: Receipt) -> Reply:
    return Reply(found.jws, negotiation.JOSE, headers=_download(f"{found.id}.jws"))


def _download(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="receipt-{name}"'}
