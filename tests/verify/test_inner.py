"""Credentials inside a credential: endorsements and CLR 2.0. Each has its own report and changes nothing outside it."""

from __future__ import annotations

import json
from typing import Any

import jwt as pyjwt
import pytest

from chalicelib.credential import vocabulary
from chalicelib.verify.data_integrity import sign
from chalicelib.verify.inner import MAX_INNER
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Report, Verdict
from tests.makers import ISSUER_KEY, NOW, OTHER_KEY, good_resolver, unsigned

JCS = vocabulary.EDDSA_JCS_2022


def signed(document: dict[str, Any], key: Any = ISSUER_KEY) -> dict[str, Any]:
    return sign(document, suite=JCS, method=key.method, created=NOW, signer=key.private.sign)


def endorsement(**members: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "@context": [vocabulary.CREDENTIALS_V2, vocabulary.OPEN_BADGES_V3],
        "id": "urn:uuid:2",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": OTHER_KEY.did, "type": ["Profile"]},
        "name": "A good badge",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "urn:uuid:1", "type": ["EndorsementSubject"], "endorsementComment": "Good."},
        **members,
    }
    return signed(document, OTHER_KEY)


def as_jwt() -> str:
    document = {name: value for name, value in endorsement().items() if name != "proof"}
    return pyjwt.encode(document, OTHER_KEY.private, "EdDSA", headers={"typ": "vc+jwt", "kid": OTHER_KEY.method})


def badge(**members: Any) -> dict[str, Any]:
    return signed({**unsigned(), **members})


def report_on(document: dict[str, Any]) -> Report:
    return verify(json.dumps(document).encode(), resolver=good_resolver().resolver(), now=NOW)


def codes(report: Report) -> dict[str, str]:
    return {finding.check: finding.code for finding in report.findings}


@pytest.mark.parametrize(
    "member", [{"endorsement": [endorsement()]}, {"endorsementJwt": [as_jwt()]}], ids=["proof", "jwt"]
)
def test_an_endorsement_has_its_own_report(member: dict[str, Any]) -> None:
    report = report_on(badge(**member))
    assert (report.verdict, codes(report)["extras"]) == (Verdict.VALID, "inner_reported")
    assert [(each.kind, each.report.verdict) for each in report.contained] == [("endorsement", Verdict.VALID)]
    assert "the endorsements inside it" not in report.not_checked


def test_a_forged_endorsement_is_invalid_and_changes_nothing_outside_it() -> None:
    forged = {**endorsement(), "name": "The best badge"}
    report = report_on(badge(endorsement=[endorsement(), forged]))
    assert report.verdict is Verdict.VALID
    assert [each.report.verdict for each in report.contained] == [Verdict.VALID, Verdict.INVALID]


def test_an_endorsement_of_the_achievement_or_the_issuer_is_found() -> None:
    document: Any = unsigned()
    document["credentialSubject"]["achievement"]["endorsement"] = [endorsement()]
    document["issuer"]["endorsementJwt"] = [as_jwt()]
    report = report_on(signed(document))
    assert [each.report.verdict for each in report.contained] == [Verdict.VALID, Verdict.VALID]


def clr(*credentials: dict[str, Any]) -> dict[str, Any]:
    return signed(
        {
            "@context": [
                vocabulary.CREDENTIALS_V2,
                "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
                vocabulary.OPEN_BADGES_V3,
            ],
            "id": "urn:uuid:3",
            "type": ["VerifiableCredential", "ClrCredential"],
            "issuer": {"id": ISSUER_KEY.did, "type": ["Profile"], "name": "Fernhill"},
            "name": "Transcript",
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {
                "id": "did:example:ada",
                "type": ["ClrSubject"],
                "verifiableCredential": list(credentials),
            },
        }
    )


def test_every_credential_of_a_clr_has_its_own_report() -> None:
    changed = {**badge(), "name": "Doctorate"}
    report = report_on(clr(badge(), badge(endorsement=[endorsement()]), changed))
    assert report.verdict is Verdict.VALID, report.findings
    assert [each.report.verdict for each in report.contained] == [Verdict.VALID, Verdict.VALID, Verdict.INVALID]
    assert [each.kind for each in report.contained[1].report.contained] == ["endorsement"]


def test_the_number_of_inner_credentials_is_limited() -> None:
    report = report_on(badge(endorsementJwt=["x.y.z"] * (MAX_INNER + 1)))
    assert (report.verdict, codes(report)["extras"]) == (Verdict.VALID, "extras_not_followed")
    assert report.contained == ()
    assert "the endorsements inside it" in report.not_checked


def test_the_limit_counts_at_every_depth() -> None:
    full = badge(endorsementJwt=["x.y.z"] * (MAX_INNER // 2))
    report = report_on(clr(full, full, full))
    assert sum(1 for _ in report.within()) <= MAX_INNER


def test_nothing_inside_a_forged_credential_is_reported() -> None:
    report = report_on({**badge(endorsement=[endorsement()]), "name": "Doctorate"})
    assert (report.verdict, report.contained) == (Verdict.INVALID, ())


@pytest.mark.parametrize("suite", [JCS, vocabulary.EDDSA_RDFC_2022])
def test_a_credential_about_several_subjects_is_valid_but_not_issued_to_one_of_them(suite: str) -> None:
    document: dict[str, Any] = {
        "@context": [vocabulary.CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "issuer": ISSUER_KEY.did,
        "credentialSubject": [{"id": "did:example:ada"}, {"id": "did:example:bob"}],
    }
    made = sign(document, suite=suite, method=ISSUER_KEY.method, created=NOW, signer=ISSUER_KEY.private.sign)
    source = json.dumps(made).encode()
    report = verify(source, resolver=good_resolver().resolver(), now=NOW)
    assert report.verdict is Verdict.VALID, report.findings
    asked = verify(source, resolver=good_resolver().resolver(), now=NOW, options=VerificationOptions("a@example.org"))
    assert (asked.verdict, codes(asked)["recipient"]) == (Verdict.UNKNOWN, "several_subjects")
