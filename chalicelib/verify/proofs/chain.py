"""Proof chains: a proof may sign other proofs together with the document (VC Data Integrity 1.0, 2.1.2 and 4.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.errors import Malformed


def previous_proofs(named: object, sources: Sequence[object]) -> tuple[Mapping[str, object], ...]:
    """Return the proofs in ``sources`` whose ids are in ``named``, the value of `previousProof`, in their own order.

    Raises `Malformed`: `proof_malformed` when ``named`` is not an id or a list of ids, or when two proofs have one of
    them, `previous_proof_missing` when no proof has it.
    """
    ids = named if isinstance(named, list) else [named]
    if not ids or not all(isinstance(one, str) for one in ids):
        raise Malformed("A signature does not say which signatures it was added to.", code="proof_malformed")
    wanted = set(ids)
    found = [source for source in sources if isinstance(source, dict) and _id(source) in wanted]
    if len({_id(source) for source in found}) < len(found):
        raise Malformed("Two signatures have the same id.", code="proof_malformed")
    if len(found) < len(wanted):
        raise Malformed("An earlier signature, which a later one confirms, is missing.", code="previous_proof_missing")
    return tuple(found)


def _id(source: Mapping[str, object]) -> str | None:
    value = source.get("id")
    return value if isinstance(value, str) else None
