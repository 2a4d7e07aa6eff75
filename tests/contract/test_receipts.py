"""`receipts.receipt.ReceiptStore`, on the fake and on the real engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.dynamo import keys
from chalicelib.dynamo.erasing.contents import text_of
from chalicelib.dynamo.erasing.rules import RULES, Found
from chalicelib.dynamo.erasing.traces import Traces
from chalicelib.dynamo.stores.counters import DynamoCounters
from chalicelib.dynamo.stores.receipts import DynamoReceiptStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound
from chalicelib.receipts.limits import ReceiptLimit
from chalicelib.receipts.receipt import Receipt, ReceiptStore
from chalicelib.verify.options import VerificationOptions
from tests.grants import enforced, grants_of, read_template
from tests.http.fake_laurel import Laurel, id_of, seeded
from tests.receipts import samples
from tests.receipts.fakes import ReceiptStore as FakeStore


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest) -> ReceiptStore:
    return FakeStore() if request.param == "fake" else DynamoReceiptStore(request.getfixturevalue("tables"))


@pytest.fixture(scope="module")
def receipt() -> Receipt:
    return samples.make(seeded(), options=VerificationOptions(email="ada@example.org"))


def test_a_receipt_is_found_as_it_was_stored(store: ReceiptStore, receipt: Receipt) -> None:
    store.add(receipt)
    assert store.receipt(receipt.id) == receipt
    with pytest.raises(NotFound):
        store.receipt("b" * 26)


def test_a_receipt_is_never_replaced(store: ReceiptStore, receipt: Receipt) -> None:
    store.add(receipt)
    with pytest.raises(Conflict):
        store.add(replace(receipt, jws="x.y.z"))
    assert store.receipt(receipt.id) == receipt


def test_what_is_signed_stays_when_the_readable_part_is_erased(store: ReceiptStore, receipt: Receipt) -> None:
    store.add(receipt)
    assert store.erase_readable(receipt.id)
    assert not store.erase_readable(receipt.id)
    assert store.receipt(receipt.id) == replace(receipt, readable=None)


def test_a_key_is_stored_once(store: ReceiptStore) -> None:
    key = seeded().receipts.keys.current()
    assert store.stored_keys() == []
    store.add_key(key)
    store.add_key(key)
    assert store.stored_keys() == [key]


@pytest.mark.parametrize("found_by", ["id", "email"])
def test_a_sweep_deletes_the_readable_part_of_an_erased_person_only(
    tables: Tables, receipt: Receipt, found_by: str
) -> None:
    store = DynamoReceiptStore(tables)
    store.add(receipt)
    traces = Traces(
        ids=frozenset([id_of("valid")] if found_by == "id" else []),
        targets=(),
        emails=None,
        recipients=frozenset(),
        words=frozenset([(None, "unrelated")]),
    )
    view, signed = (tables.get(tables.credentials, key(receipt.id)) for key in (keys.receipt_view, keys.receipt))
    assert view is not None
    assert signed is not None
    found = [
        Found(tables, raw, text_of(tables, tables.credentials, raw), None, traces, frozenset())
        for raw in (view, signed)
    ]
    assert "ada@example.org" in found[0].text  # an address is looked for in this text
    assert not any(text in found[1].text for text in ("ada", id_of("valid"), receipt.readable["salt"]))  # type: ignore[index]
    assert RULES["receipt"](found[1]) == signed
    assert RULES["receipt_view"](found[0]) == (None if found_by == "id" else view)


@pytest.mark.parametrize("role", ["PublicRole", "VerifyRole"])
def test_making_a_receipt_needs_no_more_than_the_role_grants(tables: Tables, role: str) -> None:
    laurel: Laurel = seeded()
    store = DynamoReceiptStore(tables)
    limit = ReceiptLimit(DynamoCounters(tables, keys.receipts_made), _salt, lambda: laurel.now)
    laurel.__dict__["receipts"] = replace(laurel.receipts, store=store, limit=limit)
    with enforced(tables, grants_of(read_template(), role)) as refused:
        made = samples.make(laurel)
    assert refused == []
    assert PUBLIC_ID.fullmatch(made.id)
    with enforced(tables, grants_of(read_template(), role)) as refused:
        assert store.receipt(made.id) == made
    assert refused == []
    with enforced(tables, grants_of(read_template(), "PublicRole")) as refused:
        assert store.stored_keys() == []
    assert refused == []
    with enforced(tables, grants_of(read_template(), "CleanUpKeysRole")) as refused:
        replace(laurel.receipts.keys, store=store).remember()
    assert refused == []
    assert store.stored_keys() == [laurel.receipts.keys.current()]


def _salt(day: date) -> bytes:
    return str(day).encode() * 4
