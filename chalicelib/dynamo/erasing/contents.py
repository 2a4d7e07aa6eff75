"""The text of an item: everything in it, including compressed data."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.tables import Raw, Tables, key_of


def text_of(tables: Tables, table: str, raw: Raw) -> str:
    """All strings and bytes of ``raw`` in lower case, compressed bytes in the clear, one per line, with what is stored
    in parts beside it. Raises `Unavailable`."""
    return "\n".join((*_parts(raw), *map(keys.unescape, key_of(raw)), in_parts(tables, table, raw))).lower()


def in_parts(tables: Tables, table: str, raw: Raw) -> str:
    """What is compressed and cut into parts beside ``raw``: large counts, and the upload of a dry run.

    Raises `Unavailable`.
    """
    kind = raw.get("type", {}).get("S")
    if kind == "counts" and int(raw["chunks"]["N"]):
        digest = raw["digest"]["S"]
        wanted = [keys.payload_chunk(key_of(raw), digest, number) for number in range(int(raw["chunks"]["N"]))]
        return _clear(b"".join(bytes(chunk["payload"]["B"]) for chunk in reads.existing(tables, table, wanted)))
    if kind == "dry_run":
        parts = tables.query(table, keys.dry_run_parts(raw["issuer_id"]["S"], raw["id"]["S"]))
        return _clear(b"".join(bytes(part["content"]["B"]) for part in parts))
    return ""


def _parts(value: Any) -> Iterator[str]:  # noqa: ANN401 - an item in DynamoDB's wire format, of any depth
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes | bytearray):
        yield _clear(bytes(value))
    elif isinstance(value, dict):
        for each in value.values():
            yield from _parts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _parts(each)


def _clear(content: bytes) -> str:
    with suppress(zlib.error):  # not compressed
        content = zlib.decompress(content)
    return content.decode("utf-8", "replace")
