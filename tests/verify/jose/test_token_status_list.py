"""Status lists in tokens: the bits, the claims, and the limits."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.verify import base64url, bitstring
from chalicelib.verify.jose import token_status_list
from chalicelib.verify.jose.token_status_list import LIMITS, Reference
from tests.verify.jose.tokens import token

URL = "https://fernhill.example/statuslists/1"
ONE_BIT, TWO_BITS = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1], [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
"""The two lists that the specification (4.1) writes out, with their bytes below."""


def packed(statuses: bytes) -> str:
    return base64url.encode(zlib.compress(statuses, 9)).decode()


def list_token(claims: dict[str, Any] | None = None, *, without: str = "", **header: Any) -> bytes:
    """A token with an empty list of 1,024 statuses; ``claims`` replace its own."""
    listed = {"bits": 1, "lst": packed(bytes(128))}
    payload = {"sub": URL, "iat": 1767225600, "status_list": listed, **(claims or {})}
    payload.pop(without, None)
    return token({"alg": "ES256", "kid": "key-1", "typ": "statuslist+jwt", **header}, payload)


def refusal(data: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        token_status_list.read(data)
    return caught.value.code


@pytest.mark.parametrize(
    ("compressed", "size", "values"),
    [("78dadbb918000217015d", 1, ONE_BIT), ("78da3be9f2130003df0207", 2, TWO_BITS)],
)
def test_examples_of_the_specification(compressed: str, size: int, values: list[int]) -> None:
    statuses = token_status_list.unpack(base64url.encode(bytes.fromhex(compressed)).decode())
    assert [token_status_list.status(statuses, entry, size) for entry in range(len(values))] == values


@given(st.sampled_from([1, 2, 4, 8]), st.binary(min_size=1, max_size=64), st.data())
def test_a_status_is_read_from_the_lowest_bits_up(size: int, statuses: bytes, data: st.DataObject) -> None:
    as_number = int.from_bytes(statuses, "little")
    entry = data.draw(st.integers(0, len(statuses) * 8 // size - 1))
    assert token_status_list.status(statuses, entry, size) == as_number >> entry * size & (1 << size) - 1


@pytest.mark.parametrize(("size", "first_outside"), [(1, 16), (2, 8), (4, 4), (8, 2)])
def test_an_entry_outside_the_list_is_refused(size: int, first_outside: int) -> None:
    assert token_status_list.status(b"\xff\xff", first_outside - 1, size) == (1 << size) - 1
    with pytest.raises(Malformed) as caught:
        token_status_list.status(b"\xff\xff", first_outside, size)
    assert caught.value.code == "status_index_out_of_range"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (packed(bytes(bitstring.MAX_BYTES + 1)), "status_list_too_large"),
        (packed(b"abc")[:-4], "status_list_malformed"),
        (base64url.encode(zlib.compress(b"abc") + b"more").decode(), "status_list_malformed"),
        (packed(b"abc") + "=", "status_list_malformed"),
        ("é", "status_list_malformed"),
        (bitstring.encode(bytes(16_384))[1:], "status_list_malformed"),  # gzip, as in the other kind of list
    ],
    ids=["a bomb", "cut off", "more behind it", "padded", "not ASCII", "gzip"],
)
def test_what_is_not_zlib_within_the_limit_is_refused(text: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        token_status_list.unpack(text)
    assert caught.value.code == code


def test_the_largest_list_is_unpacked() -> None:
    assert len(token_status_list.unpack(packed(bytes(bitstring.MAX_BYTES)))) == bitstring.MAX_BYTES


@pytest.mark.parametrize("typ", ["statuslist+jwt", "StatusList+JWT", "application/statuslist+jwt"])
def test_a_list_is_read(typ: str) -> None:
    listed = token_status_list.read(b" " + list_token({"exp": 1900000000, "ttl": 43200}, typ=typ) + b"\n")
    assert (listed.url, listed.size, listed.issuer) == (URL, 1, None)
    assert token_status_list.unpack(listed.packed) == bytes(128)


@pytest.mark.parametrize("typ", [None, "JWT", "vc+jwt", "statuslist+cwt", ""])
def test_a_token_of_another_type_is_not_a_list(typ: str | None) -> None:
    header = {"typ": typ} if typ is not None else {"typ": "x"}
    assert refusal(list_token(**header)) == "token_type_other"


@pytest.mark.parametrize(
    "claims",
    [
        {"iat": None},
        {"iat": "2026-01-01"},
        {"exp": True},
        {"ttl": 0},
        {"ttl": -1},
        {"ttl": "60"},
        {"ttl": True},
        {"sub": 1},
        {"iss": ""},
        {"iss": ["a"]},
    ],
    ids=str,
)
def test_a_claim_of_the_wrong_type_is_refused(claims: dict[str, Any]) -> None:
    assert refusal(list_token(claims)) == "claims_malformed"


def test_a_list_without_the_time_of_its_signature_is_refused() -> None:
    assert refusal(list_token(without="iat")) == "claims_malformed"


@pytest.mark.parametrize(
    "listed", [None, [], {}, {"bits": 1}, {"bits": 3, "lst": "eJwDAAAAAAE"}, {"bits": "1", "lst": "e"},
               {"bits": True, "lst": "e"}, {"bits": 1.5, "lst": "e"}, {"bits": 1, "lst": 1}, {"bits": 16, "lst": "e"}],
    ids=str,
)  # fmt: skip
def test_a_list_without_readable_content_is_refused(listed: Any) -> None:
    assert refusal(list_token({"status_list": listed})) == "status_list_malformed"


def test_a_list_may_be_larger_than_a_credential_but_not_than_what_is_fetched() -> None:
    large = list_token({"other": "x" * 500_000})
    assert token_status_list.read(large).url == URL
    assert refusal(large + b"x" * LIMITS.size) == "too_large"


def test_a_reference_names_a_list_and_an_entry() -> None:
    assert token_status_list.reference("status_list", {"idx": 0, "uri": URL, "more": 1}) == Reference(URL, 0)
    assert token_status_list.reference("identifier_list", {"idx": 0, "uri": URL}) is None


@pytest.mark.parametrize(
    "value", [None, "https://a", {}, {"idx": 0}, {"uri": URL}, {"idx": -1, "uri": URL}, {"idx": "0", "uri": URL},
              {"idx": True, "uri": URL}, {"idx": 1.0, "uri": URL}, {"idx": 2**40, "uri": URL}, {"idx": 0, "uri": ""},
              {"idx": 0, "uri": [URL]}],
    ids=str,
)  # fmt: skip
def test_an_incomplete_reference_is_refused(value: Any) -> None:
    with pytest.raises(Malformed) as caught:
        token_status_list.reference("status_list", value)
    assert caught.value.code == "status_malformed"
