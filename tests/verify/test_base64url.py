from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.verify import base64url
from tests.verify.jose.tokens import tried

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary())
def test_bytes_survive_the_way_there_and_back(data: bytes) -> None:
    text = base64url.encode(data)
    assert text == base64.urlsafe_b64encode(data).rstrip(b"=")
    assert base64url.decode(text) == data


@given(st.binary(max_size=12) | st.lists(st.sampled_from(ALPHABET), max_size=12).map(bytes))
def test_no_two_texts_stand_for_the_same_bytes(text: bytes) -> None:
    data = tried(base64url.decode, text)
    if isinstance(data, Malformed):
        assert data.code == "not_base64url"
    else:
        assert base64url.encode(data) == text


@pytest.mark.parametrize(
    "text", [b"A", b"AAAAA", b"AB", b"AAB", b"AA==", b"AAA=", b"AA A", b"AAAA\n", b"+AAA", b"/AAA", b"=AAA"]
)
def test_what_is_not_canonical_is_refused(text: bytes) -> None:
    with pytest.raises(Malformed):
        base64url.decode(text)


@pytest.mark.parametrize("octet", [octet for octet in range(256) if octet not in ALPHABET])
def test_every_octet_outside_the_alphabet_is_refused(octet: int) -> None:
    with pytest.raises(Malformed):
        base64url.decode(b"AA" + bytes([octet]) + b"A")
