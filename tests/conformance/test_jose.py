"""The published vectors of Securing Verifiable Credentials using JOSE and COSE: those that are compact tokens.

Each is judged as far as a token goes: parsed, its signature checked with the key the case names, its claims read.
"""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Malformed
from chalicelib.verify.jose import compact
from chalicelib.verify.jose.claims import read
from chalicelib.verify.keys.listed import key_of_jwk, key_of_method
from chalicelib.verify.keys.public_key import UnusableKey
from chalicelib.verify.keys.signatures import holds
from tests.verify.canonical import vectors

pytestmark = vectors.needs_vectors

REFUSED = {
    9: ("algorithm_unsupported", "signed by another key than the case names, with ES512"),
    10: ("jws_malformed", "a credential without any signature"),
    11: ("jws_malformed", "a presentation without any signature"),
    12: ("signature_wrong", "only the signature is wrong"),
    13: ("token_type_other", "typ and cty are wrong"),
    14: ("token_type_other", "typ and cty are wrong"),
    15: ("claims_contradict", "the claims vc and vp beside a credential"),
    16: ("presentation_unsupported", "a presentation, which Laurel does not check"),
}
"""Case -> the code of its refusal, and what is the matter with it upstream."""
NARROWER = {7: ("presentation_unsupported", "a presentation is a success upstream; Laurel checks credentials")}
"""Successes upstream that Laurel refuses by name."""
HELD = {6, 8}


def cases() -> dict[int, dict[str, Any]]:
    if not vectors.ROOT.is_dir():
        return {}
    listed = vectors.load("vc-jose-cose/cases.json")["cases"]
    return {case["number"]: case for case in listed if case["feature"].endswith("_jose")}


def token_of(case: dict[str, Any]) -> bytes:
    # Some of the files end in a line feed, which is no part of the token.
    return (vectors.ROOT / "vc-jose-cose" / case["input"]).read_bytes().removesuffix(b"\n")


def verdict(case: dict[str, Any]) -> str:
    entry = vectors.load(f"vc-jose-cose/{case['key']}")
    key = key_of_method({name: value for name, value in entry.items() if name != "secretKeyJwk"})
    try:
        jws = compact.parse(token_of(case))
        assert not isinstance(key, UnusableKey)
        if not holds(key, jws.algorithm, jws.signature, jws.signing_input):
            return "signature_wrong"
        read(jws)
    except Malformed as error:
        return error.code
    return "holds"


def test_every_case_is_looked_at() -> None:
    assert cases().keys() == REFUSED.keys() | NARROWER.keys() | HELD


@pytest.mark.parametrize("number", cases())
def test_a_token_is_judged_as_published(number: int) -> None:
    case = cases()[number]
    if number in HELD:
        assert (verdict(case), case["expected"]) == ("holds", "success")
    elif number in NARROWER:
        assert (verdict(case), case["expected"]) == (NARROWER[number][0], "success")
    else:
        assert (verdict(case), case["expected"]) == (REFUSED[number][0], "failure")


def test_the_signature_of_the_presentation_holds_all_the_same() -> None:
    case = cases()[7]
    jws = compact.parse(token_of(case))
    key = key_of_jwk(vectors.load(f"vc-jose-cose/{case['key']}")["publicKeyJwk"])
    assert not isinstance(key, UnusableKey)
    assert holds(key, jws.algorithm, jws.signature, jws.signing_input)


def test_the_key_that_comes_with_its_secret_is_refused() -> None:
    key = key_of_method(vectors.load("vc-jose-cose/keys/vm-p256.json"))
    assert isinstance(key, UnusableKey)
    assert key.code == "key_private"


def test_the_key_of_an_unsupported_curve_says_so() -> None:
    key = key_of_jwk(vectors.load("vc-jose-cose/keys/vm-p521.json")["publicKeyJwk"])
    assert isinstance(key, UnusableKey)
    assert key.code == "key_unsupported"
