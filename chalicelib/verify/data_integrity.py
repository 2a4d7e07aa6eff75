"""Data Integrity proofs with Ed25519 (VC Data Integrity 1.0; EdDSA Cryptosuites v1.0; Ed25519Signature2020).

A proof signs two hashes: the hash of its own options, then the hash of the document without any proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.credential import dates, vocabulary
from chalicelib.credential.multibase import decode_base58btc, encode_base58btc
from chalicelib.errors import Malformed
from chalicelib.verify.canonical import jcs, quads, rdfc
from chalicelib.verify.keys.controllers import find_method
from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.ports import Controller, Controllers, Method
from chalicelib.verify.secured import other_audience

Document = Mapping[str, object]
SIGNATURE_SIZE = 64
"""Size of an Ed25519 signature in bytes (RFC 8032, 5.1.6)."""


def _rdfc_bytes(document: Document) -> bytes:
    return rdfc.canonicalize(quads.to_quads(document))


def _jcs_bytes(document: Document) -> bytes:
    return jcs.canonicalize(document)


CANONICAL_FORMS: Mapping[str, Callable[[Document], bytes]] = {
    vocabulary.EDDSA_RDFC_2022: _rdfc_bytes,
    vocabulary.EDDSA_JCS_2022: _jcs_bytes,
    vocabulary.ED25519_SIGNATURE_2020: _rdfc_bytes,
}
"""The canonicalisation function of each supported suite: from JSON to the bytes that are hashed."""
AUDIENCE = frozenset({"domain", "challenge"})
"""Members that limit a proof to one verifier, or to its request (VC Data Integrity 1.0, 2.1)."""
_TYPES_WITHOUT_SUITE = frozenset({vocabulary.ED25519_SIGNATURE_2020})
"""Proof types that predate `DataIntegrityProof`: the type names the suite."""


class Proof(NamedTuple):
    """One parsed proof of a document. ``suite`` may be one that is not in `CANONICAL_FORMS`."""

    suite: str
    method: str
    purpose: str
    created: datetime | None
    expires: datetime | None
    value: bytes
    options: Document
    """The proof as it is hashed: without `proofValue`."""

    @property
    def algorithm(self) -> Algorithm | None:
        """EdDSA for every supported suite, None for any other."""
        return Algorithm.EDDSA if self.suite in CANONICAL_FORMS else None

    @property
    def starts(self) -> datetime | None:
        """Always None: a Data Integrity proof has `created` but no start."""
        return None

    @property
    def chained(self) -> bool:
        """Whether the proof also signs other proofs (`previousProof`, VC Data Integrity 2.1.2)."""
        return "previousProof" in self.options

    def find_method(self, issuer: str, controllers: Controllers) -> tuple[Controller, Method]:  # noqa: ARG002 - port
        """Find the key by `verificationMethod`; ``issuer`` is ignored. Raises `Unavailable`, `Malformed`."""
        return find_method(self.method, controllers)


def read_proof(source: object) -> Proof:
    """Parse one member of `proof`.

    Raises `Malformed`: `proof_malformed`, `date_malformed`, `audience_other` when the proof names an audience.
    """
    if not isinstance(source, dict):
        raise Malformed("The proof is not an object.", code="proof_malformed")
    if not AUDIENCE.isdisjoint(source):
        raise other_audience()
    kind = source.get("type")
    suite = source.get("cryptosuite") if kind == vocabulary.DATA_INTEGRITY_PROOF else kind
    if isinstance(suite, str) and suite in CANONICAL_FORMS and (suite == kind) != (suite in _TYPES_WITHOUT_SUITE):
        raise Malformed("The proof's type and cryptosuite contradict each other.", code="proof_malformed")
    method, purpose, value = source.get("verificationMethod"), source.get("proofPurpose"), source.get("proofValue")
    if not (isinstance(suite, str) and isinstance(method, str) and isinstance(purpose, str)):
        raise Malformed("The proof does not name its type, its key or its purpose.", code="proof_malformed")
    return Proof(
        suite=suite,
        method=method,
        purpose=purpose,
        created=_timestamp(source, "created"),
        expires=_timestamp(source, "expires"),
        value=_signature(value) if suite in CANONICAL_FORMS else b"",
        options={name: member for name, member in source.items() if name != "proofValue"},
    )


def signed_bytes(document: Document, proof_options: Document, suite: str, *, hashed: bytes | None = None) -> bytes:
    """Return the 64 bytes that ``suite`` signs: hash of the options, then hash of ``document`` (without `proof`).

    ``hashed`` is the document's hash, if the caller already has it. ``suite`` must be one of `CANONICAL_FORMS`. Raises
    `CanonicalError` when either part cannot be canonicalised without loss.
    """
    canonicalise = CANONICAL_FORMS[suite]
    if suite != vocabulary.EDDSA_JCS_2022:
        # EdDSA Cryptosuites v1.0, 3.2.5, step 5: the options use the document's context.
        proof_options = {**proof_options, "@context": document["@context"]}
    return hashlib.sha256(canonicalise(proof_options)).digest() + (hashed or document_hash(document, suite))


def rdf_hash(document: quads.Quads) -> bytes:
    """Return the SHA-256 of the canonical form of an RDF dataset: the same for every suite that signs RDF."""
    return hashlib.sha256(rdfc.canonicalize(document)).digest()


def document_hash(document: Document, suite: str) -> bytes:
    """Return the SHA-256 of the canonical form of ``document`` under ``suite``."""
    return hashlib.sha256(CANONICAL_FORMS[suite](document)).digest()


def sign(
    document: Document, *, suite: str, method: str, created: datetime, signer: Callable[[bytes], bytes]
) -> dict[str, object]:
    """Return ``document`` with a DataIntegrityProof for assertions.

    ``signer`` gets the 64 bytes to sign and returns the raw Ed25519 signature; ``suite`` is `eddsa-rdfc-2022` or
    `eddsa-jcs-2022`. Raises `CanonicalError` when the proof would not cover some part of ``document``.
    """
    options: dict[str, object] = {
        "type": vocabulary.DATA_INTEGRITY_PROOF,
        "cryptosuite": suite,
        "created": dates.write(created),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    if suite == vocabulary.EDDSA_JCS_2022:
        # EdDSA Cryptosuites v1.0, 3.3.1, step 2.
        options["@context"] = document["@context"]
    signature = signer(signed_bytes(document, options, suite))
    return {**document, "proof": {**options, "proofValue": encode_base58btc(signature)}}


def _timestamp(source: Mapping[str, object], name: str) -> datetime | None:
    return dates.parse(source[name]) if name in source else None


def _signature(value: object) -> bytes:
    signature = decode_base58btc(value) if isinstance(value, str) else b""
    if len(signature) != SIGNATURE_SIZE:
        raise Malformed("The proof does not contain a 64-byte signature.", code="proof_malformed")
    return signature
