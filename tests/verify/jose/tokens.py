"""Genuine and forged tokens for tests, and a minimal verifier: parse, find the key, verify, read the claims."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwt.algorithms import get_default_algorithms

from chalicelib.errors import Malformed, Unavailable
from chalicelib.verify import base64url
from chalicelib.verify.jose import compact
from chalicelib.verify.jose.claims import Claims, read
from chalicelib.verify.keys import signatures
from chalicelib.verify.keys.controllers import find_token_method
from chalicelib.verify.keys.key_entry import key_of_jwk
from chalicelib.verify.members import id_of
from chalicelib.verify.ports import Controller, Controllers, Method

ISSUER = "https://fernhill.example"
ALGORITHMS = ("EdDSA", "ES256", "ES384", "ES512", "RS256", "PS256")
CREDENTIAL: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "id": "urn:uuid:0d9a4d2c-3a3b-4a57-9a5c-1f6a6f1f7a11",
    "issuer": ISSUER,
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:ada", "name": "Ada Nwosu"},
}


@cache
def private_key(algorithm: str) -> Any:
    """A cached private key for each algorithm."""
    match algorithm:
        case "EdDSA" | "Ed25519":
            return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        case "ES256":
            return ec.derive_private_key(7, ec.SECP256R1())
        case "ES384":
            return ec.derive_private_key(7, ec.SECP384R1())
        case "ES512":
            return ec.derive_private_key(7, ec.SECP521R1())
        case _:
            return rsa.generate_private_key(65537, 2048)


def jwk(algorithm: str) -> dict[str, Any]:
    """The public part of `private_key`, as PyJWT writes it."""
    writer: Any = get_default_algorithms()[algorithm]
    written: dict[str, Any] = writer.to_jwk(private_key(algorithm).public_key(), as_dict=True)
    return {name: value for name, value in written.items() if name != "key_ops"}


def issuer_with(algorithm: str, **members: Any) -> Controller:
    """An https issuer with one key in its JWK Set, named `key-1`."""
    return Controller(ISSUER, (Method("key-1", key_of_jwk({**jwk(algorithm), **members}), assertion=True),))


class SingleController(Controllers):
    """Controllers that know only one controller."""

    def __init__(self, controller: Controller) -> None:
        self.controller = controller

    def find(self, did: str, kid: str | None = None) -> Controller:
        if did != self.controller.id:
            raise Unavailable(f"unknown controller {did}")
        return self.controller


def verify(token: bytes, controller: Controller) -> Claims:
    """Return the claims of ``token`` if its issuer signed it. Raises `Malformed` or `Unavailable` otherwise."""
    jws = compact.parse(token)
    claims = read(jws)
    issuer = id_of(claims.document.get("issuer"))
    if issuer is None:
        raise Malformed(code="issuer_missing")
    signer, method = find_token_method(jws.kid, issuer, SingleController(controller))
    if signer.id != issuer:
        raise Malformed(code="signer_not_issuer")
    if not signatures.is_valid(method.usable_key(), jws.algorithm, jws.signature, jws.signing_input):
        raise Malformed(code="signature_wrong")
    return claims


def encoded(value: object) -> bytes:
    """Encode ``value`` as a part of a token: bytes unchanged, anything else as JSON."""
    return base64url.encode(value if isinstance(value, bytes) else json.dumps(value).encode())


def token(
    header: Mapping[str, Any] | bytes,
    payload: Mapping[str, Any] | bytes = CREDENTIAL,
    *,
    sign: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """A compact JWS with exactly this header and payload, signed by the ES256 key by default."""
    signing_input = encoded(header) + b"." + encoded(payload)
    return signing_input + b"." + base64url.encode((sign or by("ES256"))(signing_input))


def by(algorithm: str) -> Callable[[bytes], bytes]:
    """A function that signs with `private_key` and returns the raw signature as in JOSE."""
    key = private_key(algorithm)
    match algorithm:
        case "EdDSA" | "Ed25519":
            return lambda data: bytes(key.sign(data))
        case "ES256":
            return lambda data: _raw(key.sign(data, ec.ECDSA(hashes.SHA256())), 32)
        case "ES384":
            return lambda data: _raw(key.sign(data, ec.ECDSA(hashes.SHA384())), 48)
        case "ES512":
            return lambda data: _raw(key.sign(data, ec.ECDSA(hashes.SHA512())), 66)
        case "RS256":
            return lambda data: bytes(key.sign(data, padding.PKCS1v15(), hashes.SHA256()))
        case _:
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
            return lambda data: bytes(key.sign(data, pss, hashes.SHA256()))


def _raw(der: bytes, half: int) -> bytes:
    r, s = decode_dss_signature(der)
    return r.to_bytes(half, "big") + s.to_bytes(half, "big")


def result_or_error(function: Callable[[Any], Any], argument: Any) -> Any:
    """Return the result of ``function``, or the `Malformed` that it raises."""
    try:
        return function(argument)
    except Malformed as error:
        return error
