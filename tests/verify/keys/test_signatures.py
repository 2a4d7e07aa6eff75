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
def test_a_signature_is_valid_only_for_its_message(algorithm: str) -> None:
    key, signature = from_jwk(jwk(algorithm)), by(algorithm)(MESSAGE)
    assert is_valid(key, Algorithm(algorithm), signature, MESSAGE)
    assert not is_valid(key, Algorithm(algorithm), signature, MESSAGE + b".")
    assert not is_valid(key, Algorithm(algorithm), signature, b"")
    assert not is_valid(key, Algorithm(algorithm), b"", MESSAGE)


@pytest.mark.parametrize(("algorithm", "other"), list(itertools.permutations(ALGORITHMS, 2)))
def test_an_algorithm_that_does_not_match_the_key_is_refused(algorithm: str, other: str) -> None:
    key = from_jwk({**jwk(algorithm), "alg": algorithm})
    with pytest.raises(Malformed) as caught:
        is_valid(key, Algorithm(other), by(other)(MESSAGE), MESSAGE)
    assert caught.value.code == "algorithm_mismatch"


def test_an_rsa_key_without_alg_accepts_both_algorithms_but_not_each_others_signatures() -> None:
    key = from_jwk(jwk("RS256"))
    assert is_valid(key, Algorithm.RS256, by("RS256")(MESSAGE), MESSAGE)
    assert not is_valid(key, Algorithm.PS256, by("RS256")(MESSAGE), MESSAGE)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_bytes_cannot_move_between_the_signature_and_the_message(algorithm: str) -> None:
    key, signature = from_jwk(jwk(algorithm)), by(algorithm)(MESSAGE)
    assert not is_valid(key, Algorithm(algorithm), signature + MESSAGE[:1], MESSAGE[1:])
    assert not is_valid(key, Algorithm(algorithm), signature[:-1], signature[-1:] + MESSAGE)


SECRET, NONCE = 1234567890123456789, 9876543210987654321


def ed25519_signature(public: Point, r: Point, nonce: int) -> bytes:
    """Sign with the equation of RFC 8032, 5.1.6, for an R and a public key that need not match the secrets."""
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


@pytest.mark.parametrize("small_order", range(8))
def test_libsodium_and_openssl_agree_on_points_outside_the_group(small_order: int) -> None:
    """Ed25519 implementations differ when a point of small order was added to R or to the key."""
    public, r = times(BASE, SECRET), times(BASE, NONCE)
    for key, changed_r in ((public, add(r, torsion(small_order))), (add(public, torsion(small_order)), r)):
        signature = ed25519_signature(key, changed_r, NONCE)
        assert ed25519_holds(key, signature) == openssl_holds(key, signature)
    assert ed25519_holds(public, ed25519_signature(public, add(r, torsion(small_order)), NONCE)) is (small_order == 0)


def test_libsodium_refuses_a_signature_that_reveals_its_secret() -> None:
    """The only known difference from OpenSSL: with the identity as R, s is the hash times the secret."""
    public = times(BASE, SECRET)
    signature = ed25519_signature(public, IDENTITY, nonce=0)
    assert openssl_holds(public, signature)
    assert not ed25519_holds(public, signature)
