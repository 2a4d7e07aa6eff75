"""Keys of issuers that are named by an https URL, bound to the issuer by its origin.

A `kid` that is a URL is dereferenced, as Open Badges 3.0 (8.2) says; but it is the signer's word, so it counts only
on the issuer's own origin, without a query, and without a redirect that leaves it. Otherwise the issuer's own metadata
is asked (`/.well-known/jwt-vc-issuer`, SD-JWT VC), and, where there is none, the document at the issuer's URL, if it
is a controlled identifier document (VC-JOSE-COSE, 4). What remains: whoever may put a file of their choice on an
origin can speak for every issuer on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeGuard

from chalicelib.errors import Malformed, Unavailable
from chalicelib.net.deadline import Deadline
from chalicelib.net.guard import Guard, Target
from chalicelib.net.web import Web, read
from chalicelib.verify.keys.did_document import controller_of
from chalicelib.verify.keys.jwk_set import methods_of
from chalicelib.verify.ports import Controller, Fetched
from chalicelib.verify.report import Evidence

PREFIX = "https://"
_ACCEPT = "application/json, application/jwk-set+json, application/jwk+json, application/ld+json;q=0.9"
_WELL_KNOWN = "/.well-known/jwt-vc-issuer"


class IssuerKeys:
    """Finds the keys of https issuers within one request."""

    def __init__(self, web: Web, guard: Guard, deadline: Deadline) -> None:
        self._web = web
        self._guard = guard
        self._deadline = deadline

    def find(self, issuer: str, kid: str | None = None) -> Controller:
        """The controller ``issuer``, with the key that the `kid` of a JWS header names among its methods.

        A method's id is its `kid`, or its URL where ``kid`` is one. Raises `Unavailable` when the issuer's keys cannot
        be had, `Malformed` (`key_other_origin`) when ``kid`` points to somebody else's.
        """
        home = self._guard.target(issuer)
        if "?" in issuer or "#" in issuer:
            raise Unavailable(f"{issuer[:200]!r} is not the plain URL of an issuer.", code="url_refused")
        if _is_url(kid):
            return self._by_url(issuer, home, kid)
        try:
            return self._by_metadata(issuer, home)
        except Unavailable as error:
            if error.code != "http_status":
                raise
        return self._by_document(issuer)

    def _by_url(self, issuer: str, home: Target, kid: str) -> Controller:
        place = kid.partition("#")[0]
        if self._guard.target(place).origin != home.origin:
            raise Malformed("It names a key that is not on the issuer's own site.", code="key_other_origin")
        if "?" in place:
            raise Malformed("It names a key with a link that anyone could have created.", code="key_other_origin")
        fetched = self._get(place)
        return read(fetched, lambda document: _at_kid(document, issuer, kid, fetched.evidence()))

    def _by_metadata(self, issuer: str, home: Target) -> Controller:
        fetched = self._get(f"{home.origin}{_WELL_KNOWN}{home.path.rstrip('/')}")
        found = read(fetched, lambda document: _in_metadata(document, issuer, fetched.evidence()))
        if isinstance(found, Controller):
            return found
        if self._guard.target(found).origin != home.origin:
            raise Unavailable(f"{home.host} names keys on another site, {found[:200]}.", code="document_unreadable")
        listed = self._get(found)
        return read(listed, lambda document: _in_set(document, issuer, fetched.evidence(), listed.evidence()))

    def _by_document(self, issuer: str) -> Controller:
        fetched = self._get(issuer)
        return read(fetched, lambda document: controller_of(document, issuer, (fetched.evidence(),)))

    def _get(self, url: str) -> Fetched:
        return self._web.get(url, accept=_ACCEPT, deadline=self._deadline, stay=True)


def _at_kid(document: Mapping[str, object], issuer: str, kid: str, evidence: Evidence) -> Controller:
    """What a `kid` leads to: a controlled identifier document, a single key, or a set of keys."""
    if "verificationMethod" in document:
        return controller_of(document, issuer, (evidence,))
    if "kty" in document:
        return Controller(issuer, methods_of([document], lambda _: kid), (evidence,))
    place, hash_sign, _ = kid.partition("#")
    methods = methods_of(document.get("keys"), lambda own: own if _is_url(own) else f"{place}#{own or ''}")
    if len(methods) == 1 and not hash_sign:
        methods = (replace(methods[0], id=kid),)
    return Controller(issuer, methods, (evidence,))


def _in_metadata(document: Mapping[str, object], issuer: str, evidence: Evidence) -> Controller | str:
    """The issuer with the keys in its metadata, or the URL that they are at: one of them, not both."""
    if document.get("issuer") != issuer:
        raise Malformed("It is about another issuer.", code="document_other_id")
    keys, place = document.get("jwks"), document.get("jwks_uri")
    if isinstance(keys, dict) and place is None:
        return _in_set(keys, issuer, evidence)
    if isinstance(place, str) and keys is None:
        return place
    raise Malformed("It must list the keys in exactly one way.", code="document_malformed")


def _in_set(document: Mapping[str, object], issuer: str, *evidence: Evidence) -> Controller:
    return Controller(issuer, methods_of(document.get("keys"), lambda own: own or f"{issuer}#"), evidence)


def _is_url(name: str | None) -> TypeGuard[str]:
    return name is not None and name.startswith(PREFIX)
