from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Malformed
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.keys.key_entry import key_of_jwk, key_of_method
from chalicelib.verify.keys.multikey import from_multikey
from chalicelib.verify.keys.public_key import UnusableKey
from chalicelib.verify.ports import Method
from tests.makers import ISSUER_KEY
from tests.verify.jose.tokens import jwk

MULTIKEY = ISSUER_KEY.method.partition("#")[2]


@pytest.mark.parametrize("kind", ["Multikey", "Ed25519VerificationKey2020"])
def test_a_multikey_is_read(kind: str) -> None:
    assert key_of_method({"type": kind, "publicKeyMultibase": MULTIKEY}) == from_multikey(MULTIKEY)


@pytest.mark.parametrize("kind", ["JsonWebKey", "JsonWebKey2020"])
def test_a_jwk_is_read(kind: str) -> None:
    assert key_of_method({"type": kind, "publicKeyJwk": jwk("ES256")}) == from_jwk(jwk("ES256"))
    assert key_of_jwk({**jwk("ES256"), "kid": "key-1"}) == from_jwk(jwk("ES256"))


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({}, "key_unsupported"),
        ({"type": "Multikey"}, "key_unsupported"),
        ({"type": "Multikey", "publicKeyMultibase": 7}, "key_unsupported"),
        ({"type": "Ed25519VerificationKey2018", "publicKeyBase58": MULTIKEY}, "key_unsupported"),
        ({"type": "X25519KeyAgreementKey2020", "publicKeyMultibase": MULTIKEY}, "key_unsupported"),
        ({"type": "JsonWebKey", "publicKeyJwk": "text"}, "key_unsupported"),
        ({"type": "JsonWebKey", "publicKeyJwk": {"kty": "oct"}}, "key_unsupported"),
        ({"type": "JsonWebKey", "publicKeyJwk": {**jwk("ES256"), "d": "AQAB"}}, "key_private"),
        ({"type": "JsonWebKey", "publicKeyJwk": jwk("ES256"), "publicKeyMultibase": MULTIKEY}, "key_malformed"),
        ({"type": "Multikey", "publicKeyMultibase": MULTIKEY, "secretKeyMultibase": "z1"}, "key_private"),
        ({"type": "Multikey", "publicKeyMultibase": "z6Mk0"}, "not_base58btc"),
    ],
)
def test_an_unusable_key_stays_listed_with_its_error(entry: dict[str, Any], code: str) -> None:
    key = key_of_method(entry)
    assert isinstance(key, UnusableKey)
    assert key.code == code
    with pytest.raises(Malformed) as caught:
        Method("did:example:1#key-1", key, assertion=True).usable_key()
    assert (caught.value.code, caught.value.detail) == (code, key.detail)
