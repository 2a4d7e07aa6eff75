"""Credentials to verify: examples of the Open Badges 3.0 specification, signed here."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.credential.multibase import encode_base58btc, encode_ed25519
from chalicelib.errors import Unavailable
from chalicelib.verify.data_integrity import sign
from chalicelib.verify.ports import Controller, Fetched, KnownIssuer, Resolver

ROOT = Path(__file__).resolve().parent.parent
VECTORS = Path(os.environ.get("LAUREL_VECTORS", ROOT.parent / "shared" / "vectors"))
EXAMPLES = {"simple": "basicOpenBadgeCredential", "complete": "fullOpenBadge"}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
P256_KEY = ec.derive_private_key(0x1A47E1, ec.SECP256R1())
_P256, _P256_SECRET = b"\x80\x24", b"\x86\x26"
"""Multicodec varint prefixes of a P-256 public and secret key."""
NOW = datetime(2026, 6, 1, tzinfo=UTC)


class ExamplesMissing(Exception):
    """The specification's examples are missing on this machine; the message names the expected folder."""


def badge(size: str, suite: str) -> bytes:
    """Return the example of ``size``, signed with ``suite`` by a did:key issuer, as pretty-printed JSON as
    published."""
    uses_p256 = suite.startswith("ecdsa-")
    multikey = p256_multikey() if uses_p256 else encode_ed25519(KEY.public_key().public_bytes_raw())
    document = example(size, f"did:key:{multikey}")
    method = f"did:key:{multikey}#{multikey}"
    signer = _sign_p256 if uses_p256 else KEY.sign
    return written(sign(document, suite=suite, method=method, created=NOW, signer=signer))


def written(document: Mapping[str, object]) -> bytes:
    """Return ``document`` as pretty-printed JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode()


def p256_multikey() -> str:
    """Return `P256_KEY` as its did:key names it."""
    return encode_base58btc(_P256 + P256_KEY.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint))


def p256_secret_multikey() -> str:
    """Return the secret of `P256_KEY` for a peer that signs with it."""
    return encode_base58btc(_P256_SECRET + P256_KEY.private_numbers().private_value.to_bytes(32, "big"))


def _sign_p256(data: bytes) -> bytes:
    r, s = decode_dss_signature(P256_KEY.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def token(size: str, algorithm: str) -> bytes:
    """Return the example of ``size`` as a VC-JWT (VC-JOSE-COSE, 3.1) signed with ``algorithm`` by a did:key issuer."""
    keys: dict[str, tuple[Ed25519PrivateKey | ec.EllipticCurvePrivateKey, str]] = {
        "EdDSA": (KEY, encode_ed25519(KEY.public_key().public_bytes_raw())),
        "ES256": (P256_KEY, p256_multikey()),
    }
    key, multikey = keys[algorithm]
    document = example(size, f"did:key:{multikey}")
    headers = {"typ": "vc+jwt", "kid": f"did:key:{multikey}#{multikey}"}
    return jwt.encode(document, key, algorithm, headers).encode()


def check_examples() -> None:
    """Check that the examples exist. Raises `ExamplesMissing`."""
    folder = VECTORS / "openbadges"
    if not folder.is_dir():
        raise ExamplesMissing(
            f"the specification's examples are not at {folder}; LAUREL_VECTORS says where the vectors are"
        )


def example(size: str, issuer: str) -> dict[str, Any]:
    """Return the example of ``size``, unsigned, by ``issuer``."""
    document: dict[str, Any] = json.loads((VECTORS / "openbadges" / f"{EXAMPLES[size]}.json").read_bytes())
    document["issuer"]["id"] = issuer
    return document


class NoResolver:
    """Resolver and fetcher without a network: every lookup fails as unavailable."""

    def find(self, did: str, kid: str | None = None) -> Controller:
        del kid
        raise Unavailable(f"there is no network to look {did} up")

    def prefetch(self, urls: Sequence[str]) -> None:
        """See the port: nothing is read ahead here."""

    def fetch(self, url: str) -> Fetched:
        raise Unavailable(f"there is no network to read {url}")


class EmptyRegistry:
    """An issuer registry without entries."""

    def find(self, did: str) -> KnownIssuer | None:
        del did
        return None


def resolver() -> Resolver:
    """One for each verification, since it counts the work of a request."""
    return Resolver(NoResolver(), NoResolver(), EmptyRegistry())
