from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.credential.multibase import decode_base58btc, encode_ed25519
from chalicelib.verify.clock_skew import SKEW
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.keys.multikey import from_multikey
from chalicelib.verify.keys.public_key import PublicKey, UnusableKey
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Controller, Method, Resolver
from chalicelib.verify.report import Evidence, Outcome, Report
from tests.makers import ISSUER_KEY, NOW, OTHER_KEY, FakeResolver, as_bytes, issuer, signed, unsigned
from tests.verify.jose.tokens import jwk
from tests.verify.test_attacks import PLAIN, token

DID = "did:web:fernhill.example"
HOUR = timedelta(hours=1)


def report_on(method: dict[str, Any], *, signed_at: datetime = NOW, **proof: Any) -> Report:
    key = from_multikey(encode_ed25519(ISSUER_KEY.public))
    values = {"id": f"{DID}#key-1", "key": key, "assertion": True, **method}
    resolver = FakeResolver(controllers={DID: Controller(DID, (Method(**values),))})
    document = signed(unsigned(issuer(did=DID), entries=()), method=f"{DID}#key-1", created=signed_at)
    document["proof"].update(proof)  # type: ignore[attr-defined]
    del document["credentialStatus"]
    return verify(as_bytes(resigned(document)), resolver=resolver.resolver(), now=NOW)


def resigned(document: dict[str, Any]) -> dict[str, Any]:
    """Sign the document again with its changed proof options."""
    from chalicelib.credential.multibase import encode_base58btc
    from chalicelib.verify.data_integrity import signed_bytes

    options = {name: value for name, value in document["proof"].items() if name != "proofValue" and value is not None}
    bare = {name: value for name, value in document.items() if name != "proof"}
    signature = ISSUER_KEY.private.sign(signed_bytes(bare, options, "eddsa-rdfc-2022"))
    return {**bare, "proof": {**options, "proofValue": encode_base58btc(signature)}}


def test_a_current_key_of_the_issuer_passes() -> None:
    finding = report_on({}).findings[4]
    assert (finding.outcome, finding.code) == (Outcome.PASSED, "signer_is_issuer")


@pytest.mark.parametrize(
    ("method", "proof", "outcome", "code"),
    [
        ({"assertion": False}, {}, Outcome.FAILED, "key_not_for_assertions"),
        ({}, {"proofPurpose": "authentication"}, Outcome.FAILED, "purpose_wrong"),
        ({"expires": NOW}, {}, Outcome.FAILED, "key_no_longer_valid"),
        ({"expires": NOW + timedelta(seconds=1)}, {}, Outcome.PASSED, "signer_is_issuer"),
        ({"revoked": NOW}, {}, Outcome.FAILED, "key_revoked"),
        ({"revoked": NOW - HOUR}, {"created": "2026-11-22T10:00:00Z"}, Outcome.FAILED, "key_revoked"),
        ({"revoked": NOW + HOUR}, {}, Outcome.PASSED, "signer_is_issuer"),
        ({"created": NOW + HOUR}, {}, Outcome.FAILED, "key_not_yet_valid"),
        ({"created": NOW}, {}, Outcome.PASSED, "signer_is_issuer"),
        ({"expires": NOW + HOUR}, {"created": None}, Outcome.UNKNOWN, "proof_undated"),
        ({}, {"created": None}, Outcome.PASSED, "signer_is_issuer"),
        ({}, {"created": "2026-11-22T12:01:00Z"}, Outcome.PASSED, "signer_is_issuer"),
        ({}, {"created": "2026-11-22T12:01:01Z"}, Outcome.FAILED, "proof_from_the_future"),
        ({}, {"expires": "2026-11-22T12:00:01Z"}, Outcome.PASSED, "signer_is_issuer"),
        ({}, {"expires": "2026-11-22T12:00:00Z"}, Outcome.FAILED, "proof_expired"),
    ],
)
def test_the_key_must_be_the_issuers_and_valid_for_assertions_when_it_signed(
    method: dict[str, Any], proof: dict[str, Any], outcome: Outcome, code: str
) -> None:
    finding = report_on(method, **proof).findings[4]
    assert (finding.outcome, finding.code) == (outcome, code)


def test_a_rotated_key_still_verifies_earlier_signatures() -> None:
    finding = report_on({"expires": NOW - HOUR}, signed_at=NOW - 2 * HOUR).findings[4]
    assert finding.outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("method_id", "outcome", "code"),
    [
        (DID, Outcome.FAILED, "key_unnamed"),
        (f"{DID}#key-2", Outcome.FAILED, "key_not_listed"),
        (f"{DID}#KEY-1", Outcome.FAILED, "key_not_listed"),
        ("did:web:nowhere.example#key-1", Outcome.UNKNOWN, "key_unavailable"),
        (f"{ISSUER_KEY.did}#other", Outcome.FAILED, "key_not_listed"),
        ("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme#x", Outcome.UNKNOWN, "key_unsupported"),
        ("did:key:nonsense#x", Outcome.FAILED, "not_base58btc"),
    ],
)
def test_an_unlisted_key_fails_but_a_failed_look_up_is_unknown(method_id: str, outcome: Outcome, code: str) -> None:
    finding = report_on({}, verificationMethod=method_id).findings[3]
    assert (finding.outcome, finding.code) == (outcome, code)


@pytest.mark.parametrize(
    ("key", "outcome", "code"),
    [
        (UnusableKey("key_unsupported", "of another type"), Outcome.UNKNOWN, "key_unsupported"),
        (UnusableKey("key_weak", "of small order"), Outcome.FAILED, "key_weak"),
        (from_jwk(jwk("ES256")), Outcome.FAILED, "algorithm_mismatch"),
    ],
)
def test_an_unsupported_key_is_unknown_but_a_forbidden_key_fails(
    key: PublicKey | UnusableKey, outcome: Outcome, code: str
) -> None:
    finding = report_on({"key": key}).findings[3]
    assert (finding.outcome, finding.code) == (outcome, code)


def test_a_signature_by_another_did_key_than_the_issuers_is_refused() -> None:
    report = verify(as_bytes(signed(unsigned(), key=OTHER_KEY)), resolver=FakeResolver().resolver(), now=NOW)
    assert report.findings[4].code == "signer_not_issuer"


@dataclass
class StoredAt:
    """Evidence that one credential was stored at a time, with one signature."""

    time: datetime | None
    credential_id: str
    signature: bytes

    def stored_at(self, credential_id: str, signature: bytes) -> datetime | None:
        assert (credential_id, signature) == (self.credential_id, self.signature)
        return self.time


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        (NOW - 2 * HOUR, "signer_is_issuer"),
        (NOW - HOUR, "key_revoked"),
        (NOW, "key_revoked"),
        (None, "key_revoked"),
    ],
    ids=["before", "at the time", "after", "never"],
)
def test_what_was_stored_before_its_key_was_revoked_stays_valid(stored: datetime | None, code: str) -> None:
    plain = {name: value for name, value in unsigned(issuer(did=DID), entries=()).items() if name != "credentialStatus"}
    document: Any = signed(plain, method=f"{DID}#key-1")
    signature = decode_base58btc(document["proof"]["proofValue"])
    key = from_multikey(encode_ed25519(ISSUER_KEY.public))
    controller = Controller(DID, (Method(f"{DID}#key-1", key, assertion=True, revoked=NOW - HOUR),))
    ports = FakeResolver(controllers={DID: controller}).resolver()
    archive = StoredAt(stored, document["id"], signature)
    resolver = Resolver(ports.controllers, ports.status_lists, ports.registry, archive=archive)
    assert verify(as_bytes(document), resolver=resolver, now=NOW).findings[4].code == code


def test_the_finding_says_where_the_key_was_read() -> None:
    read = Evidence("https://fernhill.example/.well-known/did.json", NOW, "0" * 64)
    key = from_multikey(encode_ed25519(ISSUER_KEY.public))
    controller = Controller(DID, (Method(f"{DID}#key-1", key, assertion=True),), (read,))
    plain = {name: value for name, value in unsigned(issuer(did=DID), entries=()).items() if name != "credentialStatus"}
    source = as_bytes(signed(plain, method=f"{DID}#key-1"))
    report = verify(source, resolver=FakeResolver(controllers={DID: controller}).resolver(), now=NOW)
    assert report.findings[4].evidence == (read,)


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("starts", "code"),
    [(NOW, ""), (NOW + SKEW, ""), (NOW + SKEW + SECOND, "proof_not_yet_valid"), (NOW - SKEW, "")],
)
def test_a_token_may_start_a_minute_late(starts: datetime, code: str) -> None:
    source = token({**PLAIN, "nbf": int(starts.timestamp())})
    finding = verify(source, resolver=FakeResolver().resolver(), now=NOW).findings[4]
    assert finding.code == (code or "signer_is_issuer")


@pytest.mark.parametrize(
    ("created", "code"),
    [(NOW + SKEW, ""), (NOW + SKEW + SECOND, "proof_from_the_future")],
)
def test_a_proof_may_be_dated_a_minute_ahead(created: datetime, code: str) -> None:
    source = as_bytes(signed(PLAIN, created=created))
    finding = verify(source, resolver=FakeResolver().resolver(), now=NOW).findings[4]
    assert finding.code == (code or "signer_is_issuer")


@pytest.mark.parametrize(
    ("since", "code"), [(NOW + SKEW, "signer_is_issuer"), (NOW + SKEW + SECOND, "key_not_yet_valid")]
)
def test_a_key_may_be_a_minute_younger_than_its_signature(since: datetime, code: str) -> None:
    assert report_on({"created": since}).findings[4].code == code
