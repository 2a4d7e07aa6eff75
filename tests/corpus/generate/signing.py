"""Sign documents and tokens with fixed keys, deterministically, and where possible without Laurel's own code.

Suites over JSON use the library rfc8785, and tokens PyJWT. Suites over RDF use Laurel's `sign`; what an independent
implementation signed over RDF is in `peers.json`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import rfc8785
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from chalicelib.credential.multibase import encode_base58btc
from chalicelib.verify.data_integrity import sign
from chalicelib.verify.keys.public_key import Algorithm

Json = dict[str, Any]

NOW = datetime(2026, 6, 1, tzinfo=UTC)
"""When each case is verified, unless it says otherwise."""
CREATED = "2026-01-02T00:00:00Z"
PEERS: Json = json.loads(Path(__file__).with_name("peers.json").read_bytes())


@dataclass(frozen=True)
class Key:
    """A test key. Anyone can compute it, so it proves nothing outside of the corpus."""

    multikey: str
    sign: Callable[[bytes], bytes]
    private: Any
    algorithm: str

    @property
    def did(self) -> str:
        return f"did:key:{self.multikey}"

    @property
    def method(self) -> str:
        return f"{self.did}#{self.multikey}"


def _raw(der: bytes, half: int) -> bytes:
    r, s = decode_dss_signature(der)
    return r.to_bytes(half, "big") + s.to_bytes(half, "big")


def _ed25519(number: int) -> Key:
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"corpus %d" % number).digest())
    return Key(encode_base58btc(b"\xed\x01" + private.public_key().public_bytes_raw()), private.sign, private, "EdDSA")


def _ecdsa(curve: ec.EllipticCurve, prefix: bytes, half: int, digest: Any, algorithm: str) -> Key:
    private = ec.derive_private_key(0xC0115, curve)
    point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)

    def sign_data(data: bytes) -> bytes:
        return _raw(private.sign(data, ec.ECDSA(digest, deterministic_signing=True)), half)  # RFC 6979

    return Key(encode_base58btc(prefix + point), sign_data, private, algorithm)


ISSUER, OTHER, HOLDER = _ed25519(1), _ed25519(2), _ed25519(3)
P256 = _ecdsa(ec.SECP256R1(), b"\x80\x24", 32, hashes.SHA256(), "ES256")
P384 = _ecdsa(ec.SECP384R1(), b"\x81\x24", 48, hashes.SHA384(), "ES384")
RSA = serialization.load_pem_private_key(Path(__file__).with_name("rsa-test-key.pem").read_bytes(), None)


def options(key: Key, suite: str, **changes: Any) -> Json:
    """The proof options; a change to None removes a member."""
    found = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": CREATED,
        "verificationMethod": key.method,
        "proofPurpose": "assertionMethod",
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def jcs(document: Mapping[str, Any], key: Key = ISSUER, **changes: Any) -> Json:
    """Sign over JSON (EdDSA Cryptosuites v1.0, 3.3; ECDSA Cryptosuites v1.0, 3.3)."""
    suite = "eddsa-jcs-2022" if key.algorithm == "EdDSA" else "ecdsa-jcs-2019"
    digest = hashlib.sha384 if key.algorithm == "ES384" else hashlib.sha256
    proof = options(key, suite, **({"@context": document["@context"]} if "@context" in document else {}) | changes)
    signed = digest(rfc8785.dumps(proof)).digest() + digest(rfc8785.dumps(dict(document))).digest()
    return {**document, "proof": {**proof, "proofValue": encode_base58btc(key.sign(signed))}}


def rdfc(document: Mapping[str, Any], key: Key = ISSUER, suite: str = "", method: str | None = None) -> Json:
    """Sign over RDF (EdDSA Cryptosuites v1.0, 3.2; ECDSA Cryptosuites v1.0, 3.2)."""
    name = suite or ("eddsa-rdfc-2022" if key.algorithm == "EdDSA" else "ecdsa-rdfc-2019")
    algorithm = {"EdDSA": Algorithm.EDDSA, "ES256": Algorithm.ES256, "ES384": Algorithm.ES384}[key.algorithm]
    created = datetime.fromisoformat(CREATED)
    return sign(
        document, suite=name, method=method or key.method, created=created, signer=key.sign, algorithm=algorithm
    )


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(payload: Any, key: Key = ISSUER, **header: Any) -> bytes:
    """A compact JWS; a change of the header to None removes a member."""
    fields = {"typ": "vc+jwt", "alg": key.algorithm, "kid": key.method, **header}
    fields = {name: value for name, value in fields.items() if value is not None}
    if key.algorithm == "EdDSA" and isinstance(payload, dict) and fields.get("alg") == "EdDSA" and "b64" not in fields:
        return jwt.encode(payload, key.private, "EdDSA", headers={"typ": None, **fields}).encode()
    return raw_token(json.dumps(fields).encode(), payload, key.sign)


def raw_token(header: bytes, payload: Any, sign_data: Callable[[bytes], bytes] = ISSUER.sign) -> bytes:
    """A compact JWS with exactly these bytes in it."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signed = f"{b64(header)}.{b64(body)}"
    return f"{signed}.{b64(sign_data(signed.encode()))}".encode()


def rs256(data: bytes) -> bytes:
    """Sign with the RSA key."""
    signature: bytes = RSA.sign(data, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr,call-arg,arg-type]
    return signature


def rsa_jwk(**members: Any) -> Json:
    """The public RSA key."""
    numbers = RSA.public_key().public_numbers()  # type: ignore[union-attr]
    n, e = numbers.n, numbers.e  # type: ignore[union-attr]
    return {"kty": "RSA", "n": b64(n.to_bytes(256, "big")), "e": b64(e.to_bytes(3, "big")), **members}


def ed25519_jwk(key: Key = ISSUER, **members: Any) -> Json:
    """A public Ed25519 key."""
    return {"kty": "OKP", "crv": "Ed25519", "x": b64(key.private.public_key().public_bytes_raw()), **members}
