"""Outcomes, in memory and on the real engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from chalicelib.award.issuing.recipient import Issued, Recipient
from chalicelib.delivery import mailbox
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.stores.analytics.outcomes import DynamoOutcomeStore
from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.erasure.erasures import DynamoErasureStore
from chalicelib.dynamo.tables import Tables
from chalicelib.erasure.erasure import Erasure, ErasureTarget, RequestedBy, Sweep
from chalicelib.outcomes.outcome import Earlier, Held, Measure, Outcome, OutcomeStore
from chalicelib.outcomes.savings import ManualCheck
from tests import fakes as shared_fakes
from tests.analytics.fakes import EventArchive
from tests.contract.samples import NOW, RETENTION, issuer, record, revoked, status_lists
from tests.outcomes import fakes

ADA, BEN = mailbox.digest("ada@example.org"), mailbox.digest("ben@example.org")
DAY = date(2026, 11, 1)
PAY = Measure("north", "pay", "EUR")


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest) -> OutcomeStore:
    if request.param == "fake":
        return fakes.OutcomeStore(shared_fakes.PublicStore())
    return DynamoOutcomeStore(request.getfixturevalue("tables"))


def outcome(person: str = ADA, on: date = DAY, value: float = 1.5, **changes: object) -> Outcome:
    return replace(Outcome("north", "pay", person, on, value, NOW), **changes)  # type: ignore[arg-type]


def test_names_are_listed_by_issuer_and_keep_their_unit(store: OutcomeStore) -> None:
    other = Measure("south", "pay", "EUR")
    for one in (PAY, Measure("north", "days", "days"), other):
        assert store.add_measure(one) == one
    assert store.add_measure(replace(PAY, unit="USD")) == PAY
    assert list(store.measures("north")) == [Measure("north", "days", "days"), PAY]
    assert list(store.measures("south")) == [other]


def test_outcomes_are_replaced_by_person_and_day_and_deleted(store: OutcomeStore) -> None:
    store.add_measure(PAY)
    later = outcome(on=DAY + timedelta(days=1))
    of_others = [outcome(name="days"), outcome(issuer_id="south")]
    for _ in range(2):
        store.save([outcome(value=9), later, outcome(BEN), *of_others])
    store.save([outcome()])
    assert sorted(store.outcomes("north", "pay"), key=lambda one: (one.person == BEN, one.on)) == [
        outcome(), later, outcome(BEN),
    ]  # fmt: skip
    assert list(store.outcomes("north", "pay", ADA)) == [outcome(), later]
    store.delete("north", "pay", ADA)
    assert list(store.outcomes("north", "pay")) == [outcome(BEN)]
    assert list(store.measures("north")) == [PAY]
    for _ in range(2):
        store.delete("north", "pay")
    assert [*store.outcomes("north", "pay"), *store.measures("north")] == []
    assert [*store.outcomes("north", "days"), *store.outcomes("south", "pay")] == of_others


def test_replaced_values_are_stored_with_the_outcome(store: OutcomeStore) -> None:
    corrected = outcome(value=2.5, stored_at=NOW + timedelta(days=1), earlier=(Earlier(1.5, NOW),))
    store.save([corrected, outcome(BEN)])
    asked = [outcome(BEN), outcome(), outcome(on=DAY + timedelta(days=1)), outcome(issuer_id="south")]
    assert {one.person: one for one in store.stored(asked)} == {ADA: corrected, BEN: outcome(BEN)}
    assert list(store.outcomes("north", "pay", ADA)) == [corrected]
    assert list(store.stored([])) == []


def test_it_is_known_which_issuers_have_outcomes_of_a_person(store: OutcomeStore) -> None:
    store.save([outcome(), outcome(on=DAY + timedelta(days=1)), outcome(name="days"), outcome(issuer_id="south")])
    store.save([outcome(BEN), outcome(value=2)])
    assert list(store.of_person(ADA)) == [("north", "days"), ("north", "pay"), ("south", "pay")]
    store.delete("north", "pay", ADA)
    store.delete("south", "pay")
    assert list(store.of_person(ADA)) == [("north", "days")]
    assert list(store.of_person(BEN)) == [("north", "pay")]


def test_many_stored_outcomes_are_found(store: OutcomeStore) -> None:
    people = [outcome(f"{number:064}") for number in range(250)]
    store.save(people)
    assert sorted(store.stored(people), key=lambda one: one.person) == people


def test_credentials_of_holders_say_when_they_were_revoked(tables: Tables) -> None:
    credentials, of = DynamoIssuerStore(tables), issuer()
    credentials.add_issuer(of, status_lists(of))
    recipients = [
        Recipient("a" * 26, of.id, "Ada", "ada@example.org"),
        Recipient("b" * 26, of.id, "Ben", "ben@example.org"),
        Recipient("c" * 26, of.id, "Cy", None),
    ]
    for at, one in enumerate(recipients):
        credentials.add_records([Issued(record(one.credential_id, at), one, ())])
    credentials.replace_status(revoked(record("b" * 26, 1)), [])
    after = revoked(record("b" * 26, 1))
    assert list(DynamoOutcomeStore(tables).held(of.id)) == [
        Held("ada@example.org", "welding", NOW),
        Held("ben@example.org", "welding", NOW, after.status.at),
    ]


def test_values_of_a_manual_check_are_replaced(store: OutcomeStore) -> None:
    first = ManualCheck("north", 20, 15, "EUR", 30)
    assert store.manual_check("north") is None
    for one in (first, replace(first, minutes=25)):
        store.save_manual_check(one)
        assert store.manual_check("north") == one
    assert store.manual_check("south") is None


def test_an_erased_person_has_no_outcomes(tables: Tables) -> None:
    store = DynamoOutcomeStore(tables)
    store.add_measure(PAY)
    store.save([outcome(), outcome(BEN), outcome(issuer_id="south")])
    erasures = DynamoErasureStore(tables, DynamoCountStore(tables, RETENTION), EventArchive(), Random(1).randbytes)
    erasure = Erasure("north", ADA, "ada@example.org", None, RequestedBy.ISSUER, NOW, NOW)
    list(erasures.sweep(Sweep(NOW), [ErasureTarget(erasure, frozenset())]))
    assert [one.person for one in store.outcomes("north", "pay")] == [BEN]
    assert [one.person for one in store.outcomes("south", "pay")] == [ADA]
    assert (list(store.of_person(ADA)), list(store.of_person(BEN))) == ([("south", "pay")], [("north", "pay")])


def test_an_erasure_finds_the_hash_of_an_international_domain_as_written(tables: Tables) -> None:
    store, email = DynamoOutcomeStore(tables), "ada@bücher.example"
    store.save([outcome(mailbox.digest(email)), outcome(mailbox.plain_digest(email)), outcome(BEN)])
    erasures = DynamoErasureStore(tables, DynamoCountStore(tables, RETENTION), EventArchive(), Random(1).randbytes)
    erasure = Erasure("north", mailbox.digest(email), email, None, RequestedBy.ISSUER, NOW, NOW)
    list(erasures.sweep(Sweep(NOW), [ErasureTarget(erasure, frozenset())]))
    assert [one.person for one in store.outcomes("north", "pay")] == [BEN]
