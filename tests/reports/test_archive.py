"""A revoked key: Laurel's own record shows the age of a signature, and nothing else does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.analytics.event import Kind, Visit, VisitorClass
from chalicelib.award.issuing.signing import with_proof
from chalicelib.award.keys import revocation
from chalicelib.errors import Unavailable
from chalicelib.reports.archive import signatures
from chalicelib.reports.submitted_resolver import build_open_resolver
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Report
from tests.http.fake_laurel import BASE_URL, NOW, Laurel, id_of, seeded

VISIT = Visit(Kind.VERIFICATION, "192.0.2.7", "A program", None, VisitorClass.KNOWN_BOT)


@pytest.fixture
def laurel() -> Laurel:
    """Fernhill College, whose key is compromised since yesterday; its credentials are 400 days old."""
    laurel = seeded()
    key = laurel.issuer_store.issuer("fernhill").signing_key
    laurel.leaked = (laurel.issuer_store.issuer("fernhill"), key)  # type: ignore[attr-defined]
    revocation.revoke(laurel.issuer_context, "fernhill", key.fragment, NOW - timedelta(days=1))
    return laurel


def check(laurel: Laurel, source: bytes) -> Report:
    return laurel.submitted_reports.check(source, VISIT).report


def forged(laurel: Laurel, kind: str = "valid", **changes: object) -> bytes:
    """A document that the thief signed, backdated to the day of the original."""
    record = laurel.issuer_store.record(id_of(kind))
    document = {name: value for name, value in json.loads(record.document).items() if name != "proof"}
    issuer = laurel.leaked[0]  # type: ignore[attr-defined]
    return with_proof(laurel.signer, issuer, {**document, **changes}, created=NOW - timedelta(days=399))


def code(report: Report) -> str:
    return report.findings[4].code


def test_copy_of_an_old_credential_stays_valid_however_it_is_written(laurel: Laurel) -> None:
    record = laurel.issuer_store.record(id_of("valid"))
    assert check(laurel, record.document).verdict.value == "valid"
    assert check(laurel, json.dumps(json.loads(record.document), indent=3).encode()).verdict.value == "valid"
    assert record.jwt is not None
    assert check(laurel, record.jwt.encode()).verdict.value == "valid"
    assert laurel.hosted_reports.open(record.id, None).report.verdict.value == "valid"


def test_backdated_forgery_is_refused_whatever_id_it_uses(laurel: Laurel) -> None:
    unknown = f"{BASE_URL}/c/{'z' * 26}"
    for source in (
        forged(laurel, name="Doctor"),
        forged(laurel, id=unknown),
        forged(laurel, id="urn:uuid:3f2b7a52-6f0e-4c33-9f0e-0d6c0f5f9c11"),
        forged(laurel, id=f"{BASE_URL}/c/{id_of('expired')}"),
    ):
        report = check(laurel, source)
        assert (report.verdict.value, code(report)) == ("invalid", "key_revoked")


def test_signature_stored_at_the_moment_or_later_is_refused(laurel: Laurel) -> None:
    record = laurel.issuer_store.record(id_of("valid"))
    for later, expected in ((timedelta(0), "key_revoked"), (timedelta(microseconds=-1), "signer_is_issuer")):
        laurel.put(replace(record, issued_at=NOW - timedelta(days=1) + later))
        assert code(check(laurel, record.document)) == expected


def test_storage_outage_makes_the_answer_unknown_and_never_valid(laurel: Laurel) -> None:
    class Down:
        def record(self, _credential_id: str) -> None:
            raise Unavailable("storage does not respond")

        def __getattr__(self, name: str) -> object:
            return getattr(laurel.issuer_store, name)

    resolver = build_open_resolver(BASE_URL, Down(), laurel.remote_sources, NOW)  # type: ignore[arg-type]
    report = verify(laurel.issuer_store.record(id_of("valid")).document, resolver=resolver, now=NOW)
    assert (report.verdict.value, code(report)) == ("unknown", "key_revoked_unknown")


def test_record_without_a_readable_proof_shows_the_age_of_nothing(laurel: Laurel) -> None:
    record = laurel.issuer_store.record(id_of("valid"))
    for document in (
        b"",
        b"[]",
        b"{}",
        b'{"proof": []}',
        b'{"proof": {"proofValue": 7}}',
        b'{"proof": {"proofValue": "u"}}',
    ):
        assert signatures(replace(record, document=document, jwt=None)) == frozenset()
