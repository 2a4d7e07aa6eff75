"""Strict reader for the few kinds of CBOR (RFC 8949) that a proof value contains.

A general decoder also creates dates, regular expressions and large numbers from tags; a proof value has none of these,
so a stranger's bytes do not get that far. Only lengths that are stated in advance are read, and never more items than
there are bytes.
"""

from __future__ import annotations

from chalicelib.errors import Malformed

_UNSIGNED, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = 0, 2, 3, 4, 5, 6
_TYPED_BYTES = 64
"""The tag of an array of 8-bit numbers (RFC 8746, 2.1), which some encoders put before byte strings."""
MAX_DEPTH = 4
"""Maximum nesting. A proof value is an array that contains arrays or a map; a tag counts as a level."""

Value = int | bytes | str | list["Value"] | dict[int, "Value"]


def decode(data: bytes) -> Value:
    """Return the one value that ``data`` encodes. Raises `Malformed` with code `not_cbor`."""
    value, end = _item(data, 0, 1)
    if end != len(data):
        raise _malformed()
    return value


def _item(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    if depth > MAX_DEPTH:
        raise _malformed()
    kind, number, at = _head(data, at)
    match kind:
        case 0:
            return number, at
        case 2 | 3:
            return _string(data, at, number, text=kind == _TEXT)
        case 4:
            return _array(data, at, number, depth)
        case 5:
            return _map(data, at, number, depth)
        case 6 if number == _TYPED_BYTES and data[at : at + 1] and data[at] >> 5 == _BYTES:
            return _item(data, at, depth + 1)
        case _:
            raise _malformed()


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return the kind of the item at ``at``, its number or length, and where its content starts."""
    if at >= len(data):
        raise _malformed()
    kind, number = data[at] >> 5, data[at] & 31
    at += 1
    if number < 24:
        return kind, number, at
    if number > 27:  # a length that is not stated, or a reserved value
        raise _malformed()
    size = 1 << (number - 24)
    if at + size > len(data):
        raise _malformed()
    return kind, int.from_bytes(data[at : at + size], "big"), at + size


def _string(data: bytes, at: int, length: int, *, text: bool) -> tuple[Value, int]:
    end = at + length
    if end > len(data):
        raise _malformed()
    if not text:
        return data[at:end], end
    try:
        return data[at:end].decode(), end
    except UnicodeDecodeError as error:
        raise _malformed() from error


def _array(data: bytes, at: int, length: int, depth: int) -> tuple[Value, int]:
    if length > len(data) - at:
        raise _malformed()
    items: list[Value] = []
    for _ in range(length):
        item, at = _item(data, at, depth + 1)
        items.append(item)
    return items, at


def _map(data: bytes, at: int, length: int, depth: int) -> tuple[Value, int]:
    if length > len(data) - at:
        raise _malformed()
    members: dict[int, Value] = {}
    for _ in range(length):
        key, at = _item(data, at, depth + 1)
        if not isinstance(key, int) or key in members:
            raise _malformed()
        members[key], at = _item(data, at, depth + 1)
    return members, at


def _malformed() -> Malformed:
    return Malformed("This is not CBOR as the standard defines it.", code="not_cbor")
