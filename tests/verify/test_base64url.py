from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.verify import base64url
from tests.verify.jose.tokens import result_or_error

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary())
def test_encoding_and_decoding_round_trip(data: bytes) -> None:
    text = base64url.encode(data)
    assert text == base64.urlsafe_b64encode(data).rstrip(b"=")
    assert base64url.decode(text) == data


@given(st.binary(max_size=12) | st.lists(st.sampled_from(ALPHABET), max_size=12).map(bytes))
def test_each_byte_string_has_one_text(text: bytes) -> None:
    data = result_or_error(base64url.decode, text)
    if isinstance(data, Malformed):
        assert data.code == "not_base64url"
    else:
        assert base64url.encode(data) == text


@pytest.mark.parametrize(
    "text", [b"A", b"AAAAA", b"AB", b"AAB", b"AA==", b"AAA=", b"AA A", b"AAAA\n", b"+AAA", b"/AAA", b"=AAA"]
)
def test_non_canonical_text_is_refused(text: bytes) -> None:
    with pytest.raises(Malformed):
        base64url.decode(text)


def test_every_octet_outside_the_alphabet_is_refused() -> None:
    for octet in set(range(256)) - set(ALPHABET):
        with pytest.raises(Malformed):
            pytest.fail(f"{octet} is accepted: {base64url.decode(b'AA' + bytes([octet]) + b'A')!r}")


def test_only_padding_is_left_out() -> None:
    assert base64url.encode(b"\x00\x00\x17") == b"AAAX"
