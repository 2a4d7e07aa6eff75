"""What is signed: hashes, codes and times, without personal data, and nothing that a person wrote."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib import VERSION
from chalicelib.receipts import jws, payload, readable, unchecked
from chalicelib.receipts.digests import Digests
from chalicelib.receipts.receipt import Json, Receipt, VerificationRequest
from chalicelib.reports.unchecked import PAGE_UNCHECKED, PDF_UNCHECKED
from chalicelib.verify.canonical import jcs
from chalicelib.verify.checks.extras import LEFT_OUT, UNFOLLOWED
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.pipeline import ALWAYS_UNCHECKED, ISSUER_UNCHECKED
from chalicelib.verify.report import Report
from tests.http.fake_laurel import BASE_URL, KINDS, Laurel, hostile, id_of, seeded
from tests.receipts import samples

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = re.compile(r"[0-9a-f]{64}|[a-z0-9_]{1,40}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""Every text in the signed part is a hash, a code or a time, except those below."""
NAMED = {BASE_URL, f"Laurel {VERSION}", "Open Badges 3.0, eddsa-rdfc-2022", "Open Badges 3.0, eddsa-jcs-2022"}


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


@pytest.fixture
def laurel() -> Laurel:
    return seeded()


def claims(receipt: Receipt) -> Json:
    return jws.claims_of(receipt.jws)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("email", ["ada@example.org", None])
def test_it_has_only_hashes_codes_and_times(laurel: Laurel, kind: str, email: str | None) -> None:
    signed = claims(samples.make(laurel, kind, VerificationOptions(email=email, challenge="Ada's challenge")))
    assert [text for text in texts(signed) if text not in NAMED and not ALLOWED.fullmatch(text)] == []
    assert signed["policy"] == {"recipient": email is not None, "challenge": True, "domain": False}


def test_free_text_of_a_hostile_credential_is_not_signed(laurel: Laurel) -> None:
    document = json.loads(laurel.issuer_store.record(id_of("valid")).document)
    document["name"] = "Ada Nwosu"
    document["evidence"] = [{"id": "https://ada.example/", "type": ["Evidence"], "name": "Ada Nwosu"}]
    record = hostile(laurel, document)
    report = laurel.hosted_reports.open(record.id, None).report
    strange = replace(report, format="Ada Nwosu <ada@example.org>", not_checked=("whether Ada is Ada",))
    strange = replace(strange, findings=tuple(each._replace(code="Ada Nwosu") for each in strange.findings))
    signed = build(strange, VerificationRequest(record.document))
    assert "Ada" not in json.dumps(signed)
    assert signed["format"] is None
    assert signed["not_checked"] == ["other"]


def build(report: Report, request: VerificationRequest) -> Json:
    digests = Digests(bytes(16))
    options = VerificationOptions()
    return payload.build(
        receipt_id="a" * 26,
        base_url=BASE_URL,
        software="Laurel",
        now=report.checked_at,
        request=request,
        report=report,
        options=options,
        readable=readable.build(request, report, options, digests),
        digests=digests,
    )


@pytest.mark.parametrize(("kind", "plain"), [("valid", True), ("revoked", True), ("tampered", False)])
def test_what_could_be_guessed_is_hashed_with_a_salt(laurel: Laurel, kind: str, plain: bool) -> None:
    """Without a valid signature, a credential may be a name and a title, which anyone could try."""
    receipt = samples.make(laurel, kind)
    found = claims(receipt)["request"]["document"]
    digest = hashlib.sha256(laurel.issuer_store.record(id_of(kind)).document).digest()
    assert receipt.readable is not None
    salted = hashlib.sha256(bytes.fromhex(receipt.readable["salt"]) + digest).hexdigest()
    assert found == ({"sha256": digest.hex()} if plain else {"salted_sha256": salted})


def test_addresses_elsewhere_are_hashed_with_a_salt(laurel: Laurel) -> None:
    opened = laurel.hosted_reports.open(id_of("valid"), None)
    elsewhere = VerificationRequest(opened.record.document, url="https://badges.example/ada-nwosu")
    assert set(build(opened.report, elsewhere)["request"]["url"]) == {"salted_sha256"}
    assert build(opened.report, elsewhere)["request"]["kind"] == "link"


def test_a_badge_that_only_its_site_vouches_for_is_hashed_with_a_salt(laurel: Laurel) -> None:
    report = replace(laurel.hosted_reports.open(id_of("valid"), None).report, format="Open Badges 2.0, hosted")
    signed = build(report, VerificationRequest(b"{}", submitted=b"{}"))
    assert {name for found in signed["findings"] for each in found["evidence"] for name in each} == {
        "salted_sha256", "fetched_at",
    }  # fmt: skip
    assert set(signed["request"]["submitted"]) == {"salted_sha256"}


def test_the_readable_part_is_bound_by_its_hash(laurel: Laurel) -> None:
    receipt = samples.make(laurel, options=VerificationOptions(email="ada@example.org"))
    assert receipt.readable is not None
    assert receipt.readable["recipient"] == "ada@example.org"
    assert receipt.readable["credential"]["holder"] == "Ada Nwosu"
    bound = claims(receipt)["readable"]["sha256"]
    assert hashlib.sha256(jcs.canonicalize(receipt.readable)).hexdigest() == bound
    other = samples.make(laurel, options=VerificationOptions(email="ada@example.org"))
    assert claims(other)["readable"]["sha256"] != bound  # the salt: the same content cannot be recognised


def test_the_id_that_opens_the_page_is_not_signed(laurel: Laurel) -> None:
    receipt = samples.make(laurel)
    assert receipt.id not in json.dumps(claims(receipt))
    assert claims(receipt)["jti"] == hashlib.sha256(receipt.id.encode()).hexdigest()


def test_a_later_look_is_another_receipt(laurel: Laurel) -> None:
    first, second = samples.make(laurel), samples.make(laurel)
    assert first.id != second.id
    assert laurel.receipts.find(first.id) == first


def test_everything_that_a_report_leaves_unchecked_has_a_code() -> None:
    phrases = (*ALWAYS_UNCHECKED, *ISSUER_UNCHECKED, PDF_UNCHECKED, PAGE_UNCHECKED, LEFT_OUT, *UNFOLLOWED.values())
    assert unchecked.OTHER not in unchecked.codes(phrases)
    assert set(map(str, unchecked.PHRASES.values())) == set(map(str, phrases))


def test_version_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_sentences_are_left_out_of_a_readable_part_that_would_be_too_large(laurel: Laurel) -> None:
    report = laurel.hosted_reports.open(id_of("valid"), None).report
    long = tuple(each._replace(message="x" * readable.MAX_SIZE) for each in report.findings)
    found = readable.build(
        VerificationRequest(b""), replace(report, findings=long), VerificationOptions(), Digests(bytes(16))
    )
    assert "messages" not in found
    assert found["credential"]["holder"] == "Ada Nwosu"


def test_lone_surrogates_are_replaced(laurel: Laurel) -> None:
    report = laurel.hosted_reports.open(id_of("valid"), None).report
    strange = tuple(each._replace(message="a\ud800b") for each in report.findings)
    strange_report, request = (
        replace(report, findings=strange),
        VerificationRequest(b"", url="https://x.example/\ud800"),
    )
    found = readable.build(request, strange_report, VerificationOptions(), Digests(bytes(16)))
    assert found["url"] == "https://x.example/?"
    jcs.canonicalize(found)
