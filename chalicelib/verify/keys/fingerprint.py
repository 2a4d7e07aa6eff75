"""Fingerprints of public keys."""

from __future__ import annotations

import hashlib

from chalicelib.verify.keys.public_key import PublicKey

_ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")
"""What precedes the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410, 4)."""


def spki_sha256(key: PublicKey) -> str:
    """The SHA-256 of the key's SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) in hexadecimal, as `openssl pkey -pubin
    -outform der | sha256sum` prints it."""
    if isinstance(key.native, bytes):
        return hashlib.sha256(_ED25519_SPKI + key.native).hexdigest()
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # as in `openssl`

    der = key.native.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()
