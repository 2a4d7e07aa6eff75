"""Project Wycheproof: signatures with edge cases and known attacks. Every result must match the published one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from chalicelib.verify.keys import load
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.keys.public_key import Algorithm, Kind, PublicKey
from chalicelib.verify.keys.signatures import is_valid
from tests.verify.canonical import vectors

pytestmark = vectors.needs_vectors

FILES = {
    "ed25519_test": (Algorithm.EDDSA, {"valid": 88, "invalid": 63}),
    "ecdsa_secp256r1_sha256_p1363_test": (Algorithm.ES256, {"valid": 173, "invalid": 89}),
    "ecdsa_secp384r1_sha384_p1363_test": (Algorithm.ES384, {"valid": 193, "invalid": 87}),
}
"""File: the algorithm, and the number of cases by expected result."""


def raw_key(algorithm: Algorithm, group: dict[str, Any]) -> PublicKey:
    if algorithm is Algorithm.EDDSA:
        return load.ed25519(bytes.fromhex(group["publicKey"]["pk"]))
    kind = Kind.P256 if algorithm is Algorithm.ES256 else Kind.P384
    return load.elliptic(kind, bytes.fromhex(group["publicKey"]["uncompressed"]))


@pytest.mark.parametrize("name", FILES)
def test_every_signature_gives_the_published_result(name: str) -> None:
    algorithm, expected = FILES[name]
    counts: Counter[str] = Counter()
    wrong = []
    for group in vectors.load(f"wycheproof/{name}.json")["testGroups"]:
        key = raw_key(algorithm, group)
        for case in group["tests"]:
            valid = is_valid(key, algorithm, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            counts[case["result"]] += 1
            if valid != (case["result"] == "valid"):
                wrong.append((case["tcId"], case["comment"]))
    assert wrong == []
    assert counts == expected


@pytest.mark.parametrize("name", FILES)
def test_the_json_web_keys_equal_the_raw_keys(name: str) -> None:
    algorithm, _ = FILES[name]
    groups = [group for group in vectors.load(f"wycheproof/{name}.json")["testGroups"] if "publicKeyJwk" in group]
    assert groups
    for group in groups:
        assert from_jwk(group["publicKeyJwk"]).native == raw_key(algorithm, group).native
