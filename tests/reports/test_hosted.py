from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.analytics.event import Kind, Visit
from chalicelib.analytics.recorder import Recorder
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.credential.multibase import encode_ed25519
from chalicelib.credential.record import CredentialStatus, Purpose, Record, State, StatusList
from chalicelib.errors import NotFound, Unavailable
from chalicelib.reports.hosted import HostedReports
from chalicelib.verify import bitstring
from chalicelib.verify.report import Outcome, Verdict
from tests import fakes
from tests.makers import (
    BASE_URL,
    EMPTY_BITS,
    ENTRIES,
    ISSUER_KEY,
    NOW,
    Signatory,
    as_bytes,
    issuer,
    signed,
    status_list,
    unsigned,
)

VISIT = Visit(Kind.VIEW, "192.0.2.7", "A browser", "jobs.example")


def listed(purpose: Purpose, bits: bytes = EMPTY_BITS) -> StatusList:
    return StatusList(purpose.value[0] * 26, "fernhill", purpose, bits, as_bytes(signed(status_list(purpose, bits))))


def record_of(document: dict[str, object]) -> Record:
    return Record(
        "a" * 26, "fernhill", "painting", as_bytes(document), None, ENTRIES, CredentialStatus(State.ACTIVE, NOW), NOW
    )


class Stage:
    """A lookup over storage in memory, with one good credential in it."""

    def __init__(self, by: Issuer | None = None, record: Record | None = None) -> None:
        self.public_store = fakes.PublicStore()
        self.event_store = fakes.EventStore()
        self.fallback = fakes.Fallback()
        self.public_store.add_issuer(by or issuer(), [listed(purpose) for purpose in Purpose])
        self.public_store.add_record(record or record_of(signed(unsigned())))
        self.hosted_reports = HostedReports(
            public_store=self.public_store,
            recorder=Recorder(self.event_store, self.fallback),
            salts=self.public_store.salts,
            base_url=BASE_URL,
            clock=lambda: NOW,
            entropy=lambda size: bytes(range(size)),
        )


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_good_credential_is_valid_and_its_issuer_is_known(stage: Stage) -> None:
    opened = stage.hosted_reports.open("a" * 26, VISIT)
    assert opened.report.verdict is Verdict.VALID
    assert opened.report.findings[7].code == "issuer_registered"
    assert opened.issuer == issuer()


def test_a_revocation_is_known_on_the_very_next_request(stage: Stage) -> None:
    record = stage.public_store.record("a" * 26)
    bits = bitstring.with_bit(EMPTY_BITS, ENTRIES[0].index, value=True)
    revoked = replace(record, status=CredentialStatus(State.REVOKED, NOW, "Issued in error"), version=2)
    stage.public_store.replace_status(revoked, [replace(listed(Purpose.REVOCATION, bits), version=2)])
    assert stage.hosted_reports.open("a" * 26, VISIT).report.verdict is Verdict.REVOKED


def test_an_unknown_id_is_not_found_and_leaves_no_event(stage: Stage) -> None:
    with pytest.raises(NotFound):
        stage.hosted_reports.open("b" * 26, VISIT)
    assert not stage.event_store.events


def test_the_event_says_what_was_seen_and_not_by_whom(stage: Stage) -> None:
    stage.hosted_reports.open("a" * 26, VISIT)
    [event] = stage.event_store.events.values()
    assert (event.kind, event.verdict, event.referrer, event.at) == (Kind.VIEW, "valid", "jobs.example", NOW)
    assert event.visitor is not None
    assert "192.0.2.7" not in repr(event)
    assert "A browser" not in repr(event)


def test_one_visitor_is_one_within_a_day(stage: Stage) -> None:
    tick = iter(range(10))
    hosted_reports = replace(stage.hosted_reports, entropy=lambda size: next(tick).to_bytes(size, "big"))
    for visit in (VISIT, VISIT, replace(VISIT, address="198.51.100.7")):
        hosted_reports.open("a" * 26, visit)
    first, second, third = (event.visitor for event in stage.event_store.events.values())
    assert first == second != third


def test_a_head_request_leaves_no_event(stage: Stage) -> None:
    assert stage.hosted_reports.open("a" * 26, None).report.verdict is Verdict.VALID
    assert not stage.event_store.events


def test_when_the_event_store_is_down_the_answer_stands_and_the_event_is_kept_whole(stage: Stage) -> None:
    stage.event_store.fault = Unavailable("down")
    assert stage.hosted_reports.open("a" * 26, VISIT).report.verdict is Verdict.VALID
    [(event, _)] = stage.fallback.kept
    assert event.visitor is not None


def test_when_no_salt_can_be_had_the_visit_still_counts(stage: Stage) -> None:
    class NoSalts(fakes.Salts):
        def create(self, day: object, fresh: bytes) -> bytes:
            raise Unavailable("down")

    replace(stage.hosted_reports, salts=NoSalts()).open("a" * 26, VISIT)
    [event] = stage.event_store.events.values()
    assert event.visitor is None


def test_an_issuer_that_is_not_hosted_here_is_unknown_not_invalid() -> None:
    elsewhere = issuer(did="did:web:elsewhere.example")
    stage = Stage(record=record_of(signed(unsigned(elsewhere), method="did:web:elsewhere.example#key-1")))
    report = stage.hosted_reports.open("a" * 26, VISIT).report
    assert (report.verdict, report.findings[3].code) == (Verdict.UNKNOWN, "key_unavailable")


def rotated(old: Signatory, new: Signatory) -> Issuer:
    did = "did:web:localhost%3A8000:issuers:fernhill"
    keys = (
        SigningKey("key-1", encode_ed25519(old.public), "k1", NOW - timedelta(days=9), retired=NOW - timedelta(days=2)),
        SigningKey("key-2", encode_ed25519(new.public), "k2", NOW - timedelta(days=2)),
    )
    return issuer(did=did, keys=keys)


@pytest.mark.parametrize(("age", "outcome"), [(3, Outcome.PASSED), (1, Outcome.FAILED)])
def test_a_rotated_key_verifies_what_it_signed_in_its_time_and_nothing_later(age: int, outcome: Outcome) -> None:
    by = rotated(ISSUER_KEY, Signatory.number(3))
    document = signed(unsigned(by), method=f"{by.did}#key-1", created=NOW - timedelta(days=age))
    report = Stage(by, record_of(document)).hosted_reports.open("a" * 26, VISIT).report
    assert report.findings[4].outcome is outcome
    if outcome is Outcome.PASSED:
        evidence = report.findings[4].evidence[0]
        assert evidence.url == f"{BASE_URL}/issuers/fernhill/did.json"
