"""Signers with ECDSA keys, and documents that they sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.credential.multibase import encode_base58btc
from chalicelib.verify.data_integrity import sign
from chalicelib.verify.keys.public_key import Algorithm
from tests.makers import NOW, unsigned


@dataclass(frozen=True)
class EcdsaSignatory:
    """A test key on a NIST curve, and its did:key."""

    private: ec.EllipticCurvePrivateKey
    algorithm: Algorithm
    public_prefix: bytes
    secret_prefix: bytes
    size: int

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    @property
    def public_multikey(self) -> str:
        return encode_base58btc(self.public_prefix + self.point)

    @property
    def secret_multikey(self) -> str:
        scalar = self.private.private_numbers().private_value
        return encode_base58btc(self.secret_prefix + scalar.to_bytes(self.size, "big"))

    @property
    def did(self) -> str:
        return f"did:key:{self.public_multikey}"

    @property
    def method(self) -> str:
        return f"{self.did}#{self.public_multikey}"

    def sign(self, data: bytes) -> bytes:
        """Return r and s, each as long as the field."""
        hash_ = hashes.SHA256() if self.algorithm is Algorithm.ES256 else hashes.SHA384()
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hash_)))
        return r.to_bytes(self.size, "big") + s.to_bytes(self.size, "big")


P256 = EcdsaSignatory(ec.derive_private_key(0x1A47E1, ec.SECP256R1()), Algorithm.ES256, b"\x80\x24", b"\x86\x26", 32)
P384 = EcdsaSignatory(ec.derive_private_key(0x1A47E1, ec.SECP384R1()), Algorithm.ES384, b"\x81\x24", b"\x87\x26", 48)


def badge_by(key: EcdsaSignatory) -> dict[str, object]:
    """An unsigned badge whose issuer is the did:key of ``key``, without status entries."""
    document = {name: value for name, value in unsigned().items() if name != "credentialStatus"}
    return {**document, "issuer": {**document["issuer"], "id": key.did}}  # type: ignore[dict-item]


def signed_by(
    key: EcdsaSignatory, suite: str, document: Mapping[str, object] | None = None, *, method: str | None = None
) -> dict[str, object]:
    """``document``, by default `badge_by` ``key``, with a proof."""
    return sign(
        document or badge_by(key),
        suite=suite,
        method=method or key.method,
        created=NOW,
        signer=key.sign,
        algorithm=key.algorithm,
    )
