"""Issuing: the content of a credential, its status entries, and input validation."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.award import achievements
from chalicelib.award.achievements import Content
from chalicelib.award.issuing.search import row_of
from chalicelib.credential.achievement import Skill
from chalicelib.credential.build import EvidenceLink, Holder, hash_identity
from chalicelib.credential.record import Purpose, Record, State
from chalicelib.errors import NotFound, Refused
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.report import Verdict
from tests.award.fakes import BASE_URL, IssuerFixture
from tests.examples import examples


def subject(record: Record) -> Any:
    return json.loads(record.document)["credentialSubject"]


def test_issued_credential_is_valid(acme: IssuerFixture) -> None:
    record = acme.issue()
    report = acme.report(record)
    assert report.verdict is Verdict.VALID
    assert acme.issuer_store.record(record.id) == record
    assert record.status.state is State.ACTIVE
    assert json.loads(record.document)["id"] == f"{BASE_URL}/c/{record.id}"


def test_achievement_has_a_urn_and_alignments_to_its_skills(acme: IssuerFixture) -> None:
    achievement = subject(acme.issue())["achievement"]
    assert achievement["id"] == f"urn:uuid:{acme.achievement.id}"
    assert achievement["alignment"][0]["targetUrl"].startswith("https://www.onetonline.org/")


def test_skill_with_only_a_name_is_a_tag_and_is_shown_as_a_skill(acme: IssuerFixture) -> None:
    skills = (Skill("Analysis", "https://skills.example/1"), Skill("Baking"), Skill("Baking"))
    content = Content("Analysis", "Can.", "Do.", None, "A wheel", skills=skills)
    achievements.revise(acme.issuer_context, "acme", acme.achievement.id, 1, content)
    record = acme.issue()
    signed = subject(record)["achievement"]
    alignment = {"type": ["Alignment"], "targetName": "Analysis", "targetUrl": "https://skills.example/1"}
    assert (signed["alignment"], signed["tag"]) == ([alignment], ["Baking"])
    report = acme.report(record)
    assert report.verdict is Verdict.VALID
    shown: Any = report.credential
    assert [skill["name"] for skill in shown["achievement"]["skills"]] == ["Analysis", "Baking"]


def test_credential_has_entries_for_revocation_and_suspension(acme: IssuerFixture) -> None:
    record = acme.issue()
    entries = json.loads(record.document)["credentialStatus"]
    assert [entry["statusPurpose"] for entry in entries] == ["revocation", "suspension"]
    assert [entry["statusListCredential"].rpartition("/")[2] for entry in entries] == [
        acme.issuer.revocation_list,
        acme.issuer.suspension_list,
    ]
    assert {entry["statusListIndex"] for entry in entries} == {str(record.entries[0].index)}
    assert {entry.purpose for entry in record.entries} == set(Purpose)


# Holder.


def test_credential_contains_the_email_address_only_as_a_salted_hash(acme: IssuerFixture) -> None:
    record = acme.issue(holder=Holder("Ada", " Ada@Example.ORG "))
    name, email = subject(record)["identifier"]
    assert name == {"type": "IdentityObject", "hashed": False, "identityHash": "Ada", "identityType": "name"}
    assert email["hashed"] is True
    assert email["identityType"] == "emailAddress"
    assert email["identityHash"] == hash_identity("ada@example.org", email["salt"])
    assert b"example.org" not in record.document.lower()


def test_email_comparison_ignores_case(acme: IssuerFixture) -> None:
    record = acme.issue(holder=Holder("Ada", "Ada@Example.ORG"))
    for email, verdict in (
        ("ada@example.org", Verdict.VALID),
        ("Ada@Example.ORG", Verdict.VALID),
        ("eve@example.org", Verdict.INVALID),
    ):
        assert acme.report(record, VerificationOptions(email)).verdict is verdict


def test_each_credential_has_its_own_salt(acme: IssuerFixture) -> None:
    salts = {subject(acme.issue())["identifier"][1]["salt"] for _ in range(20)}
    assert len(salts) == 20
    assert all(len(salt) == 32 for salt in salts)


def test_holder_without_email_has_only_a_name(acme: IssuerFixture) -> None:
    record = acme.issue(holder=Holder("Ada"))
    assert len(subject(record)["identifier"]) == 1
    assert acme.report(record).verdict is Verdict.VALID


def test_subject_has_an_id_only_with_a_did(acme: IssuerFixture) -> None:
    assert "id" not in subject(acme.issue())
    assert subject(acme.issue(holder=Holder("Ada", did="did:example:ada")))["id"] == "did:example:ada"


@pytest.mark.parametrize("name", ["فريد حدّاد", "יצחק בן־עמי", "陈美", "Trần Thị Quỳnh", 'Robert "\\u0022 <b>', "👩‍🚀"])
def test_names_of_any_script_round_trip(acme: IssuerFixture, name: str) -> None:
    record = acme.issue(holder=Holder(name), jwt=True)
    report = acme.report(record)
    assert report.verdict is Verdict.VALID
    assert report.credential is not None
    assert report.credential["holder"] == {"id": None, "name": name}


# Dates, evidence and validation.


def test_validity_starts_now_by_default(acme: IssuerFixture) -> None:
    now = acme.issuer_context.now()
    assert json.loads(acme.issue().document)["validFrom"] == "2026-11-21T09:30:00Z"
    assert acme.report(acme.issue(valid_from=now + timedelta(days=2))).verdict is Verdict.NOT_YET_VALID
    old = acme.issue(valid_from=now - timedelta(days=9), valid_until=now - timedelta(days=2))
    assert acme.report(old).verdict is Verdict.EXPIRED
    assert json.loads(old.document)["proof"]["created"] == "2026-11-21T09:30:00Z"


def test_credential_contains_its_evidence(acme: IssuerFixture) -> None:
    record = acme.issue(evidence=(EvidenceLink("https://acme.example/work/1", "The work", "Ten pages."),))
    report = acme.report(record)
    assert report.verdict is Verdict.VALID
    assert report.credential is not None
    assert report.credential["evidence"] == [
        {"url": "https://acme.example/work/1", "name": "The work", "narrative": "Ten pages."}
    ]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("bad_text", {"holder": Holder(" ")}),
        ("bad_text", {"holder": Holder("x" * 201)}),
        ("bad_text", {"holder": Holder("Ada", "")}),
        ("bad_email", {"holder": Holder("Ada", "ada")}),
        ("bad_email", {"holder": Holder("Ada", "@example.org")}),
        ("bad_email", {"holder": Holder("Ada", "ada@")}),
        ("bad_text", {"holder": Holder("Ada", "a\0da@example.org")}),
        ("bad_text", {"evidence": (EvidenceLink("https://acme.example/1", "The work", ""),)}),
        ("bad_did", {"holder": Holder("Ada", did="https://ada.example/")}),
        ("bad_did", {"holder": Holder("Ada", did="did:")}),
        ("bad_did", {"holder": Holder("Ada", did="did:example:")}),
        ("bad_did", {"holder": Holder("Ada", did="did:example:a%2")}),
        ("bad_did", {"holder": Holder("Ada", did="did:example:a b")}),
        ("bad_suite", {"suite": "ecdsa-sd-2023"}),
        ("no_p256_key", {"suite": "ecdsa-rdfc-2019"}),
        ("bad_url", {"evidence": (EvidenceLink("work/1", "The work"),)}),
        ("bad_evidence", {"evidence": (EvidenceLink("https://acme.example/1", "One"),) * 2}),
        (
            "bad_evidence",
            {"evidence": tuple(EvidenceLink("https://acme.example/1", name) for name in ("One", "Another"))},
        ),
        ("bad_text", {"evidence": (EvidenceLink("https://acme.example/1", ""),)}),
        ("bad_credential_id", {"credential_id": "../1"}),
    ],
)
def test_invalid_content_is_refused_before_signing(acme: IssuerFixture, code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        acme.issue(**changes)
    assert refused.value.code == code
    assert list(acme.issuer_store.records("acme")) == []


@pytest.mark.parametrize("start", [None, timedelta(0)])
def test_expiry_before_the_start_is_refused(acme: IssuerFixture, start: timedelta | None) -> None:
    now = acme.issuer_context.now()
    with pytest.raises(Refused) as refused:
        acme.issue(valid_from=None if start is None else now, valid_until=now - timedelta(seconds=1))
    assert refused.value.code == "bad_validity"


def test_unknown_issuer_or_achievement_is_not_found(acme: IssuerFixture) -> None:
    with pytest.raises(NotFound):
        acme.issue(issuer_id="nobody")
    with pytest.raises(NotFound):
        acme.issue(achievement_id="nothing")


@given(
    name=st.text(min_size=1, max_size=40),
    email=st.none() | st.text(max_size=30).map(lambda local: f"{local}@example.org"),
    did=st.none() | st.text(max_size=20).map(lambda rest: f"did:example:{rest}"),
)
@examples(150)
def test_any_holder_name_gives_a_valid_credential_or_a_refusal(name: str, email: str | None, did: str | None) -> None:
    acme = IssuerFixture()
    try:
        record = acme.issue(holder=Holder(name, email, did))
    except (Refused, CanonicalError):
        assert list(acme.issuer_store.records("acme")) == []
        return
    assert acme.report(record).verdict is Verdict.VALID


def test_credentials_of_the_same_second_are_listed_in_the_order_in_which_they_were_issued(acme: IssuerFixture) -> None:
    def issue_next(name: str) -> Record:
        acme.clock.advance(timedelta(microseconds=1))
        return acme.issue(holder=Holder(name))

    issued = [issue_next(f"Holder {number}") for number in range(5)]
    assert len({record.issued_at.replace(microsecond=0) for record in issued}) == 1
    by_key = sorted(issued, key=lambda record: row_of(record, None).place)
    assert [record.holder_name for record in by_key] == [record.holder_name for record in issued]
