from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.verify import base64url
from chalicelib.verify.jose import compact
from chalicelib.verify.keys.public_key import Algorithm
from tests.verify.jose.tokens import by, encoded, result_or_error, token

CODES = {
    "too_large",
    "jws_malformed",
    "jws_encrypted",
    "algorithm_refused",
    "algorithm_unsupported",
    "critical_unsupported",
    "unencoded_refused",
    "not_utf8",
    "not_json",
    "not_an_object",
    "duplicate_name",
    "number_out_of_range",
    "too_deep",
    "too_many_members",
    "lone_surrogate",
}
"""Every code that `compact.parse` documents."""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["alg", "kid", "typ", "cty", "crit", "b64", "jwk", "x"])
headers = st.dictionaries(names, json_values | st.sampled_from(["ES256", "none", "HS256"]))
parts = st.binary(max_size=40) | st.binary(max_size=40).map(base64url.encode) | headers.map(encoded)


def test_a_token_is_split_into_its_parts() -> None:
    made = token({"alg": "ES256", "kid": "key-1", "typ": "vc+jwt", "cty": "vc", "x": 1}, b"payload")
    jws = compact.parse(made)
    assert (jws.algorithm, jws.kid, jws.typ, jws.cty) == (Algorithm.ES256, "key-1", "vc+jwt", "vc")
    assert jws.payload == b"payload"
    assert jws.signing_input == made.rpartition(b".")[0]
    assert jws.signature == base64url.decode(made.rpartition(b".")[2])


def test_a_missing_header_parameter_is_none() -> None:
    jws = compact.parse(token({"alg": "ES256"}))
    assert (jws.kid, jws.typ, jws.cty) == (None, None, None)


def test_ed25519_is_a_name_of_eddsa() -> None:
    assert compact.parse(token({"alg": "Ed25519"}, sign=by("EdDSA"))).algorithm is Algorithm.EDDSA


@given(st.lists(parts, max_size=6).map(b".".join) | st.binary(max_size=200))
@example(b"..")
@example(b"e30.e30.e30")
def test_any_bytes_are_parsed_or_refused_with_a_documented_code(data: bytes) -> None:
    jws = result_or_error(compact.parse, data)
    if isinstance(jws, Malformed):
        assert jws.code in CODES
        assert jws.detail
    else:
        assert jws.signing_input + b"." + base64url.encode(jws.signature) == data
        assert base64url.encode(jws.payload) == jws.signing_input.partition(b".")[2]


@given(headers, st.binary(min_size=1, max_size=40))
def test_any_json_header_is_parsed_or_refused_with_a_documented_code(header: dict[str, object], payload: bytes) -> None:
    made = b".".join([encoded(header), base64url.encode(payload), b"AAAA"])
    jws = result_or_error(compact.parse, made)
    if isinstance(jws, Malformed):
        assert jws.code in CODES
    else:
        assert "crit" not in header
        assert "b64" not in header
        assert header["alg"] == jws.algorithm
        assert jws.payload == payload


@pytest.mark.parametrize("name", ["kid", "typ", "cty"])
@pytest.mark.parametrize("value", [None, 1, [], {}, True])
def test_a_header_parameter_that_is_not_a_string_is_refused(name: str, value: object) -> None:
    with pytest.raises(Malformed) as caught:
        compact.parse(token({"alg": "ES256", name: value}))
    assert caught.value.code == "jws_malformed"


@pytest.mark.parametrize(
    ("index", "name"), [(0, "header"), (1, "payload"), (2, "signature")], ids=["header", "payload", "signature"]
)
@pytest.mark.parametrize("damage", ["", "x", "****"])
def test_a_damaged_part_is_named(index: int, name: str, damage: str) -> None:
    made = token({"alg": "ES256"}).decode().split(".")
    made[index] = damage
    with pytest.raises(Malformed) as caught:
        compact.parse(".".join(made).encode())
    assert caught.value.code == "jws_malformed"
    assert f"The token's {name} " in caught.value.detail


@pytest.mark.parametrize("dots", [0, 1, 3, 5, 6])
def test_a_token_has_three_parts(dots: int) -> None:
    with pytest.raises(Malformed, match="three parts"):
        compact.parse(b".".join([b"e30"] * (dots + 1)))
