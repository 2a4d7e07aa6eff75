from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.credential.record import Entry, Purpose
from chalicelib.errors import Conflict, NotFound, Refused
from tests.contract import nouns
from tests.contract.conftest import Storage


def test_a_credential_comes_back_byte_for_byte(storage: Storage):
    record = nouns.record(jwt="e30.e30.AA")
    storage.issuer_store.add_record(record)
    assert storage.public_store.record(record.id) == record
    assert storage.issuer_store.record(record.id) == record


def test_a_credential_without_entries_or_jwt_comes_back(storage: Storage):
    record = nouns.record(entries=(), jwt=None)
    storage.issuer_store.add_record(record)
    assert storage.public_store.record(record.id) == record


def test_an_issuers_credentials_are_listed_newest_last(storage: Storage):
    records = [
        nouns.record(f"{number:026}", index=number, issued_at=nouns.NOW + timedelta(microseconds=number))
        for number in range(60)
    ]
    for record in random.Random(1).sample(records, len(records)):
        storage.issuer_store.add_record(record)
    storage.issuer_store.add_record(nouns.record("o" * 26, of=nouns.issuer("other")))
    assert list(storage.issuer_store.records("north")) == records
    assert list(storage.issuer_store.records("nobody")) == []


def test_an_id_is_given_once(storage: Storage):
    first = nouns.record(index=1)
    storage.issuer_store.add_record(first)
    with pytest.raises(Conflict) as caught:
        storage.issuer_store.add_record(nouns.record(index=2))
    assert caught.value.code == "id_taken"
    assert storage.public_store.record(first.id) == first
    # and the index of the one refused is still free
    storage.issuer_store.add_record(nouns.record("d" * 26, index=2))


@pytest.mark.parametrize("shared", [Purpose.REVOCATION, Purpose.SUSPENSION])
def test_an_index_is_given_once(storage: Storage, shared: Purpose):
    first = nouns.record(index=1)
    storage.issuer_store.add_record(first)
    second = nouns.record("d" * 26, index=2)
    entries = tuple(replace(entry, index=1) if entry.purpose is shared else entry for entry in second.entries)
    with pytest.raises(Conflict) as caught:
        storage.issuer_store.add_record(replace(second, entries=entries))
    assert caught.value.code == "index_taken"
    with pytest.raises(NotFound):
        storage.public_store.record(second.id)
    assert list(storage.issuer_store.records("north")) == [first]
    # nothing of the one refused is left: the same credential with its own indexes is stored
    storage.issuer_store.add_record(second)


def test_the_same_index_of_another_list_is_free(storage: Storage):
    storage.issuer_store.add_record(nouns.record(index=1))
    storage.issuer_store.add_record(nouns.record("d" * 26, index=1, of=nouns.issuer("other")))
    assert storage.public_store.record("d" * 26).entries[0].index == 1


def test_one_index_twice_in_one_credential_is_refused(storage: Storage):
    entry = Entry(Purpose.REVOCATION, "list", 1)
    with pytest.raises(Refused) as caught:
        storage.issuer_store.add_record(nouns.record(entries=(entry, replace(entry, purpose=Purpose.SUSPENSION))))
    assert caught.value.code == "index_twice"
    with pytest.raises(NotFound):
        storage.public_store.record("c" * 26)


def test_adding_the_same_credential_again_completes(storage: Storage):
    record = nouns.record()
    for _ in range(2):
        storage.issuer_store.add_record(record)
    assert list(storage.issuer_store.records("north")) == [record]


def test_sixty_four_writers_never_share_an_index(storage: Storage):
    """Random picks from few indexes: nearly every one is contended, each is given once, none is lost."""
    indexes = 48
    rng = random.Random(7)
    wanted = [nouns.record(f"{number:026}", index=rng.randrange(indexes)) for number in range(64 * 3)]

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
