"""An issuer for interoperability tests, whose signatures prove nothing: its keys follow from the address of Laurel.

Public test suites need an issuer that signs whatever they send, if it follows the standards. No one may rely on it, so
it exists only where the setting `VC_API_ISSUING` is on, which production refuses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.credential import vocabulary
from chalicelib.credential.multibase import encode_ed25519, encode_p256
from chalicelib.errors import Malformed
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.data_integrity import sign
from chalicelib.verify.members import as_list
from chalicelib.verify.rules.values import is_url

SUITES = (
    vocabulary.EDDSA_RDFC_2022,
    vocabulary.EDDSA_JCS_2022,
    vocabulary.ECDSA_RDFC_2019,
    vocabulary.ECDSA_JCS_2019,
)
"""The suites that it signs with; the first one is the default."""
_ORDER_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class _Key(NamedTuple):
    multikey: str
    sign: Callable[[bytes], bytes]

    @property
    def did(self) -> str:
        return f"did:key:{self.multikey}"


def did(base_url: str, suite: str) -> str:
    """Return the DID with which `issue` signs."""
    return _key(base_url, suite).did


def issue(credential: Mapping[str, object], *, base_url: str, suite: str, now: datetime) -> dict[str, object]:
    """Return ``credential`` by this issuer, with a proof. Raises `Malformed` if it cannot be signed without loss.

    The caller verifies the result, and so finds out whether it follows the standards.
    """
    key = _key(base_url, suite)
    document = {name: value for name, value in credential.items() if name != "proof"}
    document["issuer"] = _named(credential.get("issuer", key.did), key.did)
    document["@context"] = _contexts(credential)
    method = f"{key.did}#{key.multikey}"
    try:
        return sign(document, suite=suite, method=method, created=now, signer=key.sign)
    except CanonicalError as error:
        raise Malformed(error.detail, code=error.code) from error


def _named(issuer: object, did: str) -> object:
    """Return ``issuer`` with the id ``did``. Its own one must be a URL too, although it is replaced."""
    named = issuer.get("id", did) if isinstance(issuer, dict) else issuer
    if not isinstance(named, str) or not is_url(named):
        raise Malformed("The issuer is not named by a URL (VC Data Model 2.0, 4.7).", code="structure_malformed")
    return {**issuer, "id": did} if isinstance(issuer, dict) else did


def _contexts(credential: Mapping[str, object]) -> object:
    """Return the contexts; the first data model needs one that defines the proof (VC Data Integrity 1.0)."""
    if "@context" not in credential:
        raise Malformed("It is missing its contexts.", code="structure_incomplete")
    contexts = as_list(credential["@context"])
    if contexts[:1] == [vocabulary.CREDENTIALS_V1] and vocabulary.DATA_INTEGRITY_V2 not in contexts:
        return [*contexts, vocabulary.DATA_INTEGRITY_V2]
    return credential["@context"]


def _key(base_url: str, suite: str) -> _Key:
    seed = hashlib.sha256(f"Laurel's issuer for interoperability tests at {base_url}".encode()).digest()
    if suite.startswith("eddsa-"):
        edwards = Ed25519PrivateKey.from_private_bytes(seed)
        return _Key(encode_ed25519(edwards.public_key().public_bytes_raw()), edwards.sign)
    private = ec.derive_private_key(int.from_bytes(seed, "big") % (_ORDER_P256 - 1) + 1, ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def sign_p256(data: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return _Key(encode_p256(point), sign_p256)
