from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from chalicelib.analytics.visitor import visitor
from chalicelib.dynamo.stores.events import DynamoEventStore
from chalicelib.dynamo.stores.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.salts import DynamoSalts
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Unavailable
from tests import aws_calls
from tests.contract import nouns

DAY = nouns.NOW.date()
SALT = sha256(b"a salt to look for").digest()


def found_in(tables: Tables, secret: bytes) -> list[str]:
    """Every table in which ``secret`` stands in some item, as bytes or written as text."""
    forms = {repr(secret), secret.hex(), repr(secret)[2:-1]}
    holders = []
    for table in (tables.credentials, tables.events, tables.secrets):
        pages = tables.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        text = repr([page["Items"] for page in pages])
        holders += [table] if any(form in text for form in forms) else []
    return holders


def test_once_destroyed_no_table_holds_the_salt(tables: Tables):
    salts, issuer_store = DynamoSalts(tables), DynamoIssuerStore(tables)
    issuer = nouns.issuer()
    issuer_store.add_issuer(issuer, nouns.status_lists(issuer))
    issuer_store.add_record(nouns.record())
    salts.create(DAY, SALT)
    DynamoEventStore(tables).write(nouns.event(visitor=visitor(SALT, "192.0.2.1", "Mozilla")))
    assert found_in(tables, SALT) == [tables.secrets]  # the search does find it while it is there
    assert salts.destroy_before(DAY + timedelta(days=1)) == 1
    assert found_in(tables, SALT) == []


def test_a_destruction_cut_short_is_finished_by_the_next(tables: Tables):
    salts = DynamoSalts(tables)
    for back in range(3):
        salts.create(DAY - timedelta(days=back), SALT + bytes([back]))
    for fault in (aws_calls.lost_before, aws_calls.reply_lost):
        with fault(tables.client, 2), pytest.raises(Unavailable):  # the first call finds them, the second deletes one
            salts.destroy_before(DAY + timedelta(days=1))
    salts.destroy_before(DAY + timedelta(days=1))
    assert found_in(tables, SALT) == []


def test_making_and_destroying_salts_needs_no_grant_to_read_one(tables: Tables):
    """The nightly job may only query, put and delete; a view may only put."""
    salts = DynamoSalts(tables)
    with aws_calls.counted(tables.client) as calls:
        assert salts.create(DAY, SALT) == salts.create(DAY, bytes(32)) == SALT
        salts.destroy_before(DAY + timedelta(days=1))
    assert calls == ["PutItem", "PutItem", "Query", "DeleteItem"]
