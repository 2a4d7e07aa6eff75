"""The published vectors of Securing Verifiable Credentials using JOSE and COSE that are compact tokens.

Each is checked as far as a token goes: it is parsed, its signature verified with the key that the case names, and its
claims read.
"""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Malformed
from chalicelib.verify.jose import compact
from chalicelib.verify.jose.claims import read
from chalicelib.verify.keys.key_entry import key_of_jwk, key_of_method
from chalicelib.verify.keys.public_key import UnusableKey
from chalicelib.verify.keys.signatures import is_valid
from tests.verify.canonical import vectors

pytestmark = vectors.needs_vectors

REFUSED = {
    9: ("algorithm_mismatch", "signed by another key than the case names, with ES512"),
    10: ("jws_malformed", "a credential without any signature"),
    11: ("jws_malformed", "a presentation without any signature"),
    12: ("signature_wrong", "only the signature is wrong"),
    13: ("token_type_other", "typ and cty are wrong"),
    14: ("token_type_other", "typ and cty are wrong"),
    15: ("claims_contradict", "the claims vc and vp next to a credential"),
    16: ("presentation_unsupported", "a presentation, which Laurel does not check"),
}
"""Case number: the code of its refusal, and what is wrong with it according to the vectors."""
UNSUPPORTED = {7: ("presentation_unsupported", "a presentation is a success upstream; Laurel checks credentials")}
"""Cases that are successes in the vectors but that Laurel refuses as unsupported."""
VALID = {6, 8}


def cases() -> dict[int, dict[str, Any]]:
    if not vectors.ROOT.is_dir():
        return {}
    listed = vectors.load("vc-jose-cose/cases.json")["cases"]
    return {case["number"]: case for case in listed if case["feature"].endswith("_jose")}


def token_of(case: dict[str, Any]) -> bytes:
    # Some of the files end in a line feed, which is not part of the token.
    return (vectors.ROOT / "vc-jose-cose" / case["input"]).read_bytes().removesuffix(b"\n")


def verdict(case: dict[str, Any]) -> str:
    entry = vectors.load(f"vc-jose-cose/{case['key']}")
    key = key_of_method({name: value for name, value in entry.items() if name != "secretKeyJwk"})
    try:
        jws = compact.parse(token_of(case))
        assert not isinstance(key, UnusableKey)
        if not is_valid(key, jws.algorithm, jws.signature, jws.signing_input):
            return "signature_wrong"
        read(jws)
    except Malformed as error:
        return error.code
    return "valid"


def test_the_vectors_are_complete() -> None:
    assert cases().keys() == REFUSED.keys() | UNSUPPORTED.keys() | VALID


@pytest.mark.parametrize("number", cases())
def test_a_token_gives_the_published_result(number: int) -> None:
    case = cases()[number]
    if number in VALID:
        assert (verdict(case), case["expected"]) == ("valid", "success")
    elif number in UNSUPPORTED:
        assert (verdict(case), case["expected"]) == (UNSUPPORTED[number][0], "success")
    else:
        assert (verdict(case), case["expected"]) == (REFUSED[number][0], "failure")


def test_the_signature_of_the_presentation_is_valid() -> None:
    case = cases()[7]
    jws = compact.parse(token_of(case))
    key = key_of_jwk(vectors.load(f"vc-jose-cose/{case['key']}")["publicKeyJwk"])
    assert not isinstance(key, UnusableKey)
    assert is_valid(key, jws.algorithm, jws.signature, jws.signing_input)


def test_a_key_published_with_its_private_part_is_refused() -> None:
    key = key_of_method(vectors.load("vc-jose-cose/keys/vm-p256.json"))
    assert isinstance(key, UnusableKey)
    assert key.code == "key_private"
