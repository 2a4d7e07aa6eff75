from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from chalicelib.dynamo.stores.analytics.salts import DynamoSalts
from chalicelib.dynamo.tables import Tables
from tests.contract.conftest import Storage

DAY = date(2026, 11, 21)


def test_first_salt_of_a_day_is_kept(storage: Storage):
    assert storage.salts.create(DAY, b"1" * 32) == b"1" * 32
    assert storage.salts.create(DAY, b"2" * 32) == b"1" * 32
    assert storage.salts.create(DAY + timedelta(days=1), b"2" * 32) == b"2" * 32


def test_concurrent_writers_get_the_same_salt(storage: Storage):
    with ThreadPoolExecutor(16) as pool:
        salts = set(pool.map(lambda number: storage.salts.create(DAY, bytes([number]) * 32), range(16)))
    assert len(salts) == 1
    assert salts == {storage.salts.create(DAY, b"x" * 32)}


def test_salts_of_earlier_days_are_deleted_and_the_days_own_is_kept(storage: Storage):
    for back in range(4):
        storage.salts.create(DAY - timedelta(days=back), bytes([back]) * 32)
    assert storage.salts.destroy_before(DAY) == 3
    assert storage.salts.destroy_before(DAY) == 0
    assert storage.salts.create(DAY, b"x" * 32) == bytes(32)
    assert storage.salts.create(DAY - timedelta(days=1), b"x" * 32) == b"x" * 32


def test_salt_of_the_previous_year_is_deleted(storage: Storage):
    storage.salts.create(date(2026, 12, 31), b"1" * 32)
    assert storage.salts.destroy_before(date(2027, 1, 1)) == 1


def test_a_salt_is_found_without_creating_one(tables: Tables):
    salts = DynamoSalts(tables)
    assert salts.find(DAY) is None
    salts.create(DAY, b"1" * 32)
    assert salts.find(DAY) == b"1" * 32
