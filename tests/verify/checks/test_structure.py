from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt as pyjwt
import pytest

from chalicelib.credential import vocabulary
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Finding, Outcome, Verdict
from tests.makers import ISSUER_KEY, NOW, FakeResolver, as_bytes, good_resolver, signed, unsigned
from tests.verify.test_attacks import PLAIN

Edit = Callable[[dict[str, Any]], object]

ERRORS: dict[str, Edit] = {
    "contexts reversed": lambda doc: doc.update({"@context": doc["@context"][::-1]}),
    "no badge context": lambda doc: doc.update({"@context": doc["@context"][:1]}),
    "not a credential": lambda doc: doc.update(type=["OpenBadgeCredential"]),
    "id empty": lambda doc: doc.update(id=""),
    "id is a number": lambda doc: doc.update(id=1),
    "id in a list": lambda doc: doc.update(id=[doc["id"]]),
    "issuer in a list": lambda doc: doc.update(issuer=[doc["issuer"]["id"]]),
    "achievement id in a list": lambda doc: doc["credentialSubject"]["achievement"].update(id=["urn:x:y"]),
    "no issuer": lambda doc: doc.pop("issuer"),
    "issuer without id": lambda doc: doc["issuer"].pop("id"),
    "issuer without type": lambda doc: doc["issuer"].pop("type"),
    "no start": lambda doc: doc.pop("validFrom"),
    "start without zone": lambda doc: doc.update(validFrom="2026-01-01T00:00:00"),
    "end before start": lambda doc: doc.update(validUntil="2025-01-01T00:00:00Z"),
    "no subject": lambda doc: doc.pop("credentialSubject"),
    "empty subject": lambda doc: doc.update(credentialSubject={}),
    "subject is a string": lambda doc: doc.update(credentialSubject=["x"]),
    "subject without type": lambda doc: doc["credentialSubject"].pop("type"),
    "no achievement": lambda doc: doc["credentialSubject"].pop("achievement"),
    "achievement without type": lambda doc: doc["credentialSubject"]["achievement"].pop("type"),
    "achievement without id": lambda doc: doc["credentialSubject"]["achievement"].pop("id"),
    "achievement without name": lambda doc: doc["credentialSubject"]["achievement"].pop("name"),
    "achievement without description": lambda doc: doc["credentialSubject"]["achievement"].pop("description"),
    "achievement without criteria": lambda doc: doc["credentialSubject"]["achievement"].pop("criteria"),
    "empty status": lambda doc: doc.update(credentialStatus=[]),
    "status without type": lambda doc: doc["credentialStatus"][0].pop("type"),
    "status is a string": lambda doc: doc.update(credentialStatus="x"),
    "proof is a string": lambda doc: doc.update(proof="x"),
    "proof without type": lambda doc: doc["proof"].pop("type"),
    "proof without method": lambda doc: doc["proof"].pop("verificationMethod"),
    "proof without purpose": lambda doc: doc["proof"].pop("proofPurpose"),
    "proof without value": lambda doc: doc["proof"].pop("proofValue"),
    "proof value too short": lambda doc: doc["proof"].update(proofValue="z111"),
    "proof date": lambda doc: doc["proof"].update(created="yesterday"),
}


@pytest.mark.parametrize("error", ERRORS)
def test_a_document_that_breaks_the_standard_fails(error: str) -> None:
    document = signed(unsigned())
    ERRORS[error](document)
    finding = verify(as_bytes(document), resolver=FakeResolver().resolver(), now=NOW).findings[1]
    assert finding.outcome is Outcome.FAILED, finding


FORMS = ["VC-JWT", vocabulary.EDDSA_JCS_2022, vocabulary.EDDSA_RDFC_2022]


def secured(form: str, document: dict[str, Any]) -> bytes:
    """``document`` as its issuer signs it with ``form``, without a check of its structure or terms."""
    if form == "VC-JWT":
        header = {"typ": "vc+jwt", "kid": ISSUER_KEY.method}
        return pyjwt.encode(document, ISSUER_KEY.private, "EdDSA", headers=header).encode()
    proof = signed(unsigned(), suite=form)["proof"]
    if form == vocabulary.EDDSA_RDFC_2022:  # some of these documents have no canonical form, and none is needed
        return as_bytes({**document, "proof": proof})
    return as_bytes(signed(document, suite=form))


def structure_of(source: bytes) -> Finding:
    return verify(source, resolver=good_resolver().resolver(), now=NOW).findings[1]


TYPED = ("evidence", "termsOfUse", "refreshService", "credentialSchema", "credentialStatus")
BROKEN: dict[str, dict[str, object]] = {
    **{f"{name} without type": {name: {"id": "https://a.example/1"}} for name in TYPED},
    **{f"{name} whose id is no URL": {name: {"id": "x", "type": "Evidence"}} for name in TYPED},
    "schema without id": {"credentialSchema": {"type": "JsonSchema"}},
    "evidence as a link": {"evidence": "https://a.example/1"},
    "id": {"id": "not a URL"},
    "issuer": {"issuer": "not a URL"},
    "issuer id": {"issuer": {"id": "not a URL"}},
    "subject id in a list": {"credentialSubject": {"id": ["did:example:a"], "name": "x"}},
    "one subject empty": {"credentialSubject": [{"id": "did:example:a"}, {}]},
    "language value with an extra member": {"name": {"@value": "x", "@language": "en", "url": "urn:a"}},
    "issuer's language value": {"issuer": {"id": "did:example:a", "name": {"@value": "x", "@language": 1}}},
    "related resource without digest": {"relatedResource": {"id": "https://a.example/1"}},
    "related resources with one id": {
        "relatedResource": [{"id": "https://a.example/1", "digestSRI": "sha256-a"}] * 2,
    },
    "start is a day": {"validFrom": "2026-01-01"},
    "types with a number": {"type": ["VerifiableCredential", 1]},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", BROKEN)
def test_the_data_model_is_required_of_every_securing_mechanism(name: str, form: str) -> None:
    """With `eddsa-jcs-2022` and JWT, no JSON-LD step catches what breaks section 4: such documents were valid."""
    finding = structure_of(secured(form, {**PLAIN, **BROKEN[name]}))
    assert finding.outcome is Outcome.FAILED, finding


@pytest.mark.parametrize("form", FORMS)
def test_what_the_data_model_allows_is_accepted(form: str) -> None:
    allowed: dict[str, object] = {
        "evidence": [{"type": "Evidence"}, {"id": "urn:a", "type": ["Evidence", "Exam"]}],
        "termsOfUse": {"type": "IssuerPolicy"},
        "credentialSchema": [{"id": "https://a.example/1", "type": "JsonSchema"}],
        "refreshService": {"type": "Refresh"},
        "name": [{"@value": "x", "@language": "en"}, {"@value": "y", "@language": "ar", "@direction": "rtl"}],
        "relatedResource": {"id": "https://a.example/1", "digestSRI": "sha256-a"},
        "validFrom": "2026-01-01T00:00:00.123456789+14:00",
    }
    assert structure_of(secured(form, {**PLAIN, **allowed})).outcome is Outcome.PASSED


BROKEN_BADGES: dict[str, Edit] = {
    "without id": lambda doc: doc.pop("id"),
    "image is a link": lambda doc: doc["credentialSubject"]["achievement"].update(image="https://a.example/i.png"),
    "image with another member": lambda doc: doc["credentialSubject"]["achievement"]["image"].update(size="1"),
    "achievement type": lambda doc: doc["credentialSubject"]["achievement"].update(achievementType="Diplom"),
    "identifier not marked": lambda doc: doc["credentialSubject"]["identifier"][0].pop("hashed"),
    "nobody": lambda doc: doc["credentialSubject"].pop("identifier"),
    "alignment without target": lambda doc: doc["credentialSubject"]["achievement"]["alignment"][0].pop("targetUrl"),
    "credits as text": lambda doc: doc["credentialSubject"].update(creditsEarned="3"),
    "awarded on a day": lambda doc: doc.update(awardedDate="2026-01-01"),
    "evidence of another type": lambda doc: doc.update(evidence=[{"type": ["Exam"]}]),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", BROKEN_BADGES)
def test_the_schema_of_open_badges_is_required_of_every_securing_mechanism(name: str, form: str) -> None:
    document: dict[str, Any] = unsigned()
    BROKEN_BADGES[name](document)
    finding = structure_of(secured(form, document))
    assert (finding.outcome, finding.code[:10]) in {(Outcome.FAILED, "structure_"), (Outcome.FAILED, "member_und")}
    assert "Open Badges 3.0, B.1" in finding.message


def test_a_transcript_needs_its_credentials() -> None:
    clr: dict[str, Any] = {
        **PLAIN,
        "type": ["VerifiableCredential", "ClrCredential"],
        "id": "urn:uuid:a",
        "name": "Transcript",
        "issuer": {"id": ISSUER_KEY.did, "type": ["Profile"]},
        "credentialSubject": {"id": "did:example:ada", "type": ["ClrSubject"]},
    }
    assert structure_of(secured("VC-JWT", clr)).code == "structure_incomplete"
    clr["credentialSubject"]["verifiableCredential"] = [PLAIN]
    assert structure_of(secured("VC-JWT", clr)).outcome is Outcome.PASSED


@pytest.mark.parametrize("form", FORMS)
def test_a_transcript_is_read_and_its_parts_have_their_own_reports(form: str) -> None:
    clr: dict[str, Any] = {
        "@context": [
            vocabulary.CREDENTIALS_V2,
            "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
            vocabulary.OPEN_BADGES_V3,
        ],
        "id": "urn:uuid:a",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Transcript",
        "issuer": {"id": ISSUER_KEY.did, "type": ["Profile"], "name": "Fernhill College"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:ada",
            "type": ["ClrSubject"],
            "verifiableCredential": [signed(unsigned())],
        },
    }
    source = secured("VC-JWT", clr) if form == "VC-JWT" else as_bytes(signed(clr, suite=form))
    report = verify(source, resolver=good_resolver().resolver(), now=NOW)
    assert report.verdict is Verdict.VALID, report.findings
    assert [each.report.verdict for each in report.contained] == [Verdict.VALID]


def test_an_unknown_version_of_the_open_badges_context_is_unknown() -> None:
    """A later or draft context is no fault of the credential."""
    document: dict[str, Any] = unsigned()
    document["@context"][1] = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.9.9.json"
    report = verify(secured("VC-JWT", document), resolver=good_resolver().resolver(), now=NOW)
    assert [finding.code for finding in report.findings[1:3]] == ["well_formed", "context_unknown"]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda doc: doc.update({"@context": ["https://schema.org/"]}), "format_unknown"),
        (lambda doc: doc.update(type=["Person"]), "format_unknown"),
        (lambda doc: doc.pop("@context"), "format_unknown"),
    ],
)
def test_an_unsupported_format_is_unknown(edit: Edit, code: str) -> None:
    document = signed(unsigned())
    edit(document)
    finding = verify(as_bytes(document), resolver=FakeResolver().resolver(), now=NOW).findings[0]
    assert (finding.outcome, finding.code) == (Outcome.UNKNOWN, code)
