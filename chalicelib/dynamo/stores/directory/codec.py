"""The items of the index as bytes: one binary attribute ``d`` beside the key, so that one comparison tells whether an
item has changed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from chalicelib.directory.index.terms import Kind, Term
from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.ports import (
    Buffer,
    Buffered,
    Entry,
    Generations,
    Indexed,
    NameEntry,
    Piece,
    Placed,
    Slot,
    State,
    Suggestion,
)
from chalicelib.dynamo import keys
from chalicelib.dynamo.keys import Key
from chalicelib.dynamo.tables import Raw, key_of
from chalicelib.errors import Unavailable

_STATES = {State.LIST: b"L", State.MOVING: b"M", State.SPLIT: b"S", State.BLOCK: b"B"}
_STATE_OF = {code[0]: state for state, code in _STATES.items()}


def piece_item(generation: str, piece: Piece) -> Raw:
    return _item(keys.directory_piece(generation, *piece.slot), piece_data(piece))


def piece_data(piece: Piece) -> bytes:
    """State, then for each field the lengths of its name and content, the name and the content."""
    parts = [_STATES[piece.state]]
    for name, content in sorted(piece.fields.items()):
        encoded = name.encode()
        parts += (len(encoded).to_bytes(1, "big"), len(content).to_bytes(3, "big"), encoded, content)
    return b"".join(parts)


def read_piece(raw: Raw) -> Piece:
    """Raises `Unavailable`."""
    try:
        slot, data = keys.piece_in(key_of(raw)), raw["d"]["B"]
        if slot is None:
            raise ValueError("not a piece")
        return Piece(Slot(*slot), _STATE_OF[data[0]], dict(_fields(data[1:])))
    except (KeyError, ValueError, IndexError) as error:
        raise _unreadable() from error


def _fields(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(data):
        name, content = data[at], int.from_bytes(data[at + 1 : at + 4], "big")
        start = at + 4 + name
        at = start + content
        yield data[start - name : start].decode(), data[start:at]


def card_item(generation: str, ordinal: int, listing: Listing) -> Raw:
    return _item(keys.directory_card(generation, ordinal), _packed(_listing_members(listing)))


def read_card(raw: Raw) -> tuple[int, Listing]:
    """Raises `Unavailable`."""
    return keys.card_ordinal(key_of(raw).sk), _listing(_unpacked(raw))


INDEXED = "pk", "sk", "version", "listed"
"""The attributes of an entry that `read_indexed` needs."""


def entry_item(generation: str, entry: Entry) -> Raw:
    item = _item(keys.directory_entry(generation, entry.id), _entry_data(entry))
    return item | {"version": {"N": str(entry.version)}, "listed": {"BOOL": entry.listing is not None}}


def read_indexed(raw: Raw) -> Indexed:
    """Raises `Unavailable`."""
    try:
        return Indexed(keys.entry_holder(key_of(raw)), int(raw["version"]["N"]), raw["listed"]["BOOL"])
    except KeyError as error:
        raise _unreadable() from error


def entry_data(entry: Entry) -> bytes:
    """What is stored of ``entry``, as it was read: another release may write the same entry differently."""
    return entry.stored or _entry_data(entry)


def _entry_data(entry: Entry) -> bytes:
    return _packed(
        {
            "id": entry.id,
            "version": entry.version,
            "listing": _listing_members(entry.listing) if entry.listing else None,
            "placed": list(map(_placed_members, entry.placed)),
            "former": [_listing_members(one) for one in entry.former],
        }
    )


def read_entry(raw: Raw) -> Entry:
    """Raises `Unavailable`."""
    found = _unpacked(raw)
    try:
        placed = tuple(map(_placed, found["placed"]))
        listing = _listing(found["listing"]) if found["listing"] else None
        return Entry(
            found["id"], found["version"], listing, placed, tuple(map(_listing, found["former"])), raw["d"]["B"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable() from error


def _placed_members(placed: Placed) -> list[Any]:
    return [placed.ordinal, placed.name_key, sorted(placed.terms)]


def _placed(members: list[Any]) -> Placed:
    ordinal, name, terms = members
    return Placed(ordinal, name, frozenset(Term(Kind(kind), value, field) for kind, value, field in terms))


def buffer_item(generation: str, rows: Iterable[Buffered]) -> Raw:
    members = [[row.id, _placed_members(row.placed)] for row in rows]
    return _item(keys.directory_buffer(generation), _packed({"rows": members}))


def read_buffer(raw: Raw) -> Buffer:
    """Raises `Unavailable`."""
    try:
        rows = tuple(Buffered(one, _placed(placed)) for one, placed in _unpacked(raw)["rows"])
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable() from error
    return Buffer(rows, raw["d"]["B"])


def name_item(generation: str, name: NameEntry) -> Raw:
    key = keys.directory_name(generation, *name)
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def read_name(raw: Raw) -> NameEntry:
    return NameEntry(*keys.name_in(key_of(raw).sk))


def suggestion_item(generation: str, suggestion: Suggestion) -> Raw:
    word, kind, value, label = suggestion
    return _item(keys.directory_suggestion(generation, word, kind, value), label.encode())


def read_suggestion(raw: Raw) -> Suggestion:
    return Suggestion(*keys.suggestion_in(key_of(raw).sk), raw["d"]["B"].decode())


def generations_item(generations: Generations) -> Raw:
    return _item(keys.directory_generations(), generations_data(generations))


def generations_data(generations: Generations) -> bytes:
    return json.dumps(asdict(generations)).encode()


def read_generations(raw: Raw) -> Generations:
    return Generations(**json.loads(raw["d"]["B"]))


def _item(key: Key, data: bytes) -> Raw:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}, "d": {"B": data}}


def _packed(members: Mapping[str, Any]) -> bytes:
    # Compressed, the listing of most holders is one write unit, with its terms two.
    return zlib.compress(json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode(), 9)


def _unpacked(raw: Raw) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(zlib.decompress(raw["d"]["B"]))
    except (KeyError, ValueError, zlib.error) as error:
        raise _unreadable() from error
    return found


_MEMBERS = tuple(member.name for member in fields(Listing))
_TIMES = "issued_at", "next_expiry"
"""Members that are a time or None."""


def _listing_members(listing: Listing) -> dict[str, Any]:
    # `dataclasses.asdict` copies every value, which took a fifth of a rebuild.
    members = {name: getattr(listing, name) for name in _MEMBERS}
    members["achievements"] = [{"id": one.id, "name": one.name} for one in listing.achievements]
    members["issuers"] = [{"id": one.id, "name": one.name} for one in listing.issuers]
    members["recent_at"] = listing.recent_at.isoformat()
    for name in _TIMES:
        at = getattr(listing, name)
        members[name] = at.isoformat() if at else None
    return members


def _listing(members: dict[str, Any]) -> Listing:
    try:
        times: dict[str, datetime | None] = {
            name: datetime.fromisoformat(members[name]) if members[name] else None for name in _TIMES
        }
        times["recent_at"] = datetime.fromisoformat(members["recent_at"])
        named = {name: tuple(Named(**one) for one in members[name]) for name in ("achievements", "issuers")}
        texts = {name: tuple(members[name]) for name in ("languages", "newest", "open_to", "skills")}
        return Listing(**{**members, **times, **named, **texts})
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable() from error


def _unreadable() -> Unavailable:
    return Unavailable("A stored item cannot be read.", code="storage_unreadable")
