"""The compact JWS of a receipt (RFC 7515), which is also a JWT (RFC 7519): write, parse and check."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import cast

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed, Refused
from chalicelib.receipts.receipt import Json, ReceiptKey
from chalicelib.verify import base64url
from chalicelib.verify.jose import compact
from chalicelib.verify.keys import signatures
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.keys.public_key import Algorithm

TYPE = "receipt+jwt"
"""Explicit type, so that a receipt cannot be taken for another token (RFC 8725, 3.11)."""
MAX_SIZE = 256 * 1024
"""Characters. The largest, of a presentation with twenty credentials, has about 60,000."""


def key_of(point: bytes) -> ReceiptKey:
    """The JSON Web Key of a compressed P-256 point, named by its thumbprint (RFC 7638)."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey  # as in `openssl`

    numbers = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point).public_numbers()
    members = {"crv": "P-256", "kty": "EC", "x": _number(numbers.x), "y": _number(numbers.y)}
    kid = _encoded(hashlib.sha256(_json(members)).digest())  # RFC 7638, 3.2: these members, in this order
    return ReceiptKey(kid, {**members, "kid": kid, "alg": "ES256", "use": "sig"})


def write(claims: Json, kid: str, sign: Callable[[bytes], bytes]) -> str:
    """Sign ``claims``; ``sign`` returns an ES256 signature. Raises what ``sign`` raises."""
    header = {"alg": "ES256", "kid": kid, "typ": TYPE}
    signed = f"{_encoded(_json(header))}.{_encoded(_json(claims))}"
    return f"{signed}.{_encoded(sign(signed.encode('ascii')))}"


def claims_of(jws: str) -> Json:
    """The claims of a receipt that Laurel stored itself, whose signature is not checked."""
    return cast("Json", json.loads(base64url.decode(jws.split(".")[1].encode("ascii"))))


def kid_of(jws: str) -> str:
    """The id of the key that signed a receipt that Laurel stored itself."""
    return str(json.loads(base64url.decode(jws.partition(".")[0].encode("ascii")))["kid"])


def check(jws: str, keys: Iterable[ReceiptKey], issuer: str) -> Json:
    """The claims of ``jws``, if one of ``keys`` signed it for ``issuer``, the base URL of a Laurel.

    Raises `Malformed` for what is not a receipt, and `Refused` (`bad_signature`) for one that was changed, or that none
    of the keys has signed.
    """
    token = compact.parse(jws.encode("utf-8", "replace"), MAX_SIZE)
    if token.typ != TYPE or token.algorithm is not Algorithm.ES256:
        raise Malformed("This is not a receipt.")
    key = next((from_jwk(each.jwk) for each in keys if each.kid == token.kid), None)
    if key is None or not signatures.is_valid(key, token.algorithm, token.signature, token.signing_input):
        raise Refused("This receipt was changed, or another deployment has signed it.", code="bad_signature")
    claims = strict_json.parse(token.payload)
    if claims.get("iss") != issuer:
        raise Refused("Another deployment has signed this receipt.", code="bad_signature")
    return claims


def _number(value: int) -> str:
    return _encoded(value.to_bytes(32, "big"))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
