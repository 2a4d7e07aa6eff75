from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from chalicelib.analytics.visitor import visitor
from chalicelib.dynamo.stores.analytics.events import DynamoEventStore
from chalicelib.dynamo.stores.analytics.salts import DynamoSalts
from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Unavailable
from tests import aws_calls
from tests.contract import samples

DAY = samples.NOW.date()
SALT = sha256(b"a salt to look for").digest()


def tables_containing(tables: Tables, secret: bytes) -> list[str]:
    """The tables with an item that contains ``secret``, as bytes or as text."""
    forms = {repr(secret), secret.hex(), repr(secret)[2:-1]}
    holders = []
    for table in (tables.credentials, tables.events, tables.secrets):
        pages = tables.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        text = repr([page["Items"] for page in pages])
        holders += [table] if any(form in text for form in forms) else []
    return holders


def test_no_table_contains_a_destroyed_salt(tables: Tables):
    salts, issuer_store = DynamoSalts(tables), DynamoIssuerStore(tables)
    issuer = samples.issuer()
    issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    issuer_store.add_record(samples.record())
    salts.create(DAY, SALT)
    DynamoEventStore(tables, lambda: samples.NOW, samples.RETENTION).write(
        samples.event(visitor=visitor(SALT, "192.0.2.1", "Mozilla"))
    )
    assert tables_containing(tables, SALT) == [tables.secrets]  # proves that the search can find it
    assert salts.destroy_before(DAY + timedelta(days=1)) == 1
    assert tables_containing(tables, SALT) == []


def test_interrupted_salt_deletion_is_completed_by_the_next_run(tables: Tables):
    salts = DynamoSalts(tables)
    for back in range(3):
        salts.create(DAY - timedelta(days=back), SALT + bytes([back]))
    for fault in (aws_calls.lost_before, aws_calls.reply_lost):
        with fault(tables.client, 2), pytest.raises(Unavailable):  # the first call queries, the second deletes
            salts.destroy_before(DAY + timedelta(days=1))
    salts.destroy_before(DAY + timedelta(days=1))
    assert tables_containing(tables, SALT) == []


def test_creating_and_deleting_salts_never_reads_one(tables: Tables):
    """The nightly job is only allowed to query, put and delete; a view only to put."""
    salts = DynamoSalts(tables)
    with aws_calls.counted(tables.client) as calls:
        assert salts.create(DAY, SALT) == salts.create(DAY, bytes(32)) == SALT
        salts.destroy_before(DAY + timedelta(days=1))
    assert calls == ["PutItem", "PutItem", "Query", "DeleteItem"]
