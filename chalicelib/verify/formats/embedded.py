"""JSON with embedded Data Integrity proofs (VC Data Integrity 1.0), or with none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.credential import strict_json, vocabulary
from chalicelib.verify.canonical.quads import Quads, to_quads
from chalicelib.verify.data_integrity import CANONICAL_FORMS, Proof, document_hash, rdf_hash, read_proof, signed_bytes
from chalicelib.verify.formats import contexts
from chalicelib.verify.members import as_list
from chalicelib.verify.verification_context import CheckUnknown

MAX_PROOFS = 8
"""Maximum number of proofs to check: each costs a signature check. Real badges have one or two."""


def recognises(source: bytes) -> bool:
    """Whether ``source`` looks like a JSON object, judging by its first character."""
    return source.lstrip(b" \t\r\n")[:1] == b"{"


def read(source: bytes) -> tuple[Mapping[str, object], Embedded]:
    """Return the document without `proof`, and its proofs. Raises `Malformed` as `strict_json.parse` does."""
    document = strict_json.parse(source)
    proofs = as_list(document.pop("proof", None))
    return document, Embedded(source, document, proofs)


@dataclass(slots=True)
class Embedded:
    """The proofs of one document."""

    source: bytes
    document: Mapping[str, object]
    members: list[object]
    _proofs: tuple[Proof, ...] = ()
    _quads: Quads | None = None

    @property
    def suites(self) -> tuple[str, ...]:
        """The supported suites among the proofs. Other names are not repeated: they are the sender's own text."""
        named = [proof.get("cryptosuite") or proof.get("type") for proof in self.members if isinstance(proof, dict)]
        known = {suite for suite in named if isinstance(suite, str) and suite in CANONICAL_FORMS}
        return (*sorted(known), *(("a signature of another type",) if len(known) < len(set(map(str, named))) else ()))

    def secured_proofs(self) -> tuple[Proof, ...]:
        """Parse every proof. Raises `Malformed`; `CheckUnknown` for more than `MAX_PROOFS`."""
        if len(self.members) > MAX_PROOFS:
            message = f"It has {len(self.members)} signatures. Laurel checks up to {MAX_PROOFS}."
            raise CheckUnknown("too_many_proofs", message)
        self._proofs = tuple(map(read_proof, self.members))
        return self._proofs

    def signed_bytes(self) -> tuple[bytes, ...]:
        """Return the bytes that each proof signs. The document is checked even without a supported proof.

        `eddsa-jcs-2022` signs every member as written, so only the contexts are checked. With the other suites every
        term must be defined, because the signature does not cover an undefined one.
        """
        with_own_context = sum("@context" in proof.options for proof in self._proofs)
        contexts.validate(self.document, self.source, expected=1 + with_own_context)
        known = [proof for proof in self._proofs if proof.suite in CANONICAL_FORMS]
        if not known:
            self._as_quads()
        for proof in known:
            self._check_own_context(proof)
        hashes = {suite: self._hash(suite) for suite in {proof.suite for proof in known}}
        return tuple(
            signed_bytes(self.document, proof.options, proof.suite, hashed=hashes[proof.suite])
            if proof.suite in hashes
            else b""
            for proof in self._proofs
        )

    @property
    def nodes(self) -> Mapping[str, Mapping[str, object]]:
        """The merged members of each node, if a proof signs RDF; empty if all proofs sign JSON.

        A proof over RDF covers what is stated about a node, but not at which mention it is written; a proof over JSON
        covers both.
        """
        return self._quads.nodes if self._quads is not None else {}

    def _hash(self, suite: str) -> bytes:
        if suite == vocabulary.EDDSA_JCS_2022:
            return document_hash(self.document, suite)
        return rdf_hash(self._as_quads())

    def _as_quads(self) -> Quads:
        if self._quads is None:
            self._quads = to_quads(self.document)
        return self._quads

    def _check_own_context(self, proof: Proof) -> None:
        # A proof may name fewer contexts than the document (EdDSA Cryptosuites v1.0, 3.3.2). The others would then
        # change the meaning of the shown document without being signed. No issuer needs this, so it is unsupported.
        context = self.document.get("@context")
        if proof.options.get("@context", context) != context:
            message = "The signature was made with different contexts from those that the credential names."
            raise CheckUnknown("proof_context_differs", message)
        if proof.suite == vocabulary.EDDSA_JCS_2022 and "@context" not in proof.options:
            message = "The signature does not name the contexts it was made with."
            raise CheckUnknown("proof_context_missing", message)
