"""The stores of verifiers, on the fake and on the real engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import repeat
from typing import Protocol

import pytest

from chalicelib.delivery import mailbox
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.verifiers import DynamoGrantStore, DynamoVerifierStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.verifiers.ports import GrantStore, VerifierStore
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.verifier import MAX_VERIFIERS, ApiKey, KeyGrant, Verifier
from tests.contract.samples import NOW
from tests.verifiers import fakes

EMAIL = "dev@jobs.example"
VERIFIER = Verifier("01KB000000000000000000000A", "Jobs", EMAIL, NOW)
KEY = ApiKey("a" * 16, "production", frozenset({Scope.VERIFY, Scope.BATCH}), "d" * 64, NOW)


class Stores(VerifierStore, GrantStore, Protocol):
    """Both ports, over the same data."""


class DynamoStores(DynamoVerifierStore, DynamoGrantStore):
    """Both stores."""


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest) -> Stores:
    return fakes.VerifierStore() if request.param == "fake" else DynamoStores(request.getfixturevalue("tables"))


def test_account_and_its_keys_are_read_as_they_were_stored(store: Stores) -> None:
    made = store.create(VERIFIER)
    saved = store.save(made, replace(made, keys=(KEY, replace(KEY, id="b" * 16, digest="e" * 64))))
    assert saved == store.verifier(VERIFIER.id) == replace(made, keys=saved.keys, version=2)
    assert store.of_owner(EMAIL) == [saved]
    assert store.of_owner("other@jobs.example") == []
    assert store.grant("d" * 64) == KeyGrant("a" * 16, VERIFIER.id, KEY.scopes)
    assert store.grant("f" * 64) is None


def test_rotated_key_ends_and_revoked_key_is_gone(store: Stores) -> None:
    made = store.create(VERIFIER)
    made = store.save(made, replace(made, keys=(KEY,)))
    ends = NOW + timedelta(hours=24)
    made = store.save(made, replace(made, keys=(replace(KEY, ends=ends),)))
    assert store.grant(KEY.digest) == KeyGrant("a" * 16, VERIFIER.id, KEY.scopes, ends)
    store.save(made, replace(made, keys=()))
    assert store.grant(KEY.digest) is None


def test_concurrent_change_is_a_conflict(store: Stores) -> None:
    made = store.create(VERIFIER)
    store.save(made, replace(made, keys=(KEY,)))
    with pytest.raises(Conflict):
        store.save(made, replace(made, name="Other"))
    with pytest.raises(Conflict):
        store.delete(made)
    assert store.verifier(VERIFIER.id).keys == (KEY,)
    assert store.grant(KEY.digest) is not None


def test_deleted_account_leaves_no_key_and_frees_its_slot(store: Stores) -> None:
    made = store.create(VERIFIER)
    made = store.save(made, replace(made, keys=(KEY,)))
    store.delete(made)
    assert store.grant(KEY.digest) is None
    with pytest.raises(NotFound):
        store.verifier(VERIFIER.id)
    assert store.of_owner(EMAIL) == []
    assert store.create(replace(VERIFIER, id=VERIFIER.id[:-1] + "B")).slot == 1


def test_a_person_has_a_bounded_number_of_accounts_whenever_they_are_created(store: Stores) -> None:
    def create(number: int) -> bool:
        try:
            store.create(replace(VERIFIER, id=f"{VERIFIER.id[:-1]}{number}"))
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(create, range(8))) == MAX_VERIFIERS
    assert len(store.of_owner(EMAIL)) == MAX_VERIFIERS


def test_an_interrupted_deletion_does_not_keep_its_slot(tables: Tables) -> None:
    store = DynamoVerifierStore(tables)
    made = store.create(VERIFIER)
    tables.delete(tables.credentials, keys.verifier(made.id))
    assert store.of_owner(EMAIL) == []
    pointer = keys.verifier_pointer(mailbox.digest(EMAIL), 1)
    assert tables.get(tables.credentials, pointer) is None


def test_only_one_of_concurrent_changes_is_stored(store: Stores) -> None:
    made = store.create(VERIFIER)

    def save(at: Verifier, number: int) -> bool:
        try:
            store.save(at, replace(at, keys=(replace(KEY, digest=f"{number:064}"),)))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, repeat(made), range(8))) == 1
