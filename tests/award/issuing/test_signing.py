"""The two forms of a signed credential, read by libraries that are not ours."""

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
from tests.award.fakes import House, new_achievement

CLAIMS = ("iss", "jti", "nbf", "exp", "sub", "iat")


def public_key(house: House) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(decode_ed25519(house.issuer.signing_key.multibase))


def decode(house: House, record: Record, **options: bool) -> dict[str, object]:
    assert record.jwt is not None
    # The fake clock is not the one PyJWT reads.
    checks = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, **options}
    claims: dict[str, object] = jwt.decode(record.jwt, public_key(house), algorithms=["EdDSA"], options=checks)
    return claims


def test_the_jwt_verifies_with_pyjwt_and_holds_the_same_credential(house: House) -> None:
    record = house.issue(jwt=True)
    payload = decode(house, record)
    document = json.loads(record.document)
    del document["proof"]
    assert {name: value for name, value in payload.items() if name not in CLAIMS} == document


def test_the_jwt_s_header_names_the_media_type_and_the_key(house: House) -> None:
    header = jwt.get_unverified_header(house.issue(jwt=True).jwt or "")
    key = house.issuer.signing_key
    assert header == {"alg": "EdDSA", "typ": "vc+jwt", "kid": house.issuer.method_id(key)}


def test_the_jwt_s_claims_repeat_the_credential(house: House) -> None:
    now = house.issuer_context.now()
    holder = Holder("Ada", did="did:example:ada")
    record = house.issue(jwt=True, holder=holder, valid_until=now + timedelta(days=365))
    payload = decode(house, record)
    assert payload["iss"] == house.issuer.did
    assert payload["jti"] == json.loads(record.document)["id"]
    assert payload["nbf"] == int(now.timestamp())
    assert payload["iat"] == int(now.timestamp())
    assert payload["exp"] == int(now.timestamp()) + 365 * 86_400
    assert payload["sub"] == "did:example:ada"


def test_a_holder_without_a_did_and_a_credential_without_an_end_leave_their_claims_out(house: House) -> None:
    assert not {"sub", "exp"} & decode(house, house.issue(jwt=True)).keys()


def test_a_jwt_library_sees_an_expired_credential_as_expired(house: House) -> None:
    old = house.issuer_context.now() - timedelta(days=4000)
    record = house.issue(jwt=True, valid_from=old, valid_until=old + timedelta(days=1))
    with pytest.raises(jwt.ExpiredSignatureError):
        decode(house, record, verify_exp=True)


def test_every_edit_of_the_jwt_breaks_it(house: House) -> None:
    header, payload, signature = (house.issue(jwt=True).jwt or "").split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["name"] += "!"
    edited = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(f"{header}.{edited}.{signature}", public_key(house), algorithms=["EdDSA"])


def test_no_jwt_is_made_unless_asked_for(house: House) -> None:
    assert house.issue().jwt is None


def test_a_credential_too_long_for_the_key_service_is_refused_and_nothing_is_stored(house: House) -> None:
    from chalicelib.award import achievements

    long = achievements.add(house.issuer_context, new_achievement(criteria="x" * 3000))
    with pytest.raises(Refused) as refused:
        house.issue(achievement_id=long.id, jwt=True)
    assert refused.value.code == "message_too_long"
    assert list(house.issuer_store.records("acme")) == []
    assert house.report(house.issue(achievement_id=long.id)).verdict is Verdict.VALID


@pytest.mark.parametrize("suite", [vocabulary.EDDSA_RDFC_2022, vocabulary.EDDSA_JCS_2022])
def test_both_suites_verify_and_are_named_in_the_proof(house: House, suite: str) -> None:
    record = house.issue(suite=suite)
    proof = json.loads(record.document)["proof"]
    assert proof["cryptosuite"] == suite
    assert proof["created"] == "2026-11-21T09:30:00Z"
    assert proof["proofPurpose"] == "assertionMethod"
    assert house.report(record).verdict is Verdict.VALID
