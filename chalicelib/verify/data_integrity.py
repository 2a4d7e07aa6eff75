"""Data Integrity proofs (VC Data Integrity 1.0; EdDSA and ECDSA Cryptosuites v1.0; Ed25519Signature2020).

A proof signs two hashes: the hash of its own options, then the hash of the document without any proof. A proof in a
chain signs the document with the earlier proofs that it names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.credential import dates, vocabulary
from chalicelib.credential.multibase import decode_base58btc, encode_base58btc
from chalicelib.errors import Malformed
from chalicelib.verify.canonical import quads, rdfc
from chalicelib.verify.canonical.work import Work
from chalicelib.verify.keys.controllers import find_method
from chalicelib.verify.keys.public_key import SIGNATURE_SIZE, Algorithm
from chalicelib.verify.ports import Controller, Controllers, Method
from chalicelib.verify.proofs import disclosure
from chalicelib.verify.proofs.chain import previous_proofs
from chalicelib.verify.proofs.disclosure import Disclosure
from chalicelib.verify.proofs.suites import HASHES, SUITES, Document, canonical_form
from chalicelib.verify.secured import Unsupported, other_audience

AUDIENCE = frozenset({"domain", "challenge"})
"""Members that limit a proof to one verifier, or to its request (VC Data Integrity 1.0, 2.1)."""
_TYPES_WITHOUT_SUITE = frozenset({vocabulary.ED25519_SIGNATURE_2020})
"""Proof types that predate `DataIntegrityProof`: the type names the suite."""


class Proof(NamedTuple):
    """One parsed proof of a document."""

    suite: str
    algorithm: Algorithm
    method: str
    purpose: str
    created: datetime | None
    expires: datetime | None
    value: bytes
    options: Document
    """The proof as it is hashed: without `proofValue`."""
    previous: tuple[Document, ...] = ()
    """The proofs that it signs together with the document (`previousProof`)."""
    disclosure: Disclosure | None = None
    """What it signs statement by statement; None for suites other than `ecdsa-sd-2023`."""
    unsupported: Unsupported | None = None

    @property
    def starts(self) -> datetime | None:
        """Always None: a Data Integrity proof has `created` but no start."""
        return None

    def find_method(self, issuer: str, controllers: Controllers) -> tuple[Controller, Method]:  # noqa: ARG002 - port
        """Find the key by `verificationMethod`; ``issuer`` is ignored. Raises `Unavailable`, `Malformed`."""
        return find_method(self.method, controllers)


def read_proofs(sources: Sequence[object], *, for_audience: bool = False) -> tuple[Proof, ...]:
    """Parse all members of `proof`; ``for_audience`` allows those for one verifier.

    Raises `Malformed` as `read_proof` and `previous_proofs` do.
    """
    proofs = tuple([read_proof(source, for_audience=for_audience) for source in sources])
    return tuple(_chained(proof, proofs, sources) if "previousProof" in proof.options else proof for proof in proofs)


def read_proof(source: object, *, for_audience: bool = False) -> Proof:
    """Parse one member of `proof`, without the proofs that it names.

    No one can know what members a proof of an unknown type has, so only its name is read. Raises `Malformed`:
    `proof_malformed`, `date_malformed`, `audience_other` when the proof names an audience.
    """
    if not isinstance(source, dict):
        raise Malformed("The proof is not an object.", code="proof_malformed")
    kind = source.get("type")
    suite = source.get("cryptosuite") if kind == vocabulary.DATA_INTEGRITY_PROOF else kind
    if not isinstance(suite, str):
        raise Malformed("The proof does not name its type.", code="proof_malformed")
    if suite not in SUITES:
        return _unjudged(suite, Unsupported.SUITE)
    if (suite == kind) != (suite in _TYPES_WITHOUT_SUITE):
        raise Malformed("The proof's type and cryptosuite contradict each other.", code="proof_malformed")
    if not for_audience and not AUDIENCE.isdisjoint(source):
        raise other_audience()
    method, purpose = source.get("verificationMethod"), source.get("proofPurpose")
    if not (isinstance(method, str) and isinstance(purpose, str)):
        raise Malformed("The proof does not name its key or its purpose.", code="proof_malformed")
    disclosed = disclosure.read(source.get("proofValue")) if suite == vocabulary.ECDSA_SD_2023 else None
    if suite == vocabulary.ECDSA_SD_2023 and disclosed is None:
        return _unjudged(suite, Unsupported.BASE_PROOF)
    value, algorithm = (
        (disclosed.base_signature, disclosure.ALGORITHM) if disclosed else _signature(source.get("proofValue"), suite)
    )
    return Proof(
        suite=suite,
        algorithm=algorithm,
        method=method,
        purpose=purpose,
        created=_timestamp(source, "created"),
        expires=_timestamp(source, "expires"),
        value=value,
        options={name: member for name, member in source.items() if name != "proofValue"},
        disclosure=disclosed,
    )


def _unjudged(suite: str, reason: Unsupported) -> Proof:
    return Proof(suite, Algorithm.EDDSA, "", "", None, None, b"", {}, unsupported=reason)


def _chained(proof: Proof, proofs: Sequence[Proof], sources: Sequence[object]) -> Proof:
    previous = previous_proofs(proof.options["previousProof"], sources)
    unjudged = [source for source, other in zip(sources, proofs, strict=True) if other.unsupported]
    # What an unknown type of proof means in RDF is unknown too, and the standard has no chains of disclosed statements.
    if proof.disclosure or (not SUITES[proof.suite].signs_json and any(source in unjudged for source in previous)):
        return proof._replace(unsupported=Unsupported.CHAIN)
    return proof._replace(previous=previous)


def signed_bytes(
    document: Document,
    proof_options: Document,
    suite: str,
    algorithm: Algorithm = Algorithm.EDDSA,
    *,
    hashed: bytes | None = None,
    work: Work | None = None,
) -> bytes:
    """Return what ``suite`` signs: the hash of the options, then that of ``document`` (without `proof`).

    ``hashed`` is the document's hash, if the caller already has it. ``suite`` must be one of `SUITES`. Raises
    `CanonicalError` when either part cannot be canonicalised without loss.
    """
    if not SUITES[suite].signs_json:
        # EdDSA Cryptosuites v1.0, 3.2.5, step 5: the options use the document's context.
        proof_options = {**proof_options, "@context": document["@context"]}
    hashed = hashed or document_hash(document, suite, algorithm, work)
    return document_hash(proof_options, suite, algorithm, work) + hashed


def document_hash(
    document: Document, suite: str, algorithm: Algorithm = Algorithm.EDDSA, work: Work | None = None
) -> bytes:
    """Return the hash of the canonical form of ``document`` under ``suite`` and ``algorithm``."""
    digest = HASHES[algorithm]
    return digest(canonical_form(document, suite, digest, work)).digest()


def rdf_hash(document: quads.Quads, algorithm: Algorithm, work: Work) -> bytes:
    """Return the hash of the canonical form of an RDF dataset, for every suite that signs RDF with ``algorithm``."""
    digest = HASHES[algorithm]
    return digest(rdfc.canonicalize(document, digest=digest, work=work)).digest()


def sign(
    document: Document,
    *,
    suite: str,
    method: str,
    created: datetime,
    signer: Callable[[bytes], bytes],
    algorithm: Algorithm | None = None,
) -> dict[str, object]:
    """Return ``document`` with a DataIntegrityProof for assertions.

    ``signer`` gets the bytes to sign and returns the raw signature. ``algorithm`` is the one of the key, by default the
    suite's own with 64-byte signatures. Raises `CanonicalError` when the proof would not cover some part of
    ``document``.
    """
    options: dict[str, object] = {
        "type": vocabulary.DATA_INTEGRITY_PROOF,
        "cryptosuite": suite,
        "created": dates.write(created),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    if SUITES[suite].signs_json:
        # EdDSA Cryptosuites v1.0, 3.3.1, step 2.
        options["@context"] = document["@context"]
    algorithm = algorithm or SUITES[suite].algorithms[SIGNATURE_SIZE[Algorithm.ES256]]
    signature = signer(signed_bytes(document, options, suite, algorithm))
    return {**document, "proof": {**options, "proofValue": encode_base58btc(signature)}}


def _timestamp(source: Mapping[str, object], name: str) -> datetime | None:
    return dates.parse(source[name]) if name in source else None


def _signature(value: object, suite: str) -> tuple[bytes, Algorithm]:
    signature = decode_base58btc(value) if isinstance(value, str) else b""
    algorithm = SUITES[suite].algorithms.get(len(signature))
    if algorithm is None:
        raise Malformed("The proof does not contain a signature of the size that its type has.", code="proof_malformed")
    return signature, algorithm
