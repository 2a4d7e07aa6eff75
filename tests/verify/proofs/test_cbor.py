"""The reader of proof values, with the examples of RFC 8949, appendix A, as its oracle."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.verify.proofs import cbor
from tests.verify.proofs.extract import encode

RFC_8949 = {
    "00": 0,
    "17": 23,
    "1818": 24,
    "1903e8": 1000,
    "1a000f4240": 1_000_000,
    "1bffffffffffffffff": 2**64 - 1,
    "40": b"",
    "4401020304": b"\1\2\3\4",
    "6449455446": "IETF",
    "62c3bc": "ü",
    "80": [],
    "83010203": [1, 2, 3],
    "8301820203820405": [1, [2, 3], [4, 5]],
    "a0": {},
    "a201020304": {1: 2, 3: 4},
}
REFUSED = {
    "empty": "",
    "trailing": "0000",
    "negative": "20",
    "false": "f4",
    "null": "f6",
    "float": "f93c00",
    "date": "c11a514b67b0",
    "big number": "c249010000000000000000",
    "indefinite bytes": "5f42010243030405ff",
    "indefinite array": "9f01ff",
    "indefinite map": "bf0102ff",
    "break": "ff",
    "reserved length": "1c",
    "cut number": "1903",
    "cut bytes": "4401",
    "huge bytes": "5bffffffffffffffff",
    "huge array": "9bffffffffffffffff",
    "huge map": "bbffffffffffffffff",
    "cut array": "8201",
    "cut map": "a101",
    "text as a name": "a161610a",
    "name twice": "a201020103",
    "not UTF-8": "61ff",
    "typed array of text": "d8406161",
    "tag at the end": "d840",
    "nested tags": "d840d8404101",
    "too deep": "818181818101",
}


@pytest.mark.parametrize("source", RFC_8949, ids=str)
def test_the_examples_of_the_standard_are_read(source: str) -> None:
    assert cbor.decode(bytes.fromhex(source)) == RFC_8949[source]


def test_bytes_may_be_tagged_as_an_array_of_8_bit_numbers() -> None:
    assert cbor.decode(bytes.fromhex("81d8404101")) == [b"\1"]


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        cbor.decode(bytes.fromhex(REFUSED[name]))
    assert caught.value.code == "not_cbor"


leaves = st.integers(0, 2**64 - 1) | st.binary(max_size=70) | st.text(max_size=40)


@given(st.lists(leaves | st.lists(leaves) | st.dictionaries(st.integers(0, 2**64 - 1), leaves)))
def test_what_is_encoded_is_read_again(value: list[object]) -> None:
    assert cbor.decode(encode(value)) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(Malformed):
        cbor.decode(data)
