from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.analytics.counts.view_counts import ViewCounts
from chalicelib.errors import Conflict
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


def test_view_counts_are_read_while_the_record_shows_them(storage: Storage):
    before = samples.record()
    storage.issuer_store.add_issuer(samples.issuer(), samples.status_lists(samples.issuer()))
    storage.issuer_store.add_record(before)
    assert storage.public_store.related_items(before, DAY).view_counts is None
    shown = replace(before, shows_view_counts=True, version=2)
    storage.issuer_store.show_view_counts(shown)
    assert storage.public_store.record(before.id) == shown
    assert storage.public_store.related_items(shown, DAY).view_counts == ViewCounts(before.id)
    hidden = replace(shown, shows_view_counts=False, version=3)
    storage.issuer_store.show_view_counts(hidden)
    assert storage.public_store.related_items(hidden, DAY).view_counts is None
    assert storage.public_store.related_items(replace(hidden, shows_view_counts=True), DAY).view_counts is None, (
        "deleted"
    )
    with pytest.raises(Conflict):
        storage.issuer_store.show_view_counts(shown)
