from __future__ import annotations

from datetime import timedelta

from tests.contract import samples
from tests.contract.conftest import Storage

DAY = samples.NOW.date()


def test_related_items_are_read_together(storage: Storage):
    issuer = samples.issuer()
    lists = samples.status_lists(issuer)
    storage.issuer_store.add_issuer(issuer, lists)
    salt = storage.salts.create(DAY, bytes(32))
    found = storage.public_store.related_items(samples.record(), DAY)
    assert found.issuer == issuer
    assert found.status_lists == {one.id: one for one in lists}
    assert found.salt == salt


def test_missing_related_items_are_reported_as_missing(storage: Storage):
    storage.salts.create(DAY - timedelta(days=1), bytes(32))
    found = storage.public_store.related_items(samples.record(), DAY)
    assert found.issuer is None
    assert found.status_lists == {}
    assert found.salt is None


def test_two_entries_in_one_list_are_read_once(storage: Storage):
    issuer = samples.issuer(suspension_list="north-revocation")
    lists = samples.status_lists(issuer)[:1]
    storage.issuer_store.add_issuer(issuer, lists)
    found = storage.public_store.related_items(samples.record(of=issuer), DAY)
    assert found.status_lists == {lists[0].id: lists[0]}
