"""The supported Data Integrity suites: what each signs, and with which algorithms."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.credential import vocabulary
from chalicelib.verify.canonical import jcs, quads, rdfc
from chalicelib.verify.canonical.rdfc import Digest
from chalicelib.verify.canonical.work import Work
from chalicelib.verify.keys.public_key import SIGNATURE_SIZE, Algorithm

Document = Mapping[str, object]


class Suite(NamedTuple):
    """A cryptographic suite."""

    signs_json: bool
    """Whether it signs the JSON as written (JCS); otherwise it signs the RDF dataset that the JSON stands for."""
    algorithms: Mapping[int, Algorithm]
    """The algorithm for each size of a signature in bytes: the size tells the curve before the key is looked up."""


def _by_size(*algorithms: Algorithm) -> Mapping[int, Algorithm]:
    return {SIGNATURE_SIZE[algorithm]: algorithm for algorithm in algorithms}


_EDDSA = _by_size(Algorithm.EDDSA)
_ECDSA = _by_size(Algorithm.ES256, Algorithm.ES384)

SUITES: Mapping[str, Suite] = {
    vocabulary.EDDSA_RDFC_2022: Suite(signs_json=False, algorithms=_EDDSA),
    vocabulary.EDDSA_JCS_2022: Suite(signs_json=True, algorithms=_EDDSA),
    vocabulary.ED25519_SIGNATURE_2020: Suite(signs_json=False, algorithms=_EDDSA),
    vocabulary.ECDSA_RDFC_2019: Suite(signs_json=False, algorithms=_ECDSA),
    vocabulary.ECDSA_JCS_2019: Suite(signs_json=True, algorithms=_ECDSA),
    vocabulary.ECDSA_SD_2023: Suite(signs_json=False, algorithms=_by_size(Algorithm.ES256)),
}
"""Every supported suite, by the name in `cryptosuite` or, before `DataIntegrityProof`, in `type`."""
JSON_SUITES = frozenset(name for name, suite in SUITES.items() if suite.signs_json)

HASHES: Mapping[Algorithm, Digest] = {
    Algorithm.EDDSA: hashlib.sha256,
    Algorithm.ES256: hashlib.sha256,
    Algorithm.ES384: hashlib.sha384,
}
"""The hash of each algorithm, also inside RDFC-1.0 (ECDSA Cryptosuites v1.0, 3.2.3 and 3.2.4)."""


def canonical_form(document: Document, suite: str, digest: Digest = hashlib.sha256, work: Work | None = None) -> bytes:
    """Return the bytes of ``document`` that ``suite`` hashes. Raises `CanonicalError`."""
    if SUITES[suite].signs_json:
        return jcs.canonicalize(document)
    return rdfc.canonicalize(quads.to_quads(document), digest=digest, work=work)


def is_named(suite: str) -> bool:
    """Whether ``suite`` is a published name, supported or not."""
    return suite in SUITES or suite in _UNSUPPORTED


_UNSUPPORTED = frozenset(
    {
        "BbsBlsSignature2020",
        "BbsBlsSignatureProof2020",
        "EcdsaSecp256k1RecoverySignature2020",
        "EcdsaSecp256k1Signature2019",
        "Ed25519Signature2018",
        "EthereumEip712Signature2021",
        "JsonWebSignature2020",
        "MerkleProof2017",
        "MerkleProof2019",
        "RsaSignature2018",
        "bbs-2023",
        "ecdsa-2019",
        "eddsa-2022",
        "json-eddsa-2022",
        "mldsa44-jcs-2024",
        "mldsa44-rdfc-2024",
    }
)
"""Types and suites that occur in practice and that Laurel names without being able to verify them: drafts, withdrawn
specifications, and suites for other keys (Verifiable Credential Extensions; Blockcerts)."""
