"""Read a batch from a spreadsheet with links: CSV, or a list with one link in each line."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence

from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase
from chalicelib.verifiers.batch.items import MAX_LINK, MAX_REF, InvalidItem, Item

_SEPARATORS = ",;\t"
"""RFC 4180 uses the comma; spreadsheets use semicolons where the comma is the decimal sign, and tabs when copied."""
_LINK = re.compile(r"https?://\S", re.IGNORECASE)
LINK_COLUMNS = ("url", "link", "credential", "credential url", "credential link")
REF_COLUMNS = ("ref", "reference", "id")
MAX_LINE = 16 * 1024
"""Maximum characters of a row."""


def read(content: bytes, max_rows: int) -> list[Item]:
    """Read up to ``max_rows`` rows that are not blank. The ref of a row is what its column ref says, or its number in
    the file. A row without a link has a problem.

    Raises `Malformed`: `not_utf8`, `too_large`, `nothing_found` for a file without rows.
    """
    rows = [(number, row) for number, row in _rows(_text(content)) if any(cell.strip() for cell in row)]
    header = [cell.strip().lower() for cell in rows[0][1]] if rows and not _find_link(rows[0][1]) else []
    rows = rows[1:] if header else rows
    if not rows:
        raise Malformed(phrase("The file has no links. Put one link in each row."), code="nothing_found")
    if len(rows) > max_rows:
        raise Malformed(
            phrase("The file has {count} rows. The limit is {limit}.", count=f"{len(rows):,}", limit=f"{max_rows:,}"),
            code="too_large",
        )
    link, ref = _position(header, LINK_COLUMNS), _position(header, REF_COLUMNS)
    return [_item(number, row, link, ref) for number, row in rows]


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"PK\x03\x04")):
        raise Malformed(phrase("This is not a CSV file. In your spreadsheet, save it as CSV UTF-8."), code="not_utf8")
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(
            phrase("This file is not valid UTF-8. In your spreadsheet, save it as CSV UTF-8."), code="not_utf8"
        ) from error


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    if any(len(line) > MAX_LINE for line in lines):
        raise Malformed(phrase("A row of the file is too long."), code="too_large")
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        raise Malformed(phrase("This is not a CSV file. In your spreadsheet, save it as CSV UTF-8.")) from error


def _position(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _item(number: int, row: Sequence[str], link: int | None, ref: int | None) -> Item:
    named = row[ref].strip()[:MAX_REF] if ref is not None and ref < len(row) else ""
    found = row[link].strip() if link is not None and link < len(row) else _find_link(row)
    if not found or len(found) > MAX_LINK:
        return Item(named or str(number), problem=InvalidItem(phrase("This row has no link.")))
    # Like text that a person pastes: it may also be the id of a credential, or a link without its scheme.
    return Item(named or str(number), found.encode("utf-8"))


def _find_link(row: Sequence[str]) -> str:
    cells = (cell.strip() for cell in row)
    return next((cell for cell in cells if _LINK.match(cell) or PUBLIC_ID.fullmatch(cell)), "")
