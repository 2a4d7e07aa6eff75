from __future__ import annotations

import itertools

import pytest

from chalicelib.errors import Malformed
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.keys.signatures import holds
from tests.verify.jose.tokens import ALGORITHMS, by, jwk

MESSAGE = b"The quick brown fox"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_holds_over_its_message_alone(algorithm: str) -> None:
    key, signature = from_jwk(jwk(algorithm)), by(algorithm)(MESSAGE)
    assert holds(key, Algorithm(algorithm), signature, MESSAGE)
    assert not holds(key, Algorithm(algorithm), signature, MESSAGE + b".")
    assert not holds(key, Algorithm(algorithm), signature, b"")
    assert not holds(key, Algorithm(algorithm), b"", MESSAGE)


@pytest.mark.parametrize(("algorithm", "other"), list(itertools.permutations(ALGORITHMS, 2)))
def test_an_algorithm_that_the_key_is_not_for_is_refused_whatever_the_signature(algorithm: str, other: str) -> None:
    key = from_jwk({**jwk(algorithm), "alg": algorithm})
    with pytest.raises(Malformed) as caught:
        holds(key, Algorithm(other), by(other)(MESSAGE), MESSAGE)
    assert caught.value.code == "algorithm_mismatch"


def test_an_rsa_key_that_names_no_algorithm_is_for_both_but_their_signatures_differ() -> None:
    key = from_jwk(jwk("RS256"))
    assert holds(key, Algorithm.RS256, by("RS256")(MESSAGE), MESSAGE)
    assert not holds(key, Algorithm.PS256, by("RS256")(MESSAGE), MESSAGE)
