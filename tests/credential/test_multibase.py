from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.credential.multibase import (
    MAX_CHARACTERS,
    decode_base58btc,
    decode_ed25519,
    encode_base58btc,
    encode_ed25519,
)
from chalicelib.errors import Malformed


@given(st.binary(max_size=80))
def test_base58btc_round_trips(data: bytes) -> None:
    assert decode_base58btc(encode_base58btc(data)) == data


@given(st.text(alphabet="123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", max_size=MAX_CHARACTERS - 1))
def test_base58btc_encoding_is_canonical(letters: str) -> None:
    assert encode_base58btc(decode_base58btc(f"z{letters}")) == f"z{letters}"


@pytest.mark.parametrize("text", ["", "u123", "z0", "zO", "zé", "z1 ", "z11é11", "z" + "2" * MAX_CHARACTERS])
def test_invalid_base58btc_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        decode_base58btc(text)
    assert caught.value.code == "not_base58btc"


def test_multikey_of_another_type_is_unsupported() -> None:
    with pytest.raises(Malformed) as caught:
        decode_ed25519(encode_base58btc(b"\x80\x24" + bytes(33)))
    assert caught.value.code == "key_unsupported"


@pytest.mark.parametrize("size", [0, 31, 33])
def test_multikey_of_wrong_length_is_malformed(size: int) -> None:
    with pytest.raises(Malformed) as caught:
        decode_ed25519(encode_ed25519(bytes(size)))
    assert caught.value.code == "key_malformed"
