from __future__ import annotations

import hashlib
import itertools

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.errors import Malformed
from chalicelib.verify.keys import load
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.keys.signatures import is_valid
from tests.verify.jose.tokens import ALGORITHMS, by, jwk
from tests.verify.keys.edwards import BASE, IDENTITY, ORDER, Point, add, encoded, times, torsion

MESSAGE = b"The quick brown fox"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_holds_over_its_message_alone(algorithm: str) -> None:
    key, signature = from_jwk(jwk(algorithm)), by(algorithm)(MESSAGE)
    assert is_valid(key, Algorithm(algorithm), signature, MESSAGE)
    assert not is_valid(key, Algorithm(algorithm), signature, MESSAGE + b".")
    assert not is_valid(key, Algorithm(algorithm), signature, b"")
    assert not is_valid(key, Algorithm(algorithm), b"", MESSAGE)


@pytest.mark.parametrize(("algorithm", "other"), list(itertools.permutations(ALGORITHMS, 2)))
def test_an_algorithm_that_the_key_is_not_for_is_refused_whatever_the_signature(algorithm: str, other: str) -> None:
    key = from_jwk({**jwk(algorithm), "alg": algorithm})
    with pytest.raises(Malformed) as caught:
        is_valid(key, Algorithm(other), by(other)(MESSAGE), MESSAGE)
    assert caught.value.code == "algorithm_mismatch"


def test_an_rsa_key_that_names_no_algorithm_is_for_both_but_their_signatures_differ() -> None:
    key = from_jwk(jwk("RS256"))
    assert is_valid(key, Algorithm.RS256, by("RS256")(MESSAGE), MESSAGE)
    assert not is_valid(key, Algorithm.PS256, by("RS256")(MESSAGE), MESSAGE)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_cannot_take_bytes_from_the_message_nor_give_it_any(algorithm: str) -> None:
    key, signature = from_jwk(jwk(algorithm)), by(algorithm)(MESSAGE)
    assert not is_valid(key, Algorithm(algorithm), signature + MESSAGE[:1], MESSAGE[1:])
    assert not is_valid(key, Algorithm(algorithm), signature[:-1], signature[-1:] + MESSAGE)


SECRET, NONCE = 1234567890123456789, 9876543210987654321


def ed25519_signature(public: Point, r: Point, nonce: int) -> bytes:
    """The equation of RFC 8032, 5.1.6, for an R and a public key that need not be the secrets' own."""
    digest = hashlib.sha512(encoded(r) + encoded(public) + MESSAGE).digest()
    s = (nonce + int.from_bytes(digest, "little") * SECRET) % ORDER
    return encoded(r) + s.to_bytes(32, "little")


def openssl_holds(public: Point, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(encoded(public)).verify(signature, MESSAGE)
    except InvalidSignature:
        return False
    return True


def ed25519_holds(public: Point, signature: bytes) -> bool:
    return is_valid(load.ed25519(encoded(public)), Algorithm.EDDSA, signature, MESSAGE)


@pytest.mark.parametrize("twist", range(8))
def test_libsodium_and_openssl_agree_over_points_outside_of_the_group(twist: int) -> None:
    """Where implementations of Ed25519 differ: an R or a key to which a point of small order was added."""
    public, r = times(BASE, SECRET), times(BASE, NONCE)
    for key, odd_r in ((public, add(r, torsion(twist))), (add(public, torsion(twist)), r)):
        signature = ed25519_signature(key, odd_r, NONCE)
        assert ed25519_holds(key, signature) == openssl_holds(key, signature)
    assert ed25519_holds(public, ed25519_signature(public, add(r, torsion(twist)), NONCE)) is (twist == 0)


def test_libsodium_refuses_the_signature_that_gives_its_secret_away() -> None:
    """The one known difference to OpenSSL: with the identity for R, s is the hash times the secret."""
    public = times(BASE, SECRET)
    signature = ed25519_signature(public, IDENTITY, nonce=0)
    assert openssl_holds(public, signature)
    assert not ed25519_holds(public, signature)
