"""Who may change the document (did:webvh v1.0, "did:webvh DID Method Parameters")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.errors import Malformed
from chalicelib.verify.did_webvh.hashes import multihash
from chalicelib.verify.keys.did_key import PREFIX as DID_KEY
from chalicelib.verify.keys.multikey import from_multikey
from chalicelib.verify.keys.public_key import Kind
from chalicelib.verify.members import as_object

METHOD = "did:webvh:1.0"
MAX_KEYS = 32
"""Maximum number of update keys, of their hashes, and of witnesses. Published logs have one to five."""
_KNOWN = frozenset(
    {"method", "scid", "updateKeys", "nextKeyHashes", "witness", "watchers", "portable", "deactivated", "ttl"}
)


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Parties of whom ``threshold`` must confirm a version. None are needed if there are no ``ids``."""

    threshold: int = 0
    ids: frozenset[str] = frozenset()
    """Each a did:key."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters in force after a version."""

    scid: str
    update_keys: tuple[str, ...]
    next_key_hashes: frozenset[str] = frozenset()
    """Commitments to the keys of the next version; none if its keys may be any."""
    witnesses: Witnesses = Witnesses()
    portable: bool = False
    deactivated: bool = False


def first(source: Mapping[str, object]) -> Parameters:
    """Return those of the first version. Raises `Malformed` (`log_malformed`)."""
    _check_names(source)
    scid = source.get("scid")
    if source.get("method") != METHOD or not isinstance(scid, str):
        raise malformed(f"its history is not one of {METHOD}")
    keys = _texts(source.get("updateKeys"), "updateKeys")
    if not keys:
        raise malformed("its first version names no key")
    return _optional(source, Parameters(scid, keys, portable=_yes(source, "portable", default=False)))


def following(source: Mapping[str, object], before: Parameters) -> Parameters:
    """Return those of a later version. Raises `Malformed` (`log_malformed`)."""
    _check_names(source)
    if source.get("method", METHOD) != METHOD or "scid" in source:
        raise malformed("a later version changes the method or the SCID")
    portable = _yes(source, "portable", default=before.portable)
    if portable and "portable" in source:
        raise malformed("a later version makes it portable")
    after = replace(before, portable=portable)
    if before.next_key_hashes:
        # The commitment would be void if the keys or the next commitment could be inherited.
        if not {"updateKeys", "nextKeyHashes"} <= source.keys():
            raise malformed("a version does not name the keys that the one before committed to")
        keys = _texts(source["updateKeys"], "updateKeys")
        if any(multihash(key.encode()) not in before.next_key_hashes for key in keys):
            raise malformed("a version has a key that the one before did not commit to")
    if "updateKeys" in source:
        after = replace(after, update_keys=_texts(source["updateKeys"], "updateKeys"))
    return _optional(source, after)


def _optional(source: Mapping[str, object], after: Parameters) -> Parameters:
    if "nextKeyHashes" in source:
        after = replace(after, next_key_hashes=frozenset(_texts(source["nextKeyHashes"], "nextKeyHashes")))
    if "witness" in source:
        after = replace(after, witnesses=_witnesses(source["witness"]))
    return replace(after, deactivated=_yes(source, "deactivated", default=after.deactivated))


def _check_names(source: Mapping[str, object]) -> None:
    if unknown := source.keys() - _KNOWN:
        raise malformed(f"it has the unknown parameter {min(unknown)[:64]!r}")


def _texts(value: object, name: str) -> tuple[str, ...]:
    # Early software wrote null for an empty list.
    items = [] if value is None else value
    if not isinstance(items, list) or len(items) > MAX_KEYS:
        raise malformed(f"{name!r} is not a list of up to {MAX_KEYS} texts")
    if not all(isinstance(item, str) and item.isascii() for item in items):
        raise malformed(f"{name!r} is not a list of texts")
    return tuple(items)


def _yes(source: Mapping[str, object], name: str, *, default: bool) -> bool:
    value = source.get(name, default)
    if not isinstance(value, bool):
        raise malformed(f"{name!r} is neither true nor false")
    return value


def _witnesses(value: object) -> Witnesses:
    if value in (None, {}):
        return Witnesses()
    source = as_object(value)
    entries, threshold = source.get("witnesses"), source.get("threshold")
    ids = [as_object(entry).get("id") for entry in entries] if isinstance(entries, list) else []
    names = frozenset(name for name in ids if isinstance(name, str) and _is_ed25519(name))
    # Never read as "none": that would drop a confirmation that its owner requires.
    if not ids or len(names) != len(ids) or len(ids) > MAX_KEYS:
        raise malformed("its witnesses cannot be read")
    if type(threshold) is not int or not 1 <= threshold <= len(names):
        raise malformed("its number of witnesses cannot be read")
    return Witnesses(threshold, names)


def _is_ed25519(did: str) -> bool:
    try:
        return did.startswith(DID_KEY) and from_multikey(did.removeprefix(DID_KEY)).kind is Kind.ED25519
    except Malformed:
        return False


def malformed(reason: str) -> Malformed:
    """Return the error for a history that breaks a rule; ``reason`` completes "It cannot be used: ..."."""
    return Malformed(f"{reason[:1].upper()}{reason[1:]}.", code="log_malformed")
