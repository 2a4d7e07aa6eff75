from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.errors import Malformed
from chalicelib.verify import base64url
from chalicelib.verify.keys.did_jwk import controller_of
from chalicelib.verify.keys.jwk import from_jwk
from tests.verify.jose.tokens import ALGORITHMS, encoded, jwk

EXAMPLE = (
    "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAi"
    "LCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
)
"""The P-256 example from the method's specification."""


def refusal(did: str) -> str:
    with pytest.raises(Malformed) as caught:
        controller_of(did)
    return caught.value.code


def did_of(document: Any) -> str:
    return "did:jwk:" + encoded(document).decode()


def test_the_example_of_the_specification_is_read() -> None:
    controller = controller_of(EXAMPLE)
    assert controller.id == EXAMPLE
    assert [(method.id, method.assertion) for method in controller.methods] == [(f"{EXAMPLE}#0", True)]
    assert controller.methods[0].key == from_jwk(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0",
            "y": "_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE",
        }
    )


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_kind_of_key_is_read_and_bound_to_its_alg(algorithm: str) -> None:
    method = controller_of(did_of({**jwk(algorithm), "alg": algorithm, "use": "sig", "kid": "other"})).methods[0]
    assert method.usable_key().algorithms == {algorithm}


@pytest.mark.parametrize(
    ("did", "code"),
    [
        ("did:jwk:", "key_malformed"),
        (EXAMPLE + "=", "key_malformed"),
        (EXAMPLE + "\n", "key_malformed"),
        (EXAMPLE[:-1] + "8", "key_malformed"),
        (EXAMPLE + "é", "key_malformed"),
        ("did:jwk:" + base64url.encode(b"[]").decode(), "key_malformed"),
        (did_of(json.dumps(jwk("ES256"))[:-1].encode() + b', "kty": "OKP"}'), "key_malformed"),
        (did_of({**jwk("ES256"), "use": "enc"}), "key_not_for_signing"),
        (did_of({**jwk("ES256"), "d": "AQAB"}), "key_private"),
        (did_of({"kty": "OKP", "crv": "X25519", "x": jwk("EdDSA")["x"]}), "key_unsupported"),
        (did_of({**jwk("ES256"), "x5c": ["A" * 5000]}), "key_malformed"),
        ("did:jwk:" + "A" * 200_000, "key_malformed"),
    ],
)
def test_a_did_without_a_signing_key_is_refused(did: str, code: str) -> None:
    assert refusal(did) == code
