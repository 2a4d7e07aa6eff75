"""Issuing: what goes into a credential, where its status stands, and that nothing is half-issued."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.credential.build import EvidenceLink, Holder, hash_identity
from chalicelib.credential.record import Purpose, Record, State
from chalicelib.errors import NotFound, Refused
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.report import Verdict
from tests.award.fakes import BASE_URL, House


def subject(record: Record) -> Any:
    return json.loads(record.document)["credentialSubject"]


def test_what_is_issued_is_valid(house: House) -> None:
    record = house.issue()
    report = house.report(record)
    assert report.verdict is Verdict.VALID
    assert house.issuer_store.record(record.id) == record
    assert record.status.state is State.ACTIVE
    assert json.loads(record.document)["id"] == f"{BASE_URL}/c/{record.id}"


def test_the_achievement_s_id_is_a_urn_and_its_skills_point_to_their_framework(house: House) -> None:
    achievement = subject(house.issue())["achievement"]
    assert achievement["id"] == f"urn:uuid:{house.achievement.id}"
    assert achievement["alignment"][0]["targetUrl"].startswith("https://www.onetonline.org/")


def test_it_has_an_entry_for_revocation_and_one_for_suspension(house: House) -> None:
    record = house.issue()
    entries = json.loads(record.document)["credentialStatus"]
    assert [entry["statusPurpose"] for entry in entries] == ["revocation", "suspension"]
    assert [entry["statusListCredential"].rpartition("/")[2] for entry in entries] == [
        house.issuer.revocation_list,
        house.issuer.suspension_list,
    ]
    assert {entry["statusListIndex"] for entry in entries} == {str(record.entries[0].index)}
    assert {entry.purpose for entry in record.entries} == set(Purpose)


# The holder.


def test_the_e_mail_address_is_only_there_as_a_salted_hash(house: House) -> None:
    record = house.issue(holder=Holder("Ada", " Ada@Example.ORG "))
    name, email = subject(record)["identifier"]
    assert name == {"type": "IdentityObject", "hashed": False, "identityHash": "Ada", "identityType": "name"}
    assert email["hashed"] is True
    assert email["identityType"] == "emailAddress"
    assert email["identityHash"] == hash_identity("ada@example.org", email["salt"])
    assert b"example.org" not in record.document.lower()


def test_a_verifier_can_ask_for_the_address_in_any_spelling(house: House) -> None:
    record = house.issue(holder=Holder("Ada", "Ada@Example.ORG"))
    for asked, verdict in (
        ("ada@example.org", Verdict.VALID),
        ("Ada@Example.ORG", Verdict.VALID),
        ("eve@example.org", Verdict.INVALID),
    ):
        assert house.report(record, VerificationOptions(asked)).verdict is verdict


def test_the_salt_is_another_one_in_each_credential(house: House) -> None:
    salts = {subject(house.issue())["identifier"][1]["salt"] for _ in range(20)}
    assert len(salts) == 20
    assert all(len(salt) == 32 for salt in salts)


def test_a_holder_without_an_address_has_a_name_alone(house: House) -> None:
    record = house.issue(holder=Holder("Ada"))
    assert len(subject(record)["identifier"]) == 1
    assert house.report(record).verdict is Verdict.VALID


def test_only_a_did_makes_the_subject_s_id(house: House) -> None:
    assert "id" not in subject(house.issue())
    assert subject(house.issue(holder=Holder("Ada", did="did:example:ada")))["id"] == "did:example:ada"


@pytest.mark.parametrize("name", ["فريد حدّاد", "יצחק בן־עמי", "陈美", "Trần Thị Quỳnh", 'Robert "\\u0022 <b>', "👩‍🚀"])
def test_names_of_every_script_come_back_as_they_were(house: House, name: str) -> None:
    record = house.issue(holder=Holder(name), jwt=True)
    report = house.report(record)
    assert report.verdict is Verdict.VALID
    assert report.credential is not None
    assert report.credential["holder"] == {"id": None, "name": name}


# Dates and the rest.


def test_validity_starts_now_unless_told_otherwise(house: House) -> None:
    now = house.issuer_context.now()
    assert json.loads(house.issue().document)["validFrom"] == "2026-11-21T09:30:00Z"
    assert house.report(house.issue(valid_from=now + timedelta(days=2))).verdict is Verdict.NOT_YET_VALID
    old = house.issue(valid_from=now - timedelta(days=9), valid_until=now - timedelta(days=2))
    assert house.report(old).verdict is Verdict.EXPIRED
    assert json.loads(old.document)["proof"]["created"] == "2026-11-21T09:30:00Z"


def test_evidence_is_named_in_the_credential(house: House) -> None:
    record = house.issue(evidence=(EvidenceLink("https://acme.example/work/1", "The work", "Ten pages."),))
    report = house.report(record)
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
        ("bad_suite", {"suite": "ecdsa-rdfc-2019"}),
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
def test_what_could_not_be_verified_or_shown_is_refused_before_it_is_signed(
    house: House, code: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(Refused) as refused:
        house.issue(**changes)
    assert refused.value.code == code
    assert list(house.issuer_store.records("acme")) == []


@pytest.mark.parametrize("start", [None, timedelta(0)])
def test_an_end_before_the_start_is_refused(house: House, start: timedelta | None) -> None:
    now = house.issuer_context.now()
    with pytest.raises(Refused) as refused:
        house.issue(valid_from=None if start is None else now, valid_until=now - timedelta(seconds=1))
    assert refused.value.code == "bad_validity"


def test_unknown_issuers_and_achievements_are_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.issue(issuer_id="nobody")
    with pytest.raises(NotFound):
        house.issue(achievement_id="nothing")


@given(
    name=st.text(min_size=1, max_size=40),
    email=st.none() | st.text(max_size=30).map(lambda local: f"{local}@example.org"),
    did=st.none() | st.text(max_size=20).map(lambda rest: f"did:example:{rest}"),
)
@settings(max_examples=150, deadline=None)
def test_whatever_the_holder_is_called_the_credential_is_valid_or_refused(
    name: str, email: str | None, did: str | None
) -> None:
    house = House()
    try:
        record = house.issue(holder=Holder(name, email, did))
    except (Refused, CanonicalError):
        assert list(house.issuer_store.records("acme")) == []
        return
    assert house.report(record).verdict is Verdict.VALID
