from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from tests.strategies import EPOCH, MOMENTS

ENTROPY = st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES)


def test_example_in_the_specification():
    """github.com/ulid/spec: 1469918176385 ms is encoded as 01ARYZ6S41."""
    at = EPOCH + timedelta(milliseconds=1_469_918_176_385)
    assert ulid(at, bytes(10)) == "01ARYZ6S41" + "0" * 16
    assert ulid(at, b"\xff" * 10) == "01ARYZ6S41" + "Z" * 16


@given(MOMENTS, ENTROPY)
def test_ulid_is_26_characters_of_crockfords_alphabet(at: datetime, entropy: bytes):
    text = ulid(at, entropy)
    assert len(text) == 26
    assert set(text) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@given(MOMENTS, ENTROPY, MOMENTS, ENTROPY)
def test_ulids_sort_by_time(one: datetime, a: bytes, other: datetime, b: bytes):
    def order(at: datetime, entropy: bytes):
        return (at - EPOCH) // timedelta(milliseconds=1), entropy

    assert (ulid(one, a) < ulid(other, b)) == (order(one, a) < order(other, b))


@pytest.mark.parametrize("size", [0, 9, 11])
def test_entropy_of_another_size_is_an_error(size: int):
    with pytest.raises(ValueError, match="random bytes"):
        ulid(datetime(2026, 1, 1, tzinfo=UTC), bytes(size))


def test_a_time_before_1970_is_an_error():
    with pytest.raises(ValueError, match="1970"):
        ulid(datetime(1969, 12, 31, 23, 59, 59, 999999, UTC), bytes(10))
