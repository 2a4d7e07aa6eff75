"""Bulk reads for an export."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.award.export import Archive
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.issuing.search import row_of
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.award.export import DynamoArchive
from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore
from chalicelib.dynamo.tables import Tables
from tests.contract import samples
from tests.contract.conftest import Storage
from tests.fake_archive import Archive as FakeArchive


@pytest.fixture(params=["fake_storage", "real_storage"])
def storage(request: pytest.FixtureRequest) -> Storage:
    return request.getfixturevalue(request.param)


@pytest.fixture
def archive(storage: Storage) -> Archive:
    if isinstance(storage.issuer_store, DynamoIssuerStore):
        return DynamoArchive(storage.issuer_store._tables)
    return FakeArchive(storage.issuer_store)


def test_credentials_are_read_with_recipients_in_order(storage: Storage, archive: Archive):
    issuer = samples.issuer()
    storage.issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    records = [samples.record(letter * 26, index, issuer) for index, letter in enumerate("bac")]
    to = Recipient("a" * 26, "north", "Ada", "ada@example.org", "Europe/Berlin", notify=True)
    for record in records:
        storage.issuer_store.add_record(record, to if record.id == to.credential_id else None)
    rows = [row_of(record, None) for record in records]
    assert archive.read_many(rows) == [(records[0], None), (records[1], to), (records[2], None)]


def test_all_current_and_earlier_status_lists_are_found(storage: Storage, archive: Archive):
    issuer, other = samples.issuer(), samples.issuer("south")
    storage.issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    storage.issuer_store.add_issuer(other, samples.status_lists(other))
    opened = replace(issuer, revocation_list="next-revocation", suspension_list="next-suspension", version=2)
    storage.issuer_store.replace_issuer(opened, samples.status_lists(opened))
    found = [one.id for one in archive.status_lists("north")]
    assert found == ["next-revocation", "next-suspension", "north-revocation", "north-suspension"]
    assert [one.id for one in storage.issuer_store.status_lists("north")] == found


def test_issuer_without_list_pointers_has_its_current_lists(tables: Tables, real_storage: Storage):
    issuer = samples.issuer()
    real_storage.issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    for name in (issuer.revocation_list, issuer.suspension_list):
        tables.delete(tables.credentials, keys.list_pointer("north", name))
    assert len(list(DynamoArchive(tables).status_lists("north"))) == 2
