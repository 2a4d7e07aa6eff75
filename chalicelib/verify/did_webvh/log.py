"""The history of a document, from its first version to the current one (did:webvh v1.0, "Read (Resolve)")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.errors import Malformed
from chalicelib.verify.did_webvh import entry as entries
from chalicelib.verify.did_webvh import identifier, parameters
from chalicelib.verify.did_webvh.entry import Entry
from chalicelib.verify.did_webvh.identifier import Identifier
from chalicelib.verify.did_webvh.parameters import Parameters, Witnesses, malformed
from chalicelib.verify.keys.did_document import MAX_METHODS
from chalicelib.verify.members import as_list, as_object

MAX_VERSIONS = 200
"""Maximum number of versions: checking each takes a signature and two canonical forms. One that changes its key every
month has 120 after ten years."""
TOLERANCE = timedelta(minutes=5)
"""How far a version's time may be ahead of ours."""


class History(NamedTuple):
    """A history whose hashes and signatures are correct."""

    document: Mapping[str, object]
    """The current document."""
    versions: tuple[str, ...]
    """The `versionId` of each version."""
    witnesses: tuple[Witnesses, ...]
    """Who had to confirm each version."""
    former: frozenset[str]
    """Ids of methods that an earlier version lists and the current one does not."""

    @property
    def is_witnessed(self) -> bool:
        """Whether any version had to be confirmed."""
        return any(each.ids for each in self.witnesses)


def read(of: Identifier, log: bytes, now: datetime) -> History:
    """Verify ``log`` as the history of ``of``.

    Raises `Malformed`: `log_malformed` when it breaks any rule, `did_deactivated`, and as `strict_json.parse` does.
    Witnesses are not checked here (`witnesses.check`).
    """
    lines = [line for line in log.split(b"\n") if line.strip()]
    if not 1 <= len(lines) <= MAX_VERSIONS:
        raise malformed(f"its history does not have 1 to {MAX_VERSIONS} versions")
    before: tuple[Entry, Parameters] | None = None
    versions, witnesses = [], []
    listed: set[str] = set()
    for line in lines:
        entry = entries.parse(line)
        active = _check(entry, before, of)
        if entry.time > now + TOLERANCE:
            raise malformed(f"version {entry.number} is from the future")
        listed |= _methods(entry)
        versions.append(entry.version)
        witnesses.append(_required(active, before[1] if before else None))
        before = entry, active
    if before is None or before[0].state.get("id") != of.did:
        raise malformed("it has moved to another identifier")
    if before[1].deactivated:
        raise Malformed("Its owner has deactivated it.", code="did_deactivated")
    return History(before[0].state, tuple(versions), tuple(witnesses), frozenset(listed - _methods(before[0])))


def _check(entry: Entry, before: tuple[Entry, Parameters] | None, of: Identifier) -> Parameters:
    """Check ``entry`` as the one after ``before``, and return the parameters in force after it."""
    if before is None:
        active = parameters.first(entry.parameters)
        if active.scid != of.scid or entry.number != 1:
            raise malformed("its history is that of another identifier")
        entries.check_scid(entry, active.scid)
        entries.check_hash(entry, active.scid)
        entries.check_proofs(entry, active.update_keys)
        _check_place(entry, None, active, of)
        return active
    previous, in_force = before
    if in_force.deactivated:
        raise malformed("a version follows its deactivation")
    if entry.number != previous.number + 1 or entry.time <= previous.time:
        raise malformed(f"version {entry.number} does not follow the one before")
    active = parameters.following(entry.parameters, in_force)
    entries.check_hash(entry, previous.version)
    # With a commitment to the next keys, these sign their own version; otherwise the keys before do.
    entries.check_proofs(entry, (active if in_force.next_key_hashes else in_force).update_keys)
    _check_place(entry, previous, active, of)
    return active


def _check_place(entry: Entry, previous: Entry | None, active: Parameters, of: Identifier) -> None:
    """Check which identifier the document has: always the same SCID, and a new address only if it is portable."""
    here = identifier.parse(entry.state.get("id"))
    if here.scid != of.scid:
        raise malformed(f"version {entry.number} is about another identifier")
    if previous is None or here.did == previous.state.get("id"):
        return
    if not active.portable or previous.state.get("id") not in as_list(entry.state.get("alsoKnownAs")):
        raise malformed(f"version {entry.number} has another address without permission")


def _methods(entry: Entry) -> set[str]:
    """The ids of the methods in a version, as far as they can be read: the current one is read strictly elsewhere."""
    did = str(entry.state.get("id"))
    names = [as_object(each).get("id") for each in as_list(entry.state.get("verificationMethod"))[:MAX_METHODS]]
    return {f"{did}{name}" if name.startswith("#") else name for name in names if isinstance(name, str)}


def _required(active: Parameters, in_force: Parameters | None) -> Witnesses:
    """Who must confirm a version: those before it or, if there were none, its own."""
    if in_force is not None and in_force.witnesses.ids:
        return in_force.witnesses
    return active.witnesses
