"""The meaning of a signed credential, as independent implementations (PyLD, rfc8785) read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import rfc8785
from pyld import jsonld

from tests.verify.canonical import oracle


class NoMeaning(Exception):
    """Two readers could understand the credential differently, or an independent reader cannot process it."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the signature covers, in canonical form (credential and proof options), and the signature itself."""

    credential: str
    proof: str
    signature: object


def meaning(document: bytes) -> Meaning:
    """Return the meaning of a credential; with several proofs, all must agree. Raises `NoMeaning`."""
    credential = json.loads(document, object_pairs_hook=_without_duplicates)
    proofs = credential.pop("proof", None)
    meanings = [_meaning(credential, proof) for proof in (proofs if isinstance(proofs, list) else [proofs])]
    if not meanings or any(other != meanings[0] for other in meanings):
        raise NoMeaning("no proof, or several with different meanings")
    return meanings[0]


def quads(document: Mapping[str, object]) -> str:
    """Return the canonical N-Quads of ``document`` by PyLD alone. Raises `NoMeaning` when PyLD drops a member."""
    dropped: list[object] = []
    options = {"documentLoader": oracle.load, "base": "", "processingMode": "json-ld-1.1"}
    try:
        expanded = jsonld.expand(dict(document), options, on_property_dropped=dropped.append)
        text = jsonld.normalize(expanded, {**options, "algorithm": "URDNA2015", "format": "application/n-quads"})
    except Exception as error:
        raise NoMeaning(repr(error)) from error
    if dropped:
        raise NoMeaning(f"dropped: {dropped}")
    assert isinstance(text, str)
    return text


def _meaning(credential: Mapping[str, object], proof: object) -> Meaning:
    if not isinstance(proof, dict):
        raise NoMeaning("a proof is not an object")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    signature = proof.get("proofValue")
    if proof.get("cryptosuite") == "eddsa-jcs-2022":
        return Meaning(_jcs(credential), _jcs(options), signature)
    if options.get("@context", credential.get("@context")) != credential.get("@context"):
        raise NoMeaning("the proof has a context that verification replaces")
    return Meaning(quads(credential), quads({**options, "@context": credential.get("@context")}), signature)


def _jcs(value: object) -> str:
    try:
        return rfc8785.dumps(value).decode()  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise NoMeaning(str(error)) from error


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NoMeaning("a duplicate name in one object")
    return members
