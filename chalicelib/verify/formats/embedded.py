"""JSON with embedded Data Integrity proofs (VC Data Integrity 1.0), or with none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.credential import strict_json
from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.covered import UNDEFINED, covered
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.quads import Quads, to_quads
from chalicelib.verify.canonical.rdfc import Digest
from chalicelib.verify.canonical.work import QUAD, STATEMENT, Work
from chalicelib.verify.data_integrity import Proof, document_hash, rdf_hash, read_proofs, signed_bytes
from chalicelib.verify.formats import contexts
from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.members import as_list
from chalicelib.verify.ports import Resolver
from chalicelib.verify.proofs.disclosure import Disclosed, disclosed
from chalicelib.verify.proofs.suites import HASHES, SUITES, is_named
from chalicelib.verify.secured import Statement
from chalicelib.verify.verification_context import CheckUnknown

MAX_PROOFS = 8
"""Maximum number of proofs to check: each costs a signature check. Real badges have one or two."""

MAX_CHAINED = 2
"""Maximum number of proofs over RDF that also sign other proofs: each needs the whole document in canonical form once
more. The longest published chain has two."""
MAX_DISCLOSING = 1
"""Maximum number of proofs for selective disclosure. A second one would show the same part again."""
MAX_STATEMENTS = 1_024
"""Maximum number of statements with a signature of their own: checking that many takes 0.1 s. The specification's
largest example badge has 400 statements."""


def recognises(source: bytes) -> bool:
    """Whether ``source`` looks like a JSON object, judging by its first character."""
    return source.lstrip(b" \t\r\n")[:1] == b"{"


def read(source: bytes, resolver: Resolver) -> tuple[Mapping[str, object], Embedded]:
    """Return the document without `proof`, and its proofs. Raises `Malformed` as `strict_json.parse` does."""
    document = strict_json.parse(source)
    proofs = as_list(document.pop("proof", None))
    return document, Embedded(source, document, proofs, resolver.work)


@dataclass(slots=True)
class Embedded:
    """The proofs of one document."""

    source: bytes
    document: Mapping[str, object]
    members: list[object]
    work: Work
    for_audience: bool = False
    """Whether the proofs may be for one verifier, as those of presentations are."""
    _proofs: tuple[Proof, ...] = ()
    _quads: Quads | None = None
    _disclosed: list[Disclosed | None] = field(default_factory=list)
    _labels: dict[Digest, Mapping[str, str]] = field(default_factory=dict)
    _hashes: dict[tuple[bool, Algorithm], bytes] = field(default_factory=dict)
    uncovered: tuple[str, ...] = ()

    @property
    def suites(self) -> tuple[str, ...]:
        """The suites among the proofs that have a published name. Others are the sender's own text, so not repeated."""
        named = [proof.get("cryptosuite") or proof.get("type") for proof in self.members if isinstance(proof, dict)]
        known = {suite for suite in named if isinstance(suite, str) and is_named(suite)}
        return (*sorted(known), *(("a signature of another type",) if len(known) < len(set(map(str, named))) else ()))

    @property
    def chained(self) -> bool:
        """Whether a proof also signs another one."""
        return any(proof.previous for proof in self._proofs)

    def secured_proofs(self) -> tuple[Proof, ...]:
        """Parse every proof. Raises `Malformed`; `CheckUnknown` when there are too many to check."""
        _refuse_more(MAX_PROOFS, len(self.members), "signatures")
        self._proofs = read_proofs(self.members, for_audience=self.for_audience)
        over_rdf = [proof for proof in self._proofs if proof.previous and not SUITES[proof.suite].signs_json]
        _refuse_more(MAX_CHAINED, len(over_rdf), "signatures that confirm others")
        disclosures = [proof.disclosure for proof in self._proofs if proof.disclosure]
        _refuse_more(MAX_DISCLOSING, len(disclosures), "signatures for selective disclosure")
        signed_alone = sum(len(disclosure.signatures) for disclosure in disclosures)
        _refuse_more(MAX_STATEMENTS, signed_alone, "statements with a signature of their own")
        return self._proofs

    def signed_bytes(self) -> tuple[bytes, ...]:
        """Return the bytes that each proof signs. The document is checked even without a supported proof.

        A suite that signs JSON covers every member as written, so only the contexts are checked. With the other suites
        every term should be defined: the signature does not cover an undefined one, and `uncovered` then names it.
        """
        with_own_context = sum("@context" in proof.options for proof in self._proofs)
        contexts.validate(self.document, self.source, expected=1 + with_own_context)
        known = [proof for proof in self._proofs if not proof.unsupported]
        if not known:
            self._as_quads()
        for proof in known:
            self._check_own_context(proof)
        return tuple(b"" if proof.unsupported else self._signed_bytes(proof) for proof in self._proofs)

    def statements(self) -> tuple[Statement, ...] | None:
        """Return what disclosing proofs sign one by one; None if such a proof is for other contents."""
        statements: list[Statement] = []
        for found in self._disclosed:
            if found is None:
                return None
            statements += found.statements
        return tuple(statements)

    @property
    def nodes(self) -> Mapping[str, Mapping[str, object]]:
        """The merged members of each node, if a proof signs RDF; empty if all proofs sign JSON.

        A proof over RDF covers what is stated about a node, but not at which mention it is written; a proof over JSON
        covers both.
        """
        return self._quads.nodes if self._quads is not None else {}

    def _signed_bytes(self, proof: Proof) -> bytes:
        document, options, suite, algorithm = self.document, proof.options, proof.suite, proof.algorithm
        if proof.disclosure:
            self.work.spend(STATEMENT * len(proof.disclosure.signatures))
            found = disclosed(self._as_quads(), self._canonical_labels(algorithm), proof.disclosure)
            self._disclosed.append(found)
            return (
                signed_bytes(document, options, suite, algorithm, hashed=found.signed, work=self.work) if found else b""
            )
        if proof.previous:
            document = {**document, "proof": list(proof.previous)}
            hashed = None if SUITES[suite].signs_json else rdf_hash(self._chained(document), algorithm, self.work)
            return signed_bytes(document, options, suite, algorithm, hashed=hashed, work=self.work)
        return signed_bytes(document, options, suite, algorithm, hashed=self._hash(suite, algorithm), work=self.work)

    def _hash(self, suite: str, algorithm: Algorithm) -> bytes:
        """Return the hash of the document, which is the same for all suites of a kind with one algorithm."""
        kind = (SUITES[suite].signs_json, algorithm)
        if kind not in self._hashes:
            self._hashes[kind] = (
                document_hash(self.document, suite, algorithm)
                if SUITES[suite].signs_json
                else HASHES[algorithm](self._canonical(algorithm)).digest()
            )
        return self._hashes[kind]

    def _canonical(self, algorithm: Algorithm) -> bytes:
        return "".join(rdfc.labelled(self._as_quads(), self._canonical_labels(algorithm))).encode()

    def _canonical_labels(self, algorithm: Algorithm) -> Mapping[str, str]:
        """Return the canonical labels of the document, found once for each hash."""
        digest = HASHES[algorithm]
        if digest not in self._labels:
            self._labels[digest] = rdfc.issue(self._as_quads(), digest=digest, work=self.work)
        return self._labels[digest]

    def _as_quads(self) -> Quads:
        if self._quads is None:
            self._quads = self._converted(self.document)
        return self._quads

    def _chained(self, document: Mapping[str, object]) -> Quads:
        """Convert the document with the proofs that a proof also signs; `nodes` come from the document without them."""
        self._as_quads()
        return self._converted(document)

    def _converted(self, document: Mapping[str, object]) -> Quads:
        self.work.spend(0)
        try:
            quads = to_quads(document)
        except CanonicalError as error:
            if error.code not in UNDEFINED:
                raise
            quads, uncovered = covered(document)
            self.uncovered = tuple(dict.fromkeys((*self.uncovered, *uncovered)))
        self.work.spend(QUAD * len(quads))
        return quads

    def _check_own_context(self, proof: Proof) -> None:
        # A proof may name fewer contexts than the document (EdDSA Cryptosuites v1.0, 3.3.2). The others would then
        # change the meaning of the shown document without being signed. No issuer needs this, so it is unsupported.
        context = self.document.get("@context")
        if proof.options.get("@context", context) != context:
            message = "The signature was made with different contexts from those that the credential names."
            raise CheckUnknown("proof_context_differs", message)
        if SUITES[proof.suite].signs_json and "@context" not in proof.options:
            message = "The signature does not name the contexts it was made with."
            raise CheckUnknown("proof_context_missing", message)


def _refuse_more(maximum: int, number: int, what: str) -> None:
    if number > maximum:
        raise CheckUnknown("too_many_proofs", f"It has {number} {what}. Laurel checks up to {maximum}.")
