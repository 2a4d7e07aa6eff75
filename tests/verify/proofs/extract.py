"""Make `ecdsa-sd-2023` derived proofs, also ones that a dishonest holder would make."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.verify import base64url
from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.quads import to_quads
from chalicelib.verify.data_integrity import document_hash
from chalicelib.verify.keys.public_key import Algorithm
from tests.verify.proofs.ecdsa import P256, EcdsaSignatory

PROOF_KEY = EcdsaSignatory(ec.derive_private_key(0xE9, ec.SECP256R1()), Algorithm.ES256, b"\x80\x24", b"\x86\x26", 32)
"""The key that is made for one credential."""


def is_mandatory(line: str) -> bool:
    """Whether a statement must be shown: the types and the issuer of the credential."""
    return "VerifiableCredential>" in line or "credentials#issuer>" in line


@dataclass
class Extract:
    """A derived proof, whose parts a test may change before it is written."""

    document: dict[str, Any]
    """What is shown."""
    base_signature: bytes
    public_key: bytes
    signatures: list[bytes]
    labels: dict[int, bytes]
    mandatory: list[int]
    options: dict[str, Any] = field(default_factory=dict)
    header: bytes = b"\xd9\x5d\x01"

    def signed(self) -> dict[str, Any]:
        parts = [self.base_signature, self.public_key, self.signatures, self.labels, self.mandatory]
        value = "u" + base64url.encode(self.header + encode(parts)).decode()
        return {**self.document, "proof": {**self.options, "proofValue": value}}


def extract(
    document: Mapping[str, Any],
    shown: Mapping[str, Any],
    *,
    key: EcdsaSignatory = P256,
    mandatory: Callable[[str], bool] = is_mandatory,
) -> Extract:
    """Sign ``document`` and derive a proof for ``shown``, the part of it that the holder shows."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "ecdsa-sd-2023",
        "created": "2026-11-22T12:00:00Z",
        "verificationMethod": key.method,
        "proofPurpose": "assertionMethod",
    }
    quads = to_quads(document)
    labels = {node: hmac.digest(b"secret", label.encode(), "sha256") for node, label in rdfc.issue(quads).items()}
    all_lines = rdfc.labelled(quads, {node: _label(secret) for node, secret in labels.items()})
    hashed = hashlib.sha256("".join(filter(mandatory, all_lines)).encode()).digest()
    public_key = PROOF_KEY.public_prefix + PROOF_KEY.point
    shown_quads = to_quads(shown)
    canonical = rdfc.issue(shown_quads)
    for secrets in permutations(labels.values(), len(canonical)):
        chosen = dict(zip(canonical, secrets, strict=True))
        lines = rdfc.labelled(shown_quads, {node: _label(secret) for node, secret in chosen.items()})
        if set(lines) <= set(all_lines):
            break
    else:
        raise AssertionError("this is not a part of the document")
    return Extract(
        document=dict(shown),
        base_signature=key.sign(_options_hash(document, options) + public_key + hashed),
        public_key=public_key,
        signatures=[PROOF_KEY.sign(line.encode()) for line in lines if not mandatory(line)],
        labels={int(label.removeprefix("_:c14n")): chosen[node] for node, label in canonical.items()},
        mandatory=[position for position, line in enumerate(lines) if mandatory(line)],
        options=options,
    )


def _label(secret: bytes) -> str:
    return f"_:u{base64url.encode(secret).decode()}"


def _options_hash(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    return document_hash({**options, "@context": document["@context"]}, "ecdsa-sd-2023")


def encode(value: object) -> bytes:
    """Write CBOR (RFC 8949, 3), as far as proof values need it."""
    match value:
        case int():
            return _head(0, value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case list():
            return _head(4, len(value)) + b"".join(map(encode, value))
        case dict():
            return _head(5, len(value)) + b"".join(encode(key) + encode(member) for key, member in value.items())
    raise TypeError(value)


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    size = next(size for size in (1, 2, 4, 8) if number < 1 << 8 * size)
    return bytes([kind << 5 | 23 + size.bit_length()]) + number.to_bytes(size, "big")
