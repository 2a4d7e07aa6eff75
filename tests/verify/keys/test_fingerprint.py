"""Fingerprints of keys are those that other software computes."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.verify.keys import load
from chalicelib.verify.keys.fingerprint import spki_sha256
from chalicelib.verify.keys.public_key import Kind


def test_it_is_the_hash_of_the_subject_public_key_info() -> None:
    ed25519 = Ed25519PrivateKey.from_private_bytes(b"k" * 32).public_key()
    p256 = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    point = p256.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    loaded = [(ed25519, load.ed25519(ed25519.public_bytes_raw())), (p256, load.elliptic(Kind.P256, point))]
    for native, key in loaded:
        der = native.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert spki_sha256(key) == hashlib.sha256(der).hexdigest()
