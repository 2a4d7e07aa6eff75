from __future__ import annotations

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.verify import bitstring

BITS = bytes(bitstring.MIN_BITS // 8)


def squeezed(data: bytes) -> bytes:
    """Without the time of day: it would name the parametrised tests differently in each pytest worker."""
    return gzip.compress(data, mtime=0)


def packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@given(st.integers(0, bitstring.MIN_BITS - 1))
def test_a_set_bit_is_the_only_one_set(index: int) -> None:
    bits = bitstring.decode(bitstring.encode(bitstring.with_bit(BITS, index, value=True)))
    assert bitstring.get(bits, index)
    assert sum(byte.bit_count() for byte in bits) == 1
    assert bitstring.with_bit(bits, index, value=False) == BITS


def test_index_zero_is_the_leftmost_bit() -> None:
    assert bitstring.with_bit(BITS, 0, value=True)[0] == 0x80
    assert bitstring.with_bit(BITS, 15, value=True)[1] == 0x01


@pytest.mark.parametrize("index", [-1, bitstring.MIN_BITS])
def test_an_index_outside_is_refused(index: int) -> None:
    with pytest.raises(Malformed) as caught:
        bitstring.get(BITS, index)
    assert caught.value.code == "status_index_out_of_range"


@pytest.mark.parametrize(
    ("encoded", "code"),
    [
        ("", "status_list_malformed"),
        ("u", "status_list_malformed"),
        ("z" + bitstring.encode(BITS)[1:], "status_list_malformed"),
        (bitstring.encode(BITS) + "=", "status_list_malformed"),
        (bitstring.encode(BITS) + "\n", "status_list_malformed"),
        (packed(b"not gzip"), "status_list_malformed"),
        (packed(squeezed(BITS)[:-9]), "status_list_malformed"),
        (packed(squeezed(BITS) + b"more"), "status_list_malformed"),
        (packed(squeezed(BITS[:-1])), "status_list_too_short"),
        (packed(squeezed(bytes(bitstring.MAX_BYTES + 1))), "status_list_too_large"),
        (packed(squeezed(bytes(100 * 1024 * 1024))), "status_list_too_large"),
    ],
)
def test_a_list_that_cannot_be_believed_is_refused(encoded: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        bitstring.decode(encoded)
    assert caught.value.code == code


def test_the_largest_list_is_read() -> None:
    assert len(bitstring.decode(packed(squeezed(bytes(bitstring.MAX_BYTES))))) == bitstring.MAX_BYTES
