"""Hashes of did:webvh: base58btc of a SHA-256 multihash, without the prefix of multibase (did:webvh v1.0)."""

from __future__ import annotations

import hashlib

from chalicelib.credential.multibase import encode_base58btc

_SHA_256 = b"\x12\x20"
"""The code of SHA-256 and the length of its output (multihash)."""


def multihash(data: bytes) -> str:
    """Return the hash of ``data``."""
    return encode_base58btc(_SHA_256 + hashlib.sha256(data).digest())[1:]
