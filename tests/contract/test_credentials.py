from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.credential.record import Entry, Purpose
from chalicelib.errors import Conflict, NotFound, Refused
from tests.contract import samples
from tests.contract.conftest import Storage


def test_credential_round_trips_byte_for_byte(storage: Storage):
    record = samples.record(jwt="e30.e30.AA")
    storage.issuer_store.add_record(record)
    assert storage.public_store.record(record.id) == record
    assert storage.issuer_store.record(record.id) == record


def test_credential_without_status_entries_or_jwt_round_trips(storage: Storage):
    record = samples.record(entries=(), jwt=None)
    storage.issuer_store.add_record(record)
    assert storage.public_store.record(record.id) == record


def test_credentials_of_an_issuer_are_listed_oldest_first(storage: Storage):
    records = [
        samples.record(f"{number:026}", index=number, issued_at=samples.NOW + timedelta(microseconds=number))
        for number in range(60)
    ]
    for record in random.Random(1).sample(records, len(records)):
        storage.issuer_store.add_record(record)
    storage.issuer_store.add_record(samples.record("o" * 26, of=samples.issuer("other")))
    assert list(storage.issuer_store.records("north")) == records
    assert list(storage.issuer_store.records("nobody")) == []


def test_credential_id_is_unique(storage: Storage):
    first = samples.record(index=1)
    storage.issuer_store.add_record(first)
    with pytest.raises(Conflict) as caught:
        storage.issuer_store.add_record(samples.record(index=2))
    assert caught.value.code == "id_taken"
    assert storage.public_store.record(first.id) == first
    # the index of the refused credential is still free
    storage.issuer_store.add_record(samples.record("d" * 26, index=2))


@pytest.mark.parametrize("shared", [Purpose.REVOCATION, Purpose.SUSPENSION])
def test_status_list_index_is_unique(storage: Storage, shared: Purpose):
    first = samples.record(index=1)
    storage.issuer_store.add_record(first)
    second = samples.record("d" * 26, index=2)
    entries = tuple(replace(entry, index=1) if entry.purpose is shared else entry for entry in second.entries)
    with pytest.raises(Conflict) as caught:
        storage.issuer_store.add_record(replace(second, entries=entries))
    assert caught.value.code == "index_taken"
    with pytest.raises(NotFound):
        storage.public_store.record(second.id)
    assert list(storage.issuer_store.records("north")) == [first]
    # the refused write left nothing behind, so the credential can be stored with its own indexes
    storage.issuer_store.add_record(second)


def test_same_index_in_another_list_is_free(storage: Storage):
    storage.issuer_store.add_record(samples.record(index=1))
    storage.issuer_store.add_record(samples.record("d" * 26, index=1, of=samples.issuer("other")))
    assert storage.public_store.record("d" * 26).entries[0].index == 1


def test_credential_with_one_index_twice_is_refused(storage: Storage):
    entry = Entry(Purpose.REVOCATION, "list", 1)
    with pytest.raises(Refused) as caught:
        storage.issuer_store.add_record(samples.record(entries=(entry, replace(entry, purpose=Purpose.SUSPENSION))))
    assert caught.value.code == "index_twice"
    with pytest.raises(NotFound):
        storage.public_store.record("c" * 26)


def test_adding_a_credential_is_idempotent(storage: Storage):
    record = samples.record()
    for _ in range(2):
        storage.issuer_store.add_record(record)
    assert list(storage.issuer_store.records("north")) == [record]


def test_64_concurrent_writers_never_share_an_index(storage: Storage):
    """192 credentials compete for 48 random indexes: each index is assigned once and none is lost."""
    indexes = 48
    rng = random.Random(7)
    wanted = [samples.record(f"{number:026}", index=rng.randrange(indexes)) for number in range(64 * 3)]

    def add(record) -> str:
        try:
            storage.issuer_store.add_record(record)
        except Conflict as error:
            return error.code
        return "stored"

    with ThreadPoolExecutor(64) as pool:
        outcomes = list(pool.map(add, wanted))
    assert set(outcomes) == {"stored", "index_taken"}
    won = [record for record, outcome in zip(wanted, outcomes, strict=True) if outcome == "stored"]

    given = [record.entries[0].index for record in won]
    assert sorted(given) == sorted({record.entries[0].index for record in wanted})
    stored = list(storage.issuer_store.records("north"))
    assert sorted(stored, key=lambda one: one.id) == sorted(won, key=lambda one: one.id)


def test_several_credentials_are_read_with_their_issuers_and_lists(storage: Storage):
    issuer = samples.issuer()
    storage.issuer_store.add_issuer(issuer, samples.status_lists(issuer, 64))
    records = [samples.record(f"{number:026}", index=number) for number in range(30)]
    for record in records:
        storage.issuer_store.add_record(record)
    wanted = [record.id for record in reversed(records)]
    found = storage.public_store.existing_records([*wanted[:3], "x" * 26, *wanted[3:]])
    assert [record.id for record in found] == wanted
    issuers, lists = storage.public_store.issuers_and_lists(found)
    assert issuers == {issuer.id: issuer}
    assert {one.id for one in lists.values()} == {entry.list_id for entry in records[0].entries}
    assert storage.public_store.existing_records([]) == []
    assert storage.public_store.issuers_and_lists([]) == ({}, {})
