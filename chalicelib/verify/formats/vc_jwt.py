"""A credential in a compact JWS: VC-JWT of both data models, and Open Badges 3.0 (8.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.verify.formats import contexts
from chalicelib.verify.jose import claims, compact, dates
from chalicelib.verify.keys import certificate as certificates
from chalicelib.verify.keys.certificate import Certificate
from chalicelib.verify.keys.controllers import find_token_method
from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.models import ENDS, STARTS
from chalicelib.verify.ports import Controller, Controllers, Method
from chalicelib.verify.secured import Statement, Unsupported, other_audience

_token_start = re.compile(rb"[A-Za-z0-9_-]+={0,2}\.[A-Za-z0-9_=-]{0,64}+[A-Za-z0-9_=.-]").match


def recognises(source: bytes) -> bool:
    """Whether ``source`` looks like a compact token without disclosures, valid or not."""
    return b"~" not in source and recognises_token(source)


def recognises_token(source: bytes) -> bool:
    """Whether ``source`` starts as a compact token does."""
    two_dots = source.find(b".", source.find(b".") + 1) > 0
    return two_dots and _token_start(source) is not None


def read(source: bytes) -> tuple[Mapping[str, object], Token]:
    """Return the credential in the token, and the token. Raises `Malformed` as `compact.parse` and `claims.read` do."""
    jws = compact.parse(source)
    token = token_of(jws, claims.read(jws))
    return token.document, token


def token_of(jws: compact.Jws, parsed: claims.Claims, form: str = "VC-JWT") -> Token:
    """Return the token with these claims; ``form`` is how the report names it."""
    return Token(
        jws=jws,
        document=parsed.document,
        created=parsed.signed,
        starts=_unless_in_document(parsed.not_before, parsed.document, STARTS),
        expires=_unless_in_document(parsed.expires, parsed.document, ENDS),
        has_audience=parsed.has_audience,
        status=parsed.status,
        form=form,
    )


def _unless_in_document(
    claimed: datetime | None, document: Mapping[str, object], names: Sequence[str]
) -> datetime | None:
    """Return ``claimed``, or None if the document has the same date: check 6 then evaluates it."""
    if claimed is None or any(dates.is_same_second(claimed, document[name]) for name in names if name in document):
        return None
    return claimed


class Token(NamedTuple):
    """A JWS that contains a credential: both the secured document and its only proof."""

    jws: compact.Jws
    document: Mapping[str, object]
    created: datetime | None
    starts: datetime | None
    expires: datetime | None
    has_audience: bool = False
    status: tuple[object, ...] = ()
    """The claim `status`, if there is one."""
    form: str = "VC-JWT"
    unsupported: Unsupported | None = None
    purpose: str = "assertionMethod"
    """A token that contains a credential has no other purpose; its key must be for assertions (VC-JOSE-COSE, 4.1)."""

    @property
    def suite(self) -> str:
        """The format and the algorithm, as the report names them."""
        return f"{self.form} {self.jws.algorithm}"

    @property
    def suites(self) -> tuple[str, ...]:
        """The token's only suite."""
        return (self.suite,)

    @property
    def algorithm(self) -> Algorithm:
        """Always supported: tokens with any other algorithm do not parse."""
        return self.jws.algorithm

    @property
    def value(self) -> bytes:
        """The signature bytes."""
        return self.jws.signature

    @property
    def nodes(self) -> Mapping[str, Mapping[str, object]]:
        """Always empty: the payload is signed as written."""
        return {}

    @property
    def uncovered(self) -> tuple[str, ...]:
        """Always empty: the signature covers the whole payload."""
        return ()

    def secured_proofs(self) -> tuple[Token, ...]:
        """Return the token itself. Raises `Malformed` (`audience_other`) if it names an audience."""
        if self.has_audience:
            # RFC 7519, 4.1.3: a recipient that `aud` does not name must refuse the token.
            raise other_audience()
        return (self,)

    def signed_bytes(self) -> tuple[bytes, ...]:
        """Return header and payload as received. Every member is signed, so only the contexts are checked."""
        contexts.validate(self.document, self.jws.payload, expected=1)
        return (self.jws.signing_input,)

    def statements(self) -> tuple[Statement, ...]:
        """Always empty: the payload is signed as a whole."""
        return ()

    def find_method(self, issuer: str, controllers: Controllers) -> tuple[Controller, Method]:
        """Find the key by `kid`, or the issuer's only key. Raises `Unavailable`, `Malformed`.

        An issuer that only the certificate names has only that key.
        """
        if issuer.startswith(certificates.URN) and (found := self.certificate()) and found.urn == issuer:
            controller = found.controller()
            return controller, controller.methods[0]
        return find_token_method(self.jws.kid, issuer, controllers)

    def certificate(self) -> Certificate | None:
        """Return the signer's certificate, if there is one. Raises `Malformed` (`certificate_malformed`)."""
        return certificates.read(self.jws.certificates[0]) if self.jws.certificates else None
