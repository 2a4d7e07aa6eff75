"""Signed credentials: the JWT is verified with PyJWT, the embedded proof with Laurel's pipeline."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.credential import vocabulary
from chalicelib.credential.build import Holder
from chalicelib.credential.multibase import decode_ed25519
from chalicelib.credential.record import Record
from chalicelib.errors import Refused
from chalicelib.verify.report import Verdict
from tests.award.fakes import IssuerFixture, new_achievement

CLAIMS = ("iss", "jti", "nbf", "exp", "sub", "iat")


def public_key(acme: IssuerFixture) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(decode_ed25519(acme.issuer.signing_key.multibase))


def decode(acme: IssuerFixture, record: Record, **options: bool) -> dict[str, object]:
    assert record.jwt is not None
    # PyJWT reads the system clock, not the fake one.
    checks = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, **options}
    claims: dict[str, object] = jwt.decode(record.jwt, public_key(acme), algorithms=["EdDSA"], options=checks)
    return claims


def test_jwt_verifies_with_pyjwt_and_contains_the_same_credential(acme: IssuerFixture) -> None:
    record = acme.issue(jwt=True)
    payload = decode(acme, record)
    document = json.loads(record.document)
    del document["proof"]
    assert {name: value for name, value in payload.items() if name not in CLAIMS} == document


def test_jwt_header_has_the_media_type_and_the_key(acme: IssuerFixture) -> None:
    header = jwt.get_unverified_header(acme.issue(jwt=True).jwt or "")
    key = acme.issuer.signing_key
    assert header == {"alg": "EdDSA", "typ": "vc+jwt", "kid": acme.issuer.method_id(key)}


def test_jwt_claims_equal_the_credential(acme: IssuerFixture) -> None:
    now = acme.issuer_context.now()
    holder = Holder("Ada", did="did:example:ada")
    record = acme.issue(jwt=True, holder=holder, valid_until=now + timedelta(days=365))
    payload = decode(acme, record)
    assert payload["iss"] == acme.issuer.did
    assert payload["jti"] == json.loads(record.document)["id"]
    assert payload["nbf"] == int(now.timestamp())
    assert payload["iat"] == int(now.timestamp())
    assert payload["exp"] == int(now.timestamp()) + 365 * 86_400
    assert payload["sub"] == "did:example:ada"


def test_jwt_omits_sub_without_a_did_and_exp_without_an_expiry(acme: IssuerFixture) -> None:
    assert not {"sub", "exp"} & decode(acme, acme.issue(jwt=True)).keys()


def test_jwt_library_reports_an_expired_credential(acme: IssuerFixture) -> None:
    old = acme.issuer_context.now() - timedelta(days=4000)
    record = acme.issue(jwt=True, valid_from=old, valid_until=old + timedelta(days=1))
    with pytest.raises(jwt.ExpiredSignatureError):
        decode(acme, record, verify_exp=True)


def test_edited_jwt_is_invalid(acme: IssuerFixture) -> None:
    header, payload, signature = (acme.issue(jwt=True).jwt or "").split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["name"] += "!"
    edited = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(f"{header}.{edited}.{signature}", public_key(acme), algorithms=["EdDSA"])


def test_no_jwt_is_issued_by_default(acme: IssuerFixture) -> None:
    assert acme.issue().jwt is None


def test_jwt_too_long_for_the_key_service_is_refused_and_not_stored(acme: IssuerFixture) -> None:
    from chalicelib.award import achievements

    long = achievements.add(acme.issuer_context, new_achievement(criteria="x" * 3000))
    with pytest.raises(Refused) as refused:
        acme.issue(achievement_id=long.id, jwt=True)
    assert refused.value.code == "message_too_long"
    assert list(acme.issuer_store.records("acme")) == []
    assert acme.report(acme.issue(achievement_id=long.id)).verdict is Verdict.VALID


@pytest.mark.parametrize("suite", [vocabulary.EDDSA_RDFC_2022, vocabulary.EDDSA_JCS_2022])
def test_both_cryptosuites_verify(acme: IssuerFixture, suite: str) -> None:
    record = acme.issue(suite=suite)
    proof = json.loads(record.document)["proof"]
    assert proof["cryptosuite"] == suite
    assert proof["created"] == "2026-11-21T09:30:00Z"
    assert proof["proofPurpose"] == "assertionMethod"
    assert acme.report(record).verdict is Verdict.VALID
