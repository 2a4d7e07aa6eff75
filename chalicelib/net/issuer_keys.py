"""Keys of issuers that are identified by an https URL, bound to the issuer by its origin.

A `kid` that is a URL is dereferenced, as Open Badges 3.0 (8.2) requires. The signer chooses it, so it is accepted only
on the issuer's own origin, without a query, and without a redirect to another origin. Otherwise the keys come from the
issuer's metadata (`/.well-known/jwt-vc-issuer`, SD-JWT VC) or, without metadata, from the document at the issuer's URL,
if it is a controlled identifier document (VC-JOSE-COSE, 4). Known limit: a person who can publish arbitrary files on an
origin can sign for every issuer on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeGuard

from chalicelib.errors import Malformed, Unavailable
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.guard import FetchTarget, Guard
from chalicelib.net.web import WebFetcher, read
from chalicelib.verify.keys.did_document import controller_of
from chalicelib.verify.keys.jwk_set import methods_of
from chalicelib.verify.ports import Controller, Fetched
from chalicelib.verify.report import Evidence

PREFIX = "https://"
_ACCEPT = "application/json, application/jwk-set+json, application/jwk+json, application/ld+json;q=0.9"
_WELL_KNOWN = "/.well-known/jwt-vc-issuer"


class IssuerKeys:
    """Resolves the keys of https issuers within one request."""

    def __init__(self, web: WebFetcher, guard: Guard, deadline: Deadline) -> None:
        self._web = web
        self._guard = guard
        self._deadline = deadline

    def find(self, issuer: str, kid: str | None = None) -> Controller:
        """The controller ``issuer``, whose methods include the key that the `kid` of a JWS header names.

        The id of a method is its `kid`, or its URL if ``kid`` is a URL. Raises `Unavailable` when the issuer's keys
        cannot be fetched, `Malformed` (`key_other_origin`) when ``kid`` is on another origin.
        """
        issuer_target = self._guard.target(issuer)
        if "?" in issuer or "#" in issuer:
            raise Unavailable(f"{issuer[:200]!r} is not the plain URL of an issuer.", code="url_refused")
        if _is_url(kid):
            return self._by_url(issuer, issuer_target, kid)
        try:
            return self._by_metadata(issuer, issuer_target)
        except Unavailable as error:
            # After an error that may be temporary, the keys that the metadata would list are unknown.
            if error.code not in {"http_status", "gone"}:
                raise
        return self._by_document(issuer)

    def _by_url(self, issuer: str, issuer_target: FetchTarget, kid: str) -> Controller:
        url = kid.partition("#")[0]
        if self._guard.target(url).origin != issuer_target.origin:
            raise Malformed("It names a key that is not on the issuer's own site.", code="key_other_origin")
        if "?" in url:
            raise Malformed("It names a key with a link that anyone could have created.", code="key_other_origin")
        fetched = self._get(url)
        return read(fetched, lambda document: _at_kid(document, issuer, kid, fetched.evidence()))

    def _by_metadata(self, issuer: str, issuer_target: FetchTarget) -> Controller:
        fetched = self._get(f"{issuer_target.origin}{_WELL_KNOWN}{issuer_target.path.rstrip('/')}")
        found = read(fetched, lambda document: _in_metadata(document, issuer, fetched.evidence()))
        if isinstance(found, Controller):
            return found
        if self._guard.target(found).origin != issuer_target.origin:
            raise Unavailable(
                f"{issuer_target.host} names keys on another site, {found[:200]}.", code="document_unreadable"
            )
        key_set = self._get(found)
        return read(key_set, lambda document: _in_set(document, issuer, fetched.evidence(), key_set.evidence()))

    def _by_document(self, issuer: str) -> Controller:
        fetched = self._get(issuer)
        return read(fetched, lambda document: controller_of(document, issuer, (fetched.evidence(),)))

    def _get(self, url: str) -> Fetched:
        return self._web.get(url, accept=_ACCEPT, deadline=self._deadline, same_origin=True)


def _at_kid(document: Mapping[str, object], issuer: str, kid: str, evidence: Evidence) -> Controller:
    """Parse the document at a `kid` URL: a controlled identifier document, a single key, or a set of keys."""
    if "verificationMethod" in document:
        return controller_of(document, issuer, (evidence,))
    if "kty" in document:
        return Controller(issuer, methods_of([document], lambda _: kid), (evidence,))
    url, hash_sign, _ = kid.partition("#")
    methods = methods_of(document.get("keys"), lambda key_id: key_id if _is_url(key_id) else f"{url}#{key_id or ''}")
    if len(methods) == 1 and not hash_sign:
        methods = (replace(methods[0], id=kid),)
    return Controller(issuer, methods, (evidence,))


def _in_metadata(document: Mapping[str, object], issuer: str, evidence: Evidence) -> Controller | str:
    """The issuer with the keys in its metadata, or the URL of its keys. Metadata must contain exactly one of them."""
    if document.get("issuer") != issuer:
        raise Malformed("It belongs to a different issuer.", code="document_other_id")
    keys, url = document.get("jwks"), document.get("jwks_uri")
    if isinstance(keys, dict) and url is None:
        return _in_set(keys, issuer, evidence)
    if isinstance(url, str) and keys is None:
        return url
    raise Malformed("It must list the keys in exactly one way.", code="document_malformed")


def _in_set(document: Mapping[str, object], issuer: str, *evidence: Evidence) -> Controller:
    return Controller(issuer, methods_of(document.get("keys"), lambda key_id: key_id or f"{issuer}#"), evidence)


def _is_url(name: str | None) -> TypeGuard[str]:
    return name is not None and name.startswith(PREFIX)
