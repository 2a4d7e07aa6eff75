from __future__ import annotations

from datetime import timedelta

from tests.contract import nouns
from tests.contract.conftest import Storage

DAY = nouns.NOW.date()


def test_everything_around_a_credential_is_read_together(storage: Storage):
    issuer = nouns.issuer()
    lists = nouns.status_lists(issuer)
    storage.issuer_store.add_issuer(issuer, lists)
    salt = storage.salts.create(DAY, bytes(32))
    found = storage.public_store.related_items(nouns.record(), DAY)
    assert found.issuer == issuer
    assert found.status_lists == {one.id: one for one in lists}
    assert found.salt == salt


def test_what_is_not_there_is_said_to_be_missing(storage: Storage):
    storage.salts.create(DAY - timedelta(days=1), bytes(32))
    found = storage.public_store.related_items(nouns.record(), DAY)
    assert found.issuer is None
    assert found.status_lists == {}
    assert found.salt is None


def test_two_entries_in_one_list_are_one_read(storage: Storage):
    issuer = nouns.issuer(suspension_list="north-revocation")
    lists = nouns.status_lists(issuer)[:1]
    storage.issuer_store.add_issuer(issuer, lists)
    found = storage.public_store.related_items(nouns.record(of=issuer), DAY)
    assert found.status_lists == {lists[0].id: lists[0]}
