"""An issuer's P-256 key: its JWTs are ES256, which most verifiers require, and `ecdsa-rdfc-2019` can be chosen."""

from __future__ import annotations

import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from chalicelib.award import achievements
from chalicelib.award.issuers.issuer_actions import Method
from chalicelib.award.issuing import reissue
from chalicelib.award.keys import revocation, rotation
from chalicelib.credential.multibase import decode_base58btc
from chalicelib.credential.record import Record
from chalicelib.errors import Refused
from chalicelib.reports.hosted_resolver import build_hosted_resolver
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Report, Verdict
from tests.award.fakes import BASE_URL, IssuerFixture, new_achievement

ECDSA = "ecdsa-rdfc-2019"


@pytest.fixture
def acme() -> IssuerFixture:
    """An issuer with a key of its own, and the P-256 key beside it."""
    acme = IssuerFixture()
    acme.issuer = rotation.rotate_key(acme.issuer_context, "acme")
    return acme


def p256(acme: IssuerFixture) -> EllipticCurvePublicKey:
    multikey = acme.issuer.signing_key.p256
    assert multikey is not None
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decode_base58btc(multikey)[2:])


def report_on_jwt(acme: IssuerFixture, record: Record) -> Report:
    related = acme.issuer_store.related_items(record, acme.clock().date())
    resolver = build_hosted_resolver(BASE_URL, related.issuer, related.status_lists, acme.clock(), record)
    return verify((record.jwt or "").encode(), resolver=resolver, now=acme.clock())


def test_the_jwt_is_es256_and_verifies_with_pyjwt_and_here(acme: IssuerFixture) -> None:
    record = acme.issue(jwt=True)
    assert record.jwt is not None
    header = jwt.get_unverified_header(record.jwt)
    assert header == {"alg": "ES256", "typ": "vc+jwt", "kid": f"{acme.issuer.did}#{acme.issuer.signing_key.p256}"}
    checks = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    payload = jwt.decode(record.jwt, p256(acme), algorithms=["ES256"], options=checks)
    assert payload["jti"] == json.loads(record.document)["id"]
    assert report_on_jwt(acme, record).verdict is Verdict.VALID


def test_a_jwt_longer_than_kms_signs_with_ed25519_is_issued(acme: IssuerFixture) -> None:
    long = achievements.add(acme.issuer_context, new_achievement(criteria="x" * 3000))
    record = acme.issue(achievement_id=long.id, jwt=True)
    assert len(record.jwt or "") > acme.signer.MAX_MESSAGE
    assert report_on_jwt(acme, record).verdict is Verdict.VALID


def test_a_proof_with_ecdsa_is_valid(acme: IssuerFixture) -> None:
    record = acme.issue(suite=ECDSA)
    report = acme.report(record)
    assert (report.verdict, report.format) == (Verdict.VALID, f"Open Badges 3.0, {ECDSA}")


def test_the_other_suites_still_sign_with_ed25519(acme: IssuerFixture) -> None:
    proof = json.loads(acme.issue().document)["proof"]
    assert proof["verificationMethod"] == acme.issuer.method_id(acme.issuer.signing_key)


@pytest.mark.parametrize("method", Method)
def test_an_issuer_without_a_p256_key_issues_eddsa_tokens_and_no_ecdsa(method: Method) -> None:
    acme = IssuerFixture(method=method)
    assert acme.signer.created_p256 == []
    assert jwt.get_unverified_header(acme.issue(jwt=True).jwt or "")["alg"] == "EdDSA"
    with pytest.raises(Refused) as refused:
        acme.issue(suite=ECDSA)
    assert refused.value.code == "no_p256_key"


def test_what_a_retired_p256_key_signed_stays_valid(acme: IssuerFixture) -> None:
    record = acme.issue(suite=ECDSA, jwt=True)
    acme.clock.advance(timedelta(days=1))
    rotation.rotate_key(acme.issuer_context, "acme")
    acme.clock.advance(timedelta(days=1))
    assert (acme.report(record).verdict, report_on_jwt(acme, record).verdict) == (Verdict.VALID, Verdict.VALID)


@pytest.mark.parametrize("named", ["ed25519", "p256"])
def test_both_keys_of_a_pair_are_revoked_together_whichever_is_named(acme: IssuerFixture, named: str) -> None:
    kept = acme.issue(suite=ECDSA, jwt=True)
    acme.clock.advance(timedelta(days=1))
    since = acme.issuer_context.now()
    stolen = acme.issue(suite=ECDSA, jwt=True)
    key = acme.issuer.signing_key
    fragment = key.fragment if named == "ed25519" else key.p256 or ""
    acme.clock.advance(timedelta(days=1))
    revocation.revoke(acme.issuer_context, "acme", f"{acme.issuer.did}#{fragment}", since, by_operator=True)
    assert (acme.report(kept).verdict, report_on_jwt(acme, kept).verdict) == (Verdict.VALID, Verdict.VALID)
    assert (acme.report(stolen).verdict, report_on_jwt(acme, stolen).verdict) == (Verdict.INVALID, Verdict.INVALID)


def test_a_credential_is_reissued_with_another_suite_when_the_issuer_has_lost_its_p256_key(
    acme: IssuerFixture,
) -> None:
    record = acme.issue(suite=ECDSA)
    acme.clock.advance(timedelta(days=1))
    key = acme.issuer.signing_key
    revocation.revoke(acme.issuer_context, "acme", key.fragment, acme.issuer_context.now())
    assert acme.issuer_store.issuer("acme").signing_key.p256 is None
    renewed = reissue.renew(acme.issuer_context, "acme", record.id)
    assert json.loads(renewed.document)["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
