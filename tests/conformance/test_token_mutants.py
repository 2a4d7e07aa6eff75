"""No one-edit variant of a signed token is accepted: a token has one spelling, and every byte is signed.

The only exception is the second signature of ECDSA, which anyone can compute: it gives another token with the same
content.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.credential import vocabulary
from chalicelib.verify.base64url import encode
from chalicelib.verify.pipeline import verify
from tests import makers
from tests.conformance.test_mutants import BASES
from tests.conformance.token_mutation import EDITS, decoded, encoded, mutants, second_signature
from tests.verify.canonical import vectors

NUMBER = 500
"""Number of variants of each token."""
SECOND, FIRST, FULL = "the second data model", "the first data model", "the full example"
TOKENS = [(model, algorithm) for model in (SECOND, FIRST, FULL) for algorithm in ("EdDSA", "ES256")]

View = Mapping[str, Any]
P256_KEY = ec.derive_private_key(7, ec.SECP256R1())
PORTS = makers.good_resolver()


@dataclass(frozen=True, slots=True)
class Token:
    """A signed token, its signer's public key, and its view."""

    source: bytes
    algorithm: str
    public: Any
    shown: View


def did_jwk() -> str:
    jwk = pyjwt.get_algorithm_by_name("ES256").to_jwk(P256_KEY.public_key(), as_dict=True)
    return "did:jwk:" + encode(json.dumps({name: jwk[name] for name in ("kty", "crv", "x", "y")}).encode()).decode()


def payload(model: str, did: str) -> dict[str, Any]:
    """A credential by ``did`` without a status, because only its own issuer could sign the status list."""
    if model == FULL:
        if not vectors.ROOT.is_dir():
            pytest.skip(f"NO TEST VECTORS: {vectors.ROOT} is missing; set LAUREL_VECTORS")
        document = vectors.load("openbadges/fullOpenBadge.json")
        return {**document, "issuer": {**document["issuer"], "id": did}}
    document = makers.unsigned(makers.issuer(did=did), entries=())
    del document["credentialStatus"]
    if model == SECOND:
        return {**document, "iss": did, "nbf": 1767225600, "iat": 1767225600}
    document["@context"] = [vocabulary.CREDENTIALS_V1, vocabulary.OPEN_BADGES_V3]
    start = document.pop("validFrom")
    return {"iss": did, "jti": document.pop("id"), "nbf": 1767225600, "vc": {**document, "issuanceDate": start}}


def token(model: str, algorithm: str) -> Token:
    did, kid = (
        (makers.ISSUER_KEY.did, makers.ISSUER_KEY.method) if algorithm == "EdDSA" else (did_jwk(), f"{did_jwk()}#0")
    )
    key: Any = makers.ISSUER_KEY.private if algorithm == "EdDSA" else P256_KEY
    header = {"typ": "JWT" if model == FIRST else "vc+jwt", "kid": kid}
    source = pyjwt.encode(payload(model, did), key, algorithm, headers=header).encode()
    shown = laurel(source)
    assert shown is not None, "the token itself must be accepted"
    return Token(source, algorithm, key.public_key(), shown)


def laurel(source: bytes) -> View | None:
    return verify(source, resolver=PORTS.resolver(), now=makers.NOW).credential


def failures(before: Token, seed: str, number: int, verifier: Callable[[bytes], View | None]) -> list[str]:
    """Return what is wrong with the verifier's results for variants of ``before``."""
    messages = []
    for variant_number, (edit, variant) in enumerate(mutants(before.source, seed, number)):
        shown = verifier(variant)
        if shown is not None and variant not in _equivalent_tokens(before):
            messages.append(f"variant {variant_number}: {edit}: accepted")
        if shown is not None and shown != before.shown:
            messages.append(f"variant {variant_number}: {edit}: shown differently")
    return messages


def _equivalent_tokens(before: Token) -> set[bytes]:
    """Return the token, and the one with the second signature if its algorithm has one."""
    signed, _, signature = before.source.rpartition(b".")
    if before.algorithm == "EdDSA":
        return {before.source}
    return {before.source, signed + b"." + encoded(second_signature(decoded(signature.decode()))).encode()}


@pytest.mark.parametrize(("model", "algorithm"), TOKENS)
def test_no_variant_of_a_token_is_accepted(model: str, algorithm: str) -> None:
    assert failures(token(model, algorithm), f"{model} {algorithm}", NUMBER, laurel) == []


@pytest.mark.parametrize(("model", "algorithm"), TOKENS)
def test_a_token_with_the_second_ecdsa_signature_shows_the_same(model: str, algorithm: str) -> None:
    before = token(model, algorithm)
    for source in _equivalent_tokens(before):
        assert laurel(source) == before.shown
        assert pyjwt.decode(source, before.public, [algorithm], options={"verify_iat": False})


def test_there_are_10000_variants_in_total_and_tokens_of_every_kind() -> None:
    assert sum(BASES.values()) + NUMBER * len(TOKENS) == 10_000
    before = token(SECOND, "ES256")
    kinds = {edit.partition(":")[0] for edit, _ in mutants(before.source, "kinds", len(EDITS))}
    assert kinds == {"payload", "header", "parameter", "claim", "character", "byte", "spelling", "signature", "shape"}


def test_a_verifier_that_accepts_everything_is_detected() -> None:
    before = token(SECOND, "EdDSA")
    assert len(failures(before, "gullible", 100, lambda source: before.shown)) == 100


def test_a_verifier_that_shows_unsigned_content_is_detected() -> None:
    before = token(SECOND, "ES256")
    other = {**before.shown, "name": "Something else"}
    assert any("differently" in message for message in failures(before, "liar", 100, lambda source: other))


def test_a_lenient_base64_decoder_is_detected() -> None:
    before = token(SECOND, "EdDSA")

    def lenient(source: bytes) -> View | None:
        try:
            pyjwt.decode(source.replace(b"=", b"").replace(b"\n", b""), before.public, ["EdDSA"], options={})
        except (pyjwt.PyJWTError, ValueError):
            return None
        return before.shown

    assert failures(before, "lenient", 500, lenient)
