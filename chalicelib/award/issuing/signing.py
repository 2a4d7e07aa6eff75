"""Sign documents with an issuer's key: the proof of VC Data Integrity, and the envelope of VC-JWT."""

from __future__ import annotations

import base64
import json
from datetime import datetime

from chalicelib.award.ports import Signer
from chalicelib.credential import dates, vocabulary
from chalicelib.credential.issuer import Issuer
from chalicelib.verify import data_integrity


def with_proof(
    signer: Signer,
    issuer: Issuer,
    document: dict[str, object],
    *,
    created: datetime,
    suite: str = vocabulary.EDDSA_RDFC_2022,
) -> bytes:
    """``document`` with a DataIntegrityProof of the issuer's signing key, as JSON bytes.

    What is signed are two SHA-256 hashes, so the document's size does not matter here. Raises `Refused` when the
    issuer has no key that may sign, `CanonicalError` when a proof would not cover everything in ``document``.
    """
    key = issuer.signing_key
    signed = data_integrity.sign(
        document,
        suite=suite,
        method=issuer.method_id(key),
        created=created,
        signer=lambda message: signer.sign(key.handle, message),
    )
    return _json(signed)


def as_jwt(signer: Signer, issuer: Issuer, credential: dict[str, object], *, created: datetime) -> str:
    """``credential`` as a compact JWS.

    Header and payload follow "Securing Verifiable Credentials using JOSE and COSE" (3.1.1): `typ` is `vc+jwt`, the
    payload is the unsecured credential itself. Into it go the claims that Open Badges 3.0 (8.2.4.1) asks for, each
    equal to the property that it repeats: `iss`, `jti`, `nbf`, and `exp` and `sub` when there is something to
    repeat. A holder who is known by name and e-mail alone has no `sub`. `iat` dates the signature: without it nobody
    could tell whether a key that was rotated since had still been the issuer's. Open Badges wants `typ` to be `JWT`;
    the media type under which this is served decided for `vc+jwt`.

    A JWS signs its whole text: the signer raises `Refused` (`message_too_long`) for a credential of about 3 KB or more.
    """
    key = issuer.signing_key
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": issuer.method_id(key)}
    message = b".".join(
        _base64url(_json(part))
        for part in (header, {**credential, **_claims(credential), "iat": int(created.timestamp())})
    )
    return b".".join((message, _base64url(signer.sign(key.handle, message)))).decode("ascii")


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
