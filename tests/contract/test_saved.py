"""`directory.saved.ports.SavedStore`, on the fake and on the real engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.directory.saved.ports import SavedStore
from chalicelib.directory.saved.saved import Entry, Saved
from chalicelib.dynamo.stores.directory.saved import DynamoSavedStore
from chalicelib.errors import Conflict
from tests.contract.samples import NOW
from tests.directory.saved.fakes import SavedStore as FakeStore

SAVED = Saved(
    "m" * 64,
    "grace@agency.example",
    (Entry("a" * 26, NOW), Entry("b" * 26, NOW - timedelta(days=1))),
    (Entry("q=ada", NOW),),
    lang="de",
    checked_at=NOW,
)


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest) -> SavedStore:
    return FakeStore() if request.param == "fake" else DynamoSavedStore(request.getfixturevalue("tables"))


def test_list_is_stored_for_its_address_only(store: SavedStore) -> None:
    assert store.saved(SAVED.mailbox) is None
    assert store.save(SAVED) == store.saved(SAVED.mailbox) == replace(SAVED, version=1)
    assert store.saved("n" * 64) is None


def test_concurrent_change_is_a_conflict(store: SavedStore) -> None:
    stored = store.save(SAVED)
    store.save(replace(stored, emails=False))
    for stale in (SAVED, stored):
        with pytest.raises(Conflict):
            store.save(replace(stale, people=()))
        with pytest.raises(Conflict):
            store.delete(replace(stale, version=1))
    assert store.saved(SAVED.mailbox) == replace(SAVED, emails=False, version=2)


def test_list_is_deleted_once(store: SavedStore) -> None:
    stored = store.save(SAVED)
    for _ in range(2):
        store.delete(stored)
    assert store.saved(SAVED.mailbox) is None
