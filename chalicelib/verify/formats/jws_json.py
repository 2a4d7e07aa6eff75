"""A credential in a JWS in its JSON serialization (RFC 7515, 7.2): flattened with one signature, general with several.

Each signature is judged as that of a compact token is. Only protected parameters count, because anyone can change the
others. The name of the key is an exception: whichever key it names must be the issuer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed
from chalicelib.verify.formats.vc_jwt import Token, token_of
from chalicelib.verify.jose import claims, compact
from chalicelib.verify.members import as_object, string
from chalicelib.verify.secured import Statement

MAX_SIGNATURES = 8
"""Maximum number of signatures to check, as of proofs in a document."""
_SIGNATURE = frozenset({"protected", "header", "signature"})


def recognises(source: bytes) -> bool:
    """Whether ``source`` looks like a JSON object with a payload and signatures, but no context."""
    return (
        source.lstrip(b" \t\r\n")[:1] == b"{"
        and b'"@context"' not in source  # first, because most documents start with it
        and b'"payload"' in source
        and b'"signature' in source
    )


def read(source: bytes) -> tuple[Mapping[str, object], SignedTokens]:
    """Return the credential, and its signatures.

    Raises `Malformed` as `strict_json.parse`, `compact.parse` and `claims.read` do; `too_many_signatures`.
    """
    document = strict_json.parse(source)
    payload, signatures = document.get("payload"), document.get("signatures")
    if not isinstance(payload, str):
        raise _malformed("The token has no payload.")
    if signatures is None:
        signatures = [document]
    elif not _SIGNATURE.isdisjoint(document):
        # RFC 7515, 7.2.2: two forms in one, of which readers could choose either.
        raise _malformed("The token lists signatures in two ways.")
    if not isinstance(signatures, list) or not signatures:
        raise _malformed("The token has no signature.")
    if len(signatures) > MAX_SIGNATURES:
        message = f"It has {len(signatures)} signatures. Laurel checks up to {MAX_SIGNATURES}."
        raise Malformed(message, code="too_many_signatures")
    tokens = tuple(_token(as_object(entry), payload) for entry in signatures)
    if any(token.document != tokens[0].document for token in tokens):
        raise Malformed("The signatures of the token give it different meanings.", code="claims_contradict")
    return tokens[0].document, SignedTokens(tokens)


class SignedTokens(NamedTuple):
    """The signatures of one payload."""

    tokens: tuple[Token, ...]
    uncovered: tuple[str, ...] = ()
    """Always empty: each signature covers the whole payload."""

    @property
    def suites(self) -> tuple[str, ...]:
        """The suites of its signatures, each once."""
        return tuple(dict.fromkeys(token.suite for token in self.tokens))

    @property
    def nodes(self) -> Mapping[str, Mapping[str, object]]:
        """Always empty: the payload is signed as written."""
        return {}

    def secured_proofs(self) -> tuple[Token, ...]:
        """Return the signatures. Raises `Malformed` (`audience_other`) if the payload names an audience."""
        return tuple(proof for token in self.tokens for proof in token.secured_proofs())

    def signed_bytes(self) -> tuple[bytes, ...]:
        """Return what each signature signs."""
        return tuple(signed for token in self.tokens for signed in token.signed_bytes())

    def statements(self) -> tuple[Statement, ...]:
        """Always empty: the payload is signed as a whole."""
        return ()


def _token(entry: Mapping[str, object], payload: str) -> Token:
    protected, signature = entry.get("protected"), entry.get("signature")
    if not isinstance(signature, str):
        raise _malformed("The token has a signature that is not a string.")
    if not isinstance(protected, str):
        # RFC 7515, 7.2.1 allows it, but then anyone could change the algorithm (RFC 8725, 3.1).
        raise Malformed("The token does not sign its header.", code="header_unprotected")
    try:
        parts = [part.encode("ascii") for part in (protected, payload, signature)]
    except UnicodeEncodeError as error:
        raise _malformed("The token is not base64url.") from error
    jws = compact.of_parts(*parts)
    unprotected = entry.get("header", {})
    if not isinstance(unprotected, dict) or not {"crit", "b64"}.isdisjoint(unprotected):
        raise _malformed("The token's unprotected header is not valid.")
    if "disclosures" in unprotected or "kb_jwt" in unprotected:
        raise Malformed("Laurel does not support selective disclosure in this form.", code="sd_json_unsupported")
    if jws.kid is None and (kid := string(unprotected.get("kid"))):
        jws = jws._replace(kid=kid)
    return token_of(jws, claims.read(jws))


def _malformed(detail: str) -> Malformed:
    return Malformed(detail, code="jws_malformed")
