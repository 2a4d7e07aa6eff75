"""One version of a document: its number, its hash and its signatures (did:webvh v1.0, "Read (Resolve)")."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.credential import dates, strict_json, vocabulary
from chalicelib.errors import Malformed
from chalicelib.verify import data_integrity
from chalicelib.verify.canonical import jcs
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.did_webvh.hashes import multihash
from chalicelib.verify.did_webvh.parameters import malformed
from chalicelib.verify.keys import signatures
from chalicelib.verify.keys.did_key import PREFIX as DID_KEY
from chalicelib.verify.keys.multikey import from_multikey
from chalicelib.verify.members import as_list

MAX_PROOFS = 4
"""Maximum number of signatures of one version. One is enough."""
PLACEHOLDER = "{SCID}"
_VERSION = re.compile(r"([1-9][0-9]{0,5})-([1-9A-HJ-NP-Za-km-z]{46})", re.ASCII)
_IN_UTC = ("Z", "+00:00")


class Entry(NamedTuple):
    """A parsed version. Nothing in it is verified."""

    version: str
    """Its number and hash, `versionId`."""
    number: int
    hash: str
    time: datetime
    parameters: Mapping[str, object]
    state: Mapping[str, object]
    """The DID document."""
    signed: Mapping[str, object]
    """What its hash and its signatures cover: everything but these."""
    proofs: tuple[object, ...]


def parse(line: bytes) -> Entry:
    """Parse one line of a history. Raises `Malformed` as `strict_json.parse` does; `log_malformed`."""
    source = strict_json.parse(line)
    proofs = as_list(source.pop("proof", None))
    version, parameters, state = source.get("versionId"), source.get("parameters"), source.get("state")
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if match is None or not isinstance(parameters, dict) or not isinstance(state, dict):
        raise malformed("one of its versions is incomplete")
    if not 1 <= len(proofs) <= MAX_PROOFS:
        raise malformed(f"one of its versions does not have 1 to {MAX_PROOFS} signatures")
    return Entry(match[0], int(match[1]), match[2], _time(source), parameters, state, source, tuple(proofs))


def check_hash(entry: Entry, before: str) -> None:
    """Require that the hash covers this version and ``before``, the one before, or the SCID before the first."""
    if multihash(_canonical({**entry.signed, "versionId": before})) != entry.hash:
        raise malformed(f"the hash of version {entry.number} is wrong")


def check_scid(entry: Entry, scid: str) -> None:
    """Require that ``scid`` is the hash of the first version, with a placeholder where it names itself."""
    written = _canonical({**entry.signed, "versionId": PLACEHOLDER}).replace(scid.encode(), PLACEHOLDER.encode())
    if multihash(_canonical(strict_json.parse(written))) != scid:
        raise malformed("its identifier does not belong to its first version")


def check_proofs(entry: Entry, keys: Collection[str]) -> None:
    """Require that every signature is valid and by one of ``keys``, which are Multikeys."""
    for source in entry.proofs:
        key, proof = signer_of(source)
        if key not in keys:
            raise malformed(f"version {entry.number} is signed with a key that may not change it")
        if not is_signed(entry.signed, key, proof):
            raise malformed(f"the signature of version {entry.number} is wrong")


def signer_of(source: object) -> tuple[str, data_integrity.Proof]:
    """Return the Multikey that a proof names, and the proof. Raises `Malformed`."""
    proof = data_integrity.read_proof(source)
    if proof.suite != vocabulary.EDDSA_JCS_2022 or proof.purpose != "assertionMethod":
        raise malformed("one of its signatures is of another type or for another purpose")
    key, hash_sign, fragment = proof.method.removeprefix(DID_KEY).partition("#")
    if not proof.method.startswith(DID_KEY) or (hash_sign and fragment != key):
        raise malformed("one of its signatures does not name a did:key")
    return key, proof


def is_signed(document: Mapping[str, object], key: str, proof: data_integrity.Proof) -> bool:
    """Whether ``proof`` is a signature of ``document`` by ``key``. Raises `Malformed` if the key cannot be used."""
    try:
        signed = data_integrity.signed_bytes(document, proof.options, proof.suite)
    except CanonicalError as error:
        raise malformed("a number or text in it has no canonical form") from error
    return signatures.is_valid(from_multikey(key), proof.algorithm, proof.value, signed)


def _canonical(value: Mapping[str, object]) -> bytes:
    try:
        return jcs.canonicalize(value)
    except CanonicalError as error:
        raise malformed("a number or text in it has no canonical form") from error


def _time(source: Mapping[str, object]) -> datetime:
    written = source.get("versionTime")
    if not isinstance(written, str) or not written.endswith(_IN_UTC):
        raise malformed("one of its versions has no time in UTC")
    try:
        return dates.parse(written)
    except Malformed as error:
        raise malformed("one of its versions has no time in UTC") from error
