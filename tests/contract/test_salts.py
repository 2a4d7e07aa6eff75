from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from tests.contract.conftest import Storage

DAY = date(2026, 11, 21)


def test_the_first_salt_of_a_day_stays_its_salt(storage: Storage):
    assert storage.salts.create(DAY, b"1" * 32) == b"1" * 32
    assert storage.salts.create(DAY, b"2" * 32) == b"1" * 32
    assert storage.salts.create(DAY + timedelta(days=1), b"2" * 32) == b"2" * 32


def test_writers_at_once_agree_on_one_salt(storage: Storage):
    with ThreadPoolExecutor(16) as pool:
        salts = set(pool.map(lambda number: storage.salts.create(DAY, bytes([number]) * 32), range(16)))
    assert len(salts) == 1
    assert salts == {storage.salts.create(DAY, b"x" * 32)}


def test_days_before_are_destroyed_and_the_day_itself_is_kept(storage: Storage):
    for back in range(4):
        storage.salts.create(DAY - timedelta(days=back), bytes([back]) * 32)
    assert storage.salts.destroy_before(DAY) == 3
    assert storage.salts.destroy_before(DAY) == 0
    assert storage.salts.create(DAY, b"x" * 32) == bytes(32)
    assert storage.salts.create(DAY - timedelta(days=1), b"x" * 32) == b"x" * 32


def test_the_turn_of_a_year_is_a_day_like_any_other(storage: Storage):
    storage.salts.create(date(2026, 12, 31), b"1" * 32)
    assert storage.salts.destroy_before(date(2027, 1, 1)) == 1
