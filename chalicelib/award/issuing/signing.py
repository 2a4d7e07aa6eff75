"""Sign documents with an issuer's key: the proof of VC Data Integrity, and the envelope of VC-JWT."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

from chalicelib.award.ports import Signer
from chalicelib.credential import dates, vocabulary
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import Refused
from chalicelib.verify import data_integrity
from chalicelib.verify.keys.public_key import Algorithm

P256_SUITES = frozenset({vocabulary.ECDSA_RDFC_2019})
SUITES = frozenset({vocabulary.EDDSA_RDFC_2022, vocabulary.EDDSA_JCS_2022}) | P256_SUITES
"""The suites that credentials can be issued with."""


def with_proof(
    signer: Signer,
    issuer: Issuer,
    document: dict[str, object],
    *,
    created: datetime,
    suite: str = vocabulary.EDDSA_RDFC_2022,
) -> bytes:
    """Add a DataIntegrityProof by the issuer's signing key to ``document``; return JSON bytes.

    The proof signs two SHA-256 hashes, so the size of the document is not limited. Raises `Refused` when the
    issuer has no valid signing key (`no_signing_key`) or none for ``suite`` (`no_p256_key`), `CanonicalError` when a
    proof would not cover everything in ``document``.
    """
    sign, method = _p256(signer, issuer) if suite in P256_SUITES else _ed25519(signer, issuer)
    signed = data_integrity.sign(document, suite=suite, method=method, created=created, signer=sign)
    return _json(signed)


def as_jwt(signer: Signer, issuer: Issuer, credential: dict[str, object], *, created: datetime) -> str:
    """Sign ``credential`` as a compact JWS.

    Header and payload follow "Securing Verifiable Credentials using JOSE and COSE" (3.1.1): `typ` is `vc+jwt`, the
    payload is the unsecured credential itself. It also has the claims that Open Badges 3.0 (8.2.4.1) requires, each
    equal to the property that it repeats: `iss`, `jti`, `nbf`, and `exp` and `sub` when the property exists. A holder
    known only by name and email has no `sub`. `iat` is the time of the signature, so that verifiers can check whether
    a key that was rotated since was valid then. Open Badges requires `typ` to be `JWT`; Laurel uses `vc+jwt` because it
    matches the media type of the response.

    It is ES256 if the issuer has a P-256 key, which most verifiers require; otherwise EdDSA. A JWS signs its whole
    text: with Ed25519, the signer raises `Refused` (`message_too_long`) for a credential of about 3 KB or more.
    """
    algorithm, (sign, method) = (
        (Algorithm.ES256, _p256(signer, issuer))
        if issuer.signing_key.p256
        else (Algorithm.EDDSA, _ed25519(signer, issuer))
    )
    header = {"alg": algorithm.value, "typ": "vc+jwt", "kid": method}
    message = b".".join(
        _base64url(_json(part))
        for part in (header, {**credential, **_claims(credential), "iat": int(created.timestamp())})
    )
    return b".".join((message, _base64url(sign(message)))).decode("ascii")


def _ed25519(signer: Signer, issuer: Issuer) -> tuple[Callable[[bytes], bytes], str]:
    """Return how the issuer's Ed25519 key signs, and the id of its method. Raises `Refused`."""
    key = issuer.signing_key
    return partial(signer.sign, key.handle), issuer.method_id(key)


def _p256(signer: Signer, issuer: Issuer) -> tuple[Callable[[bytes], bytes], str]:
    """Return how the issuer's P-256 key signs, and the id of its method. Raises `Refused`."""
    key = issuer.signing_key
    if key.p256 is None or key.p256_handle is None:
        detail = (
            f"{issuer.name} has no P-256 key. One is created with its own signing key, or when that key is rotated."
        )
        raise Refused(detail, code="no_p256_key")
    return partial(signer.sign_p256, key.p256_handle), f"{issuer.did}#{key.p256}"


def _claims(credential: dict[str, object]) -> dict[str, object]:
    issuer, subject = credential["issuer"], credential["credentialSubject"]
    claims: dict[str, object] = {
        "iss": issuer["id"] if isinstance(issuer, dict) else issuer,
        "jti": credential["id"],
        "nbf": int(dates.parse(credential["validFrom"]).timestamp()),
    }
    if "validUntil" in credential:
        claims["exp"] = int(dates.parse(credential["validUntil"]).timestamp())
    if isinstance(subject, dict) and "id" in subject:
        claims["sub"] = subject["id"]
    return claims


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
