"""What a signed credential means, as independent readers (PyLD, rfc8785) see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import rfc8785
from pyld import jsonld

from tests.verify.canonical import oracle


class NoMeaning(Exception):
    """Two readers could understand it differently, or an independent reader cannot understand it at all."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the signature covers: the credential and its proof, in canonical form, and the signature itself."""

    credential: str
    proof: str
    signature: object


def meaning(document: bytes) -> Meaning:
    """The meaning of a credential; several proofs count when all say the same. Raises `NoMeaning`."""
    credential = json.loads(document, object_pairs_hook=_once)
    proofs = credential.pop("proof", None)
    meanings = [_meaning(credential, proof) for proof in (proofs if isinstance(proofs, list) else [proofs])]
    if not meanings or any(other != meanings[0] for other in meanings):
        raise NoMeaning("not one proof")
    return meanings[0]


def quads(document: Mapping[str, object]) -> str:
    """The canonical N-Quads of ``document`` by PyLD alone. Raises `NoMeaning` when a member of it is dropped."""
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
        raise NoMeaning("a proof is no object")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    signature = proof.get("proofValue")
    if proof.get("cryptosuite") == "eddsa-jcs-2022":
        return Meaning(_jcs(credential), _jcs(options), signature)
    if options.get("@context", credential.get("@context")) != credential.get("@context"):
        raise NoMeaning("the proof brings a context that the signature replaces")
    return Meaning(quads(credential), quads({**options, "@context": credential.get("@context")}), signature)


def _jcs(value: object) -> str:
    try:
        return rfc8785.dumps(value).decode()  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise NoMeaning(str(error)) from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NoMeaning("a name stands twice in one object")
    return members
