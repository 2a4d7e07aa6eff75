from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from chalicelib.analytics.event import Kind, Visit, VisitorClass
from chalicelib.analytics.recorder import Recorder
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.credential.multibase import encode_ed25519
from chalicelib.credential.record import CredentialStatus, Purpose, Record, State, StatusList
from chalicelib.errors import NotFound, Unavailable
from chalicelib.reports.hosted import MAX_REPLACEMENTS, HostedReports
from chalicelib.verify import bitstring
from chalicelib.verify.options import VerificationOptions
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

VISIT = Visit(Kind.VIEW, "192.0.2.7", "A browser", "jobs.example", VisitorClass.PERSON)


def listed(purpose: Purpose, bits: bytes = EMPTY_BITS) -> StatusList:
    return StatusList(purpose.value[0] * 26, "fernhill", purpose, bits, as_bytes(signed(status_list(purpose, bits))))


def record_of(document: dict[str, object]) -> Record:
    return Record(
        "a" * 26, "fernhill", "painting", as_bytes(document), None, ENTRIES, CredentialStatus(State.ACTIVE, NOW), NOW
    )


class HostedSetup:
    """Hosted reports over fake stores, with one valid credential."""

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
def setup() -> HostedSetup:
    return HostedSetup()


def test_a_valid_credential_and_its_registered_issuer(setup: HostedSetup) -> None:
    opened = setup.hosted_reports.open("a" * 26, VISIT)
    assert opened.report.verdict is Verdict.VALID
    assert opened.report.findings[7].code == "issuer_registered"
    assert opened.issuer == issuer()


def test_a_revocation_takes_effect_on_the_next_request(setup: HostedSetup) -> None:
    record = setup.public_store.record("a" * 26)
    bits = bitstring.with_bit(EMPTY_BITS, ENTRIES[0].index, value=True)
    revoked = replace(record, status=CredentialStatus(State.REVOKED, NOW, "Issued in error"), version=2)
    setup.public_store.replace_status(revoked, [replace(listed(Purpose.REVOCATION, bits), version=2)])
    assert setup.hosted_reports.open("a" * 26, VISIT).report.verdict is Verdict.REVOKED


def test_an_unknown_id_is_not_found_and_records_no_event(setup: HostedSetup) -> None:
    with pytest.raises(NotFound):
        setup.hosted_reports.open("b" * 26, VISIT)
    assert not setup.event_store.events


def test_the_event_does_not_identify_the_visitor(setup: HostedSetup) -> None:
    setup.hosted_reports.open("a" * 26, VISIT)
    [event] = setup.event_store.events.values()
    assert (event.kind, event.verdict, event.referrer, event.at) == (Kind.VIEW, "valid", "jobs.example", NOW)
    assert event.visitor is not None
    assert "192.0.2.7" not in repr(event)
    assert "A browser" not in repr(event)


def test_a_wrong_address_is_not_stored_as_a_verdict_on_the_credential(setup: HostedSetup) -> None:
    report = setup.hosted_reports.open("a" * 26, VISIT, VerificationOptions(email="wrong@example.org")).report
    assert report.verdict is not Verdict.VALID
    [event] = setup.event_store.events.values()
    assert (event.verdict, event.recipient_check) == ("valid", report.findings[8].outcome)
    assert "wrong@example.org" not in repr(event)


def test_the_class_of_the_visitor_is_stored_and_the_user_agent_is_not(setup: HostedSetup) -> None:
    setup.hosted_reports.open("a" * 26, replace(VISIT, visitor_class=VisitorClass.PREVIEW))
    [event] = setup.event_store.events.values()
    assert (event.visitor_class, event.recipient_check) == (VisitorClass.PREVIEW, None)
    assert VISIT.user_agent not in repr(event)


def test_a_visitor_has_one_key_per_day(setup: HostedSetup) -> None:
    tick = iter(range(10))
    hosted_reports = replace(setup.hosted_reports, entropy=lambda size: next(tick).to_bytes(size, "big"))
    for visit in (VISIT, VISIT, replace(VISIT, address="198.51.100.7")):
        hosted_reports.open("a" * 26, visit)
    first, second, third = (event.visitor for event in setup.event_store.events.values())
    assert first == second != third


def test_a_head_request_records_no_event(setup: HostedSetup) -> None:
    assert setup.hosted_reports.open("a" * 26, None).report.verdict is Verdict.VALID
    assert not setup.event_store.events


def test_if_the_event_store_is_down_the_event_goes_to_the_fallback(
    setup: HostedSetup,
) -> None:
    setup.event_store.fault = Unavailable("down")
    assert setup.hosted_reports.open("a" * 26, VISIT).report.verdict is Verdict.VALID
    [(event, _)] = setup.fallback.kept
    assert event.visitor is not None


def test_without_a_salt_the_visit_is_recorded_without_a_visitor(setup: HostedSetup) -> None:
    class NoSalts(fakes.Salts):
        def create(self, day: object, fresh: bytes) -> bytes:
            raise Unavailable("down")

    replace(setup.hosted_reports, salts=NoSalts()).open("a" * 26, VISIT)
    [event] = setup.event_store.events.values()
    assert event.visitor is None


def test_an_issuer_that_is_not_hosted_here_is_unknown_not_invalid() -> None:
    elsewhere = issuer(did="did:web:elsewhere.example")
    setup = HostedSetup(record=record_of(signed(unsigned(elsewhere), method="did:web:elsewhere.example#key-1")))
    report = setup.hosted_reports.open("a" * 26, VISIT).report
    assert (report.verdict, report.findings[3].code) == (Verdict.UNKNOWN, "key_unavailable")


def rotated(old: Signatory, new: Signatory) -> Issuer:
    did = "did:web:localhost%3A8000:issuers:fernhill"
    keys = (
        SigningKey("key-1", encode_ed25519(old.public), "k1", NOW - timedelta(days=9), retired=NOW - timedelta(days=2)),
        SigningKey("key-2", encode_ed25519(new.public), "k2", NOW - timedelta(days=2)),
    )
    return issuer(did=did, keys=keys)


@pytest.mark.parametrize(("age", "outcome"), [(3, Outcome.PASSED), (1, Outcome.FAILED)])
def test_a_rotated_key_verifies_only_earlier_signatures(age: int, outcome: Outcome) -> None:
    by = rotated(ISSUER_KEY, Signatory.number(3))
    document = signed(unsigned(by), method=f"{by.did}#key-1", created=NOW - timedelta(days=age))
    report = HostedSetup(by, record_of(document)).hosted_reports.open("a" * 26, VISIT).report
    assert report.findings[4].outcome is outcome
    if outcome is Outcome.PASSED:
        evidence = report.findings[4].evidence[0]
        assert evidence.url == f"{BASE_URL}/issuers/fernhill/did.json"


def chain(setup: HostedSetup, *ids: str) -> Record:
    """Store credentials of which each but the last is replaced by the next one; returns the first."""
    for credential_id, following in pairwise(ids):
        setup.public_store._records[credential_id] = replace(record_of({}), id=credential_id, superseded_by=following)
    return setup.public_store.record(ids[0])


def test_newest_version_of_a_chain_of_replacements(setup: HostedSetup) -> None:
    ids = [letter * 26 for letter in "bcda"]
    assert setup.hosted_reports.newest_version(chain(setup, *ids)) == "a" * 26
    assert setup.hosted_reports.newest_version(setup.public_store.record("d" * 26)) == "a" * 26
    assert setup.hosted_reports.newest_version(setup.public_store.record("a" * 26)) is None


def test_newest_version_of_a_loop_is_bounded(setup: HostedSetup) -> None:
    assert setup.hosted_reports.newest_version(chain(setup, "b" * 26, "c" * 26, "b" * 26)) == "c" * 26
    assert setup.hosted_reports.newest_version(chain(setup, "b" * 26, "c" * 26, "d" * 26, "c" * 26)) == "d" * 26
    assert setup.hosted_reports.newest_version(chain(setup, "b" * 26, "b" * 26)) == "b" * 26


def test_newest_version_follows_a_limited_number_of_replacements(setup: HostedSetup) -> None:
    ids = [f"{number:026}" for number in range(MAX_REPLACEMENTS + 5)]
    assert setup.hosted_reports.newest_version(chain(setup, *ids)) == ids[MAX_REPLACEMENTS + 1]


def test_newest_version_is_the_last_one_that_can_be_read(setup: HostedSetup) -> None:
    assert setup.hosted_reports.newest_version(chain(setup, "b" * 26, "c" * 26, "z" * 26)) == "z" * 26
