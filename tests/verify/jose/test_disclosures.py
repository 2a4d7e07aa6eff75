"""Disclosures of an SD-JWT, against RFC 9901, 7.1."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.verify import base64url
from chalicelib.verify.jose.disclosures import NEVER_SELECTIVE, disclose
from tests.verify.formats.sd_jwts import digest, disclosure
from tests.verify.jose.tokens import result_or_error

NAME = disclosure("name", "Ada")


def refusal(payload: dict[str, Any], *disclosures: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        disclose(payload, disclosures)
    return caught.value.code


def test_the_example_of_the_specification() -> None:
    """RFC 9901, 4.2.1 and 4.2.4.1: a disclosure and its digest, as published."""
    published = b"WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    payload = {"_sd": ["X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"], "_sd_alg": "sha-256"}
    assert disclose(payload, [published]).payload == {"family_name": "Möbius"}


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-384", "sha-512"])
def test_a_claim_is_disclosed_by_its_digest(algorithm: str) -> None:
    payload = {"_sd_alg": algorithm, "_sd": [digest(NAME, algorithm.replace("-", ""))], "x": 1}
    assert disclose(payload, [NAME]) == ({"name": "Ada", "x": 1}, frozenset())


def test_what_is_not_disclosed_is_not_there() -> None:
    payload = {"_sd": [digest(NAME)], "languages": [{"...": digest(disclosure("de"))}, "fr"]}
    assert disclose(payload, []) == ({"languages": ["fr"]}, {"", "languages"})


def test_disclosures_inside_disclosures_and_arrays() -> None:
    inner = disclosure("town", "Fernhill")
    outer = disclosure("address", {"_sd": [digest(inner)], "country": "GB"})
    item = disclosure({"_sd": [digest(outer)]})
    payload = {"places": [{"...": digest(item)}, 2]}
    places = [{"address": {"country": "GB", "town": "Fernhill"}}, 2]
    assert disclose(payload, [inner, outer, item]).payload == {"places": places}
    assert disclose(payload, [item]).payload == {"places": [{}, 2]}


@pytest.mark.parametrize("name", ["md5", "sha-1", "sha-256-32", "", None, 1])
def test_another_hash_algorithm_is_unsupported(name: object) -> None:
    assert refusal({"_sd_alg": name, "_sd": [digest(NAME)]}, NAME) == "sd_algorithm_unsupported"


def test_a_digest_that_occurs_twice_is_refused() -> None:
    twice = digest(disclosure("x", 1))
    assert refusal({"_sd": [twice, twice]}) == "sd_repeated"
    assert refusal({"_sd": [twice], "a": {"_sd": [twice]}}) == "sd_repeated"
    assert refusal({"_sd": [twice], "a": [{"...": twice}]}) == "sd_repeated"


def test_a_disclosure_that_occurs_twice_is_refused() -> None:
    assert refusal({"_sd": [digest(NAME)]}, NAME, NAME) == "sd_repeated"


def test_a_claim_that_the_issuer_did_not_sign_cannot_be_added() -> None:
    assert refusal({"_sd": []}, NAME) == "sd_unused"
    hidden = disclosure("degree", "PhD")
    assert refusal({"_sd": [digest(NAME)]}, disclosure("name", {"_sd": [digest(hidden)]}), hidden) == "sd_unused"


@pytest.mark.parametrize("name", sorted(NEVER_SELECTIVE))
def test_a_claim_about_the_token_cannot_be_selective(name: str) -> None:
    withheld = disclosure(name, "x")
    assert refusal({"_sd": [digest(withheld)]}, withheld) == "sd_contradicts"


def test_a_disclosure_cannot_replace_a_claim() -> None:
    second = disclosure("name", "Eve")
    assert refusal({"_sd": [digest(NAME)], "name": "Eve"}, NAME) == "sd_contradicts"
    assert refusal({"_sd": [digest(NAME), digest(second)]}, NAME, second) == "sd_contradicts"


@pytest.mark.parametrize(
    "made",
    [
        base64url.encode(b'["salt"]'),
        base64url.encode(b'["salt","a",1,2]'),
        base64url.encode(b'[1,"a",1]'),
        base64url.encode(b'["salt",1,1]'),
        base64url.encode(b'{"a":1}'),
        base64url.encode(b'["salt","a",1],"b":1'),
        base64url.encode(b'["salt","a",1]}'),
        base64url.encode(b'["salt","a",{"b":1,"b":2}]'),
        base64url.encode(b"not JSON"),
        disclosure("_sd", ["x"]),
        disclosure("...", "x"),
        b"WyJ",
        b"not base64url!",
        b"",
    ],
    ids=range(14),
)
def test_a_disclosure_that_cannot_be_read_is_refused(made: bytes) -> None:
    assert refusal({"_sd": [digest(made)]}, made) == "sd_malformed"


@pytest.mark.parametrize(
    ("payload", "made"),
    [
        ({"_sd": "x"}, None),
        ({"_sd": [1]}, None),
        ({"a": [{"...": 1}]}, None),
        ({"a": [{"...": "x", "b": 1}]}, None),
        ({"a": {"...": "x"}}, None),
        ({"...": "x"}, None),
        ({"_sd": [digest(disclosure("item"))]}, disclosure("item")),
        ({"a": [{"...": digest(NAME)}]}, NAME),
    ],
    ids=range(8),
)
def test_a_digest_in_the_wrong_place_is_refused(payload: dict[str, Any], made: bytes | None) -> None:
    assert refusal(payload, *([] if made is None else [made])) == "sd_malformed"


def test_disclosures_cannot_be_nested_without_end() -> None:
    made = [disclosure("end", 1)]
    for _ in range(40):
        made.append(disclosure("next", {"_sd": [digest(made[-1])]}))
    assert refusal({"_sd": [digest(made[-1])]}, *made) == "too_deep"


json_values = st.recursive(
    st.none() | st.text(max_size=3) | st.sampled_from([digest(NAME), hashlib.sha256(b"").hexdigest()]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["_sd", "...", "_sd_alg", "a"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["_sd", "...", "_sd_alg", "a"]), json_values), st.lists(st.binary(), max_size=2))
def test_any_payload_is_read_or_refused(payload: dict[str, Any], disclosures: list[bytes]) -> None:
    read = result_or_error(lambda made: disclose(payload, made), [*disclosures, NAME])
    if isinstance(read, Malformed):
        assert read.code.startswith(("sd_", "too_deep"))
    else:
        assert "_sd" not in read.payload
