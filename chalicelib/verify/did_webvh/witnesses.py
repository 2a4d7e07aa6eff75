"""Confirmations of versions by other parties (did:webvh v1.0, "Verifying Witness Proofs During Resolution")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed
from chalicelib.verify.data_integrity import Proof
from chalicelib.verify.did_webvh.entry import is_signed, signer_of
from chalicelib.verify.did_webvh.log import History
from chalicelib.verify.did_webvh.parameters import malformed
from chalicelib.verify.keys.did_key import PREFIX as DID_KEY
from chalicelib.verify.members import as_list, as_object

MAX_PROOFS = 128
"""Maximum number of confirmations to check: each costs a signature check. One for each witness is enough."""


def check(history: History, source: bytes) -> None:
    """Require that enough witnesses confirmed every version that they had to; ``source`` is the file of their proofs.

    A confirmation also counts for all versions before it. Raises `Malformed`: `witnesses_missing`, `log_malformed`.
    """
    confirmed = _confirmed(history, source)
    for number, required in enumerate(history.witnesses):
        count = sum(1 for did in required.ids if confirmed.get(did, -1) >= number)
        if count < required.threshold:
            raise Malformed("A version was not confirmed by its witnesses.", code="witnesses_missing")


def _confirmed(history: History, source: bytes) -> Mapping[str, int]:
    """Return the last version that each witness confirmed."""
    known = {did for required in history.witnesses for did in required.ids}
    found: dict[str, int] = {}
    left = MAX_PROOFS
    for number, proof in _proofs(history, source):
        try:
            key, parsed = signer_of(proof)
        except Malformed:
            continue  # the specification: what cannot be attributed does not count
        did = f"{DID_KEY}{key}"
        if did not in known or found.get(did, -1) >= number:
            continue
        left -= 1
        if left < 0:
            raise malformed(f"it has more than {MAX_PROOFS} confirmations")
        if _is_valid(history.versions[number], key, parsed):
            found[did] = number
    return found


def _proofs(history: History, source: bytes) -> Iterator[tuple[int, object]]:
    """Yield each proof for a published version, with the place of that version."""
    entries = strict_json.parse(b'{"":%b}' % source)
    items = entries.get("")
    if len(entries) != 1 or not isinstance(items, list):
        raise malformed("its confirmations are not a list")
    for entry in map(as_object, items):
        version = entry.get("versionId")
        if isinstance(version, str) and version in history.versions:
            number = history.versions.index(version)
            yield from ((number, proof) for proof in as_list(entry.get("proof")))


def _is_valid(version: str, key: str, proof: Proof) -> bool:
    try:
        return is_signed({"versionId": version}, key, proof)
    except Malformed:
        return False
