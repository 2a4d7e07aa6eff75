from __future__ import annotations

import base64
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.verify import bitstring

BITS = bytes(bitstring.MIN_BITS // 8)


def compressed(data: bytes) -> bytes:
    """Compress without a timestamp, which would give parametrised tests different ids in each pytest worker.

    Nor as small as possible: every worker compresses 100 MB of zeros when it collects the tests.
    """
    return gzip.compress(data, 1, mtime=0)


def encode_multibase(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@given(st.integers(0, bitstring.MIN_BITS - 1))
def test_setting_a_bit_sets_no_other(index: int) -> None:
    bits = bitstring.decode(bitstring.encode(bitstring.with_bit(BITS, index, value=True)))
    assert bitstring.get(bits, index)
    assert sum(byte.bit_count() for byte in bits) == 1
    assert bitstring.with_bit(bits, index, value=False) == BITS


def test_setting_a_bit_keeps_those_of_other_bytes() -> None:
    bits = BITS
    for index in (80, 95, 100, 103):
        bits = bitstring.with_bit(bits, index, value=True)
    assert [index for index in range(200) if bitstring.get(bits, index)] == [80, 95, 100, 103]
    bits = bitstring.with_bit(bits, 100, value=False)
    assert [index for index in range(200) if bitstring.get(bits, index)] == [80, 95, 103]


def test_a_list_of_2021_may_be_padded() -> None:
    for level in range(10):  # different lengths, so with no, one and two characters of padding
        data = gzip.compress(bitstring.with_bit(BITS, 7, value=True) + bytes(level), 1, mtime=0)
        padded = base64.b64encode(data).decode()
        assert bitstring.decode_2021(padded) == bitstring.decode_2021(padded.rstrip("="))
        assert bitstring.get(bitstring.decode_2021(padded), 7)


def test_index_zero_is_the_leftmost_bit() -> None:
    assert bitstring.with_bit(BITS, 0, value=True)[0] == 0x80
    assert bitstring.with_bit(BITS, 15, value=True)[1] == 0x01


@pytest.mark.parametrize("index", [-1, bitstring.MIN_BITS])
def test_an_index_out_of_range_is_refused(index: int) -> None:
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
        (encode_multibase(b"not gzip"), "status_list_malformed"),
        (encode_multibase(compressed(BITS)[:-9]), "status_list_malformed"),
        (encode_multibase(compressed(BITS) + b"more"), "status_list_malformed"),
        (encode_multibase(compressed(BITS[:-1])), "status_list_too_short"),
        (encode_multibase(compressed(bytes(bitstring.MAX_BYTES + 1))), "status_list_too_large"),
        (encode_multibase(compressed(bytes(100 * 1024 * 1024))), "status_list_too_large"),
    ],
)
def test_an_invalid_list_is_refused(encoded: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        bitstring.decode(encoded)
    assert caught.value.code == code


def test_the_largest_list_is_read() -> None:
    assert len(bitstring.decode(encode_multibase(compressed(bytes(bitstring.MAX_BYTES))))) == bitstring.MAX_BYTES


@pytest.mark.parametrize(("size", "octets"), [(1, 15_000), (1, 16_383), (3, 49_151)])
def test_an_entry_of_a_list_that_is_too_short_is_not_read(size: int, octets: int) -> None:
    with pytest.raises(Malformed) as caught:
        bitstring.get(bytes(octets), 0, size)
    assert caught.value.code == "status_list_too_short"
    assert bitstring.get(bytes(octets + 1 + 16_384), 0, size) == 0


def test_only_gzip_is_decompressed() -> None:
    for other in (zlib.compress(BITS), zlib.compress(BITS)[2:-4]):
        with pytest.raises(Malformed) as caught:
            bitstring.decode(encode_multibase(other))
        assert caught.value.code == "status_list_malformed"
