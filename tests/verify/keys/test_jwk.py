from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.verify import base64url
from chalicelib.verify.keys import load
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.keys.public_key import Algorithm, Kind, PublicKey
from tests.verify.jose.tokens import ALGORITHMS, jwk, private_key, result_or_error

KINDS = {
    "EdDSA": Kind.ED25519,
    "ES256": Kind.P256,
    "ES384": Kind.P384,
    "ES512": Kind.P521,
    "RS256": Kind.RSA,
    "PS256": Kind.RSA,
}


def b64(number: int, size: int) -> str:
    return base64url.encode(number.to_bytes(size, "big")).decode()


def refusal(algorithm: str, **members: Any) -> str:
    with pytest.raises(Malformed) as caught:
        from_jwk({**jwk(algorithm), **members})
    return caught.value.code


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_kind_of_key_is_read(algorithm: str) -> None:
    key = from_jwk(jwk(algorithm))
    assert key.kind is KINDS[algorithm]
    public = private_key(algorithm).public_key()
    assert key.native == (public.public_bytes_raw() if isinstance(public, Ed25519PublicKey) else public)
    assert algorithm in key.algorithms


@pytest.mark.parametrize("algorithm", [*ALGORITHMS, "Ed25519"])
def test_a_key_with_an_alg_is_bound_to_it(algorithm: str) -> None:
    key = from_jwk({**jwk("EdDSA" if algorithm == "Ed25519" else algorithm), "alg": algorithm})
    assert key.algorithms == {Algorithm.EDDSA if algorithm == "Ed25519" else Algorithm(algorithm)}


@pytest.mark.parametrize(
    ("algorithm", "named", "code"),
    [
        ("ES256", "ES384", "key_malformed"),
        ("ES256", "EdDSA", "key_malformed"),
        ("RS256", "ES256", "key_malformed"),
        ("ES256", 7, "key_malformed"),
        ("ES256", None, "key_malformed"),
        ("RS256", "RS512", "key_unsupported"),
        ("RS256", "RSA-OAEP", "key_unsupported"),
        ("ES256", "ECDH-ES", "key_unsupported"),
        ("ES256", "none", "key_unsupported"),
        ("ES256", "HS256", "key_unsupported"),
    ],
)
def test_an_alg_that_does_not_match_the_key_is_refused(algorithm: str, named: Any, code: str) -> None:
    assert refusal(algorithm, alg=named) == code


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_a_private_key_is_refused(algorithm: str, name: str) -> None:
    assert refusal(algorithm, **{name: "AQAB"}) == "key_private"


@pytest.mark.parametrize(
    "member",
    [
        {"kty": "oct"},
        {"kty": "AKP"},
        {"kty": "ec"},
        {"kty": "EC", "crv": "P-224"},
        {"kty": "EC", "crv": "secp256k1"},
        {"kty": "EC", "crv": "Ed25519"},
        {"kty": "EC", "crv": None},
        {"kty": "OKP", "crv": "X25519"},
        {"kty": "OKP", "crv": "Ed448"},
        {"kty": "OKP", "crv": "P-256"},
    ],
)
def test_an_unsupported_type_or_curve(member: dict[str, Any]) -> None:
    assert refusal("ES256", **member) == "key_unsupported"


@pytest.mark.parametrize("kty", [None, 1, [], {}, ["EC"]])
def test_a_key_without_a_type_is_refused(kty: Any) -> None:
    assert refusal("ES256", kty=kty) == "key_malformed"


@pytest.mark.parametrize("use", ["enc", "", "SIG", None, 1, ["sig"]])
def test_a_key_for_another_use_is_refused(use: Any) -> None:
    assert refusal("ES256", use=use) == "key_not_for_signing"


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        (["sign"], "key_not_for_signing"),
        (["encrypt", "decrypt"], "key_not_for_signing"),
        ([], "key_not_for_signing"),
        (["verify", "verify"], "key_malformed"),
        ("verify", "key_malformed"),
        ([["verify"]], "key_malformed"),
        (None, "key_malformed"),
    ],
)
def test_a_key_for_other_operations_is_refused(operations: Any, code: str) -> None:
    assert refusal("ES256", key_ops=operations) == code


def test_a_key_for_verification_is_read() -> None:
    assert from_jwk({**jwk("ES256"), "use": "sig", "key_ops": ["verify"]}) == from_jwk(jwk("ES256"))


def test_certificates_are_ignored() -> None:
    noise = {"x5c": ["not a certificate"], "x5u": "https://forger.example/", "x5t": 1, "kid": 7, "ext": True}
    assert from_jwk({**jwk("ES256"), **noise}) == from_jwk(jwk("ES256"))


X = jwk("ES256")["x"]


@pytest.mark.parametrize(
    "text", [None, 1, "", X + "=", X[:-1], X + "A", "A" + X, X[:-1] + "é", X[:-1] + "+", [X], b"x"]
)
@pytest.mark.parametrize("name", ["x", "y"])
def test_a_non_canonical_coordinate_is_refused(name: str, text: Any) -> None:
    assert refusal("ES256", **{name: text}) == "key_malformed"


def test_a_coordinate_with_unused_bits_set_is_refused() -> None:
    for last in "BCDFGHJKL":
        assert refusal("EdDSA", x=jwk("EdDSA")["x"][:-1] + last) == "key_malformed"


def test_a_point_that_is_not_on_its_curve_is_refused() -> None:
    assert refusal("ES256", y=X) == "key_malformed"
    assert refusal("ES256", x=b64(0, 32), y=b64(0, 32)) == "key_malformed"
    assert refusal("ES256", crv="P-384") == "key_malformed"


def test_weak_keys_are_refused_as_jwks_too() -> None:
    assert refusal("EdDSA", x=b64(0, 32)) == "key_weak"
    assert refusal("EdDSA", x=base64url.encode(b"\1" + bytes(31)).decode()) == "key_weak"
    assert refusal("RS256", n=b64(2**1024 - 1, 128)) == "key_weak"
    assert refusal("RS256", e="AQ") == "key_weak"


@pytest.mark.parametrize("name", ["n", "e"])
@pytest.mark.parametrize("text", [None, "", 65537, "AAEAAQ", "AQAB=", "AQA B", "A"])
def test_a_non_canonical_rsa_number_is_refused(name: str, text: Any) -> None:
    assert refusal("RS256", **{name: text}) == "key_malformed"


def test_an_overlong_rsa_number_is_refused_before_it_is_decoded() -> None:
    longest = b64(2**load.MAX_RSA_BITS - 1, load.MAX_RSA_BITS // 8)
    assert from_jwk({**jwk("RS256"), "n": longest}).kind is Kind.RSA
    assert refusal("RS256", n=longest + "AA") == "key_unsupported"
    assert refusal("RS256", e="_" * 200_000) == "key_unsupported"


names = st.sampled_from(["kty", "crv", "x", "y", "n", "e", "alg", "use", "key_ops", "d"])
values = (
    st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text())
)


@given(st.sampled_from(ALGORITHMS), st.dictionaries(names, values | st.sampled_from([X, "AQAB", "EC", "RSA", "P-384"])))
def test_any_members_give_a_key_or_an_error(algorithm: str, members: dict[str, Any]) -> None:
    key = result_or_error(from_jwk, {**jwk(algorithm), **members})
    codes = {"key_unsupported", "key_malformed", "key_weak", "key_private", "key_not_for_signing"}
    assert isinstance(key, PublicKey) or key.code in codes
