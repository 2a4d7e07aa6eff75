"""Parse an upload into rows: CSV from spreadsheets, a pasted list, or JSON, detected from the first bytes.

Rows are parsed one at a time, so that only one row is in memory besides the content itself.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.award.bulk import columns, spreadsheet_json
from chalicelib.award.bulk.columns import Cell, RawRow, Unreadable
from chalicelib.errors import Malformed

MAX_SENT = 4_000_000
"""Maximum bytes of an upload as sent. API Gateway passes it to Lambda in base64, with a limit of 6 MB in total."""
MAX_INFLATED = 32 * 1024 * 1024
"""Maximum bytes after decompression: 335 per row at the maximum number of rows."""
MAX_MEMBERS = 1_000
"""Maximum members of a gzip file (RFC 1952, 2.2); parallel compressors write one per 64 KB or more."""
MAX_ROWS = 100_000
MAX_LINES = 1_048_576
"""Maximum lines including blank ones, as many as the largest Excel sheet; otherwise 32 MB of blank lines would waste
time."""
MAX_LINE = 256 * 1024
"""Maximum characters of a line; parsing takes up to fifty times as much memory."""
MAX_HEADER = 16 * 1024
"""Maximum bytes within which the header row must end."""
_MAX_KEPT = 300
"""Maximum characters kept of a line that is not a person."""
_SEPARATORS = ",;\t"
"""RFC 4180 uses the comma; spreadsheets use semicolons where the comma is the decimal sign, and tabs when copied."""
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n')
"""A first line that Excel writes and hides when reading."""
_ADDRESSED = re.compile(r'(?:\s*"([^"]*)"\s*|([^<>"]*))<\s*([^<>\s]+)\s*>\s*(?:[,;]|$)')
"""One entry of `Ada Lovelace <ada@example.org>, ...` (RFC 5322, 3.4, as email clients copy it). No two adjacent parts
match the same character, so that a line that does not match takes linear, not quadratic, time."""


def inflated(content: bytes) -> bytes:
    """Decompress ``content`` if it is gzip. Raises `Malformed` (`too_large`), `Unreadable`."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    inflated_content = bytearray()  # grows in place; copying for each member would take hours
    members = 0
    try:
        while content:
            members += 1
            if members > MAX_MEMBERS:
                raise Unreadable(f"The gzip file has more than {MAX_MEMBERS:,} members. Compress it again.")
            member = zlib.decompressobj(wbits=31)
            inflated_content += member.decompress(content, MAX_INFLATED + 1 - len(inflated_content))
            if len(inflated_content) > MAX_INFLATED:
                raise Malformed(
                    f"The decompressed file has more than {MAX_INFLATED:,} bytes. Send it in parts.", code="too_large"
                )
            if not member.eof:
                raise Unreadable("The gzip file is incomplete. Send it again.")
            content = member.unused_data
    except zlib.error as error:
        raise Unreadable("This is not a valid gzip file. Send it again.") from error
    return bytes(inflated_content)


def read(content: bytes, *, any_columns: bool) -> Iterator[RawRow]:
    """Parse the rows of ``content`` that are not blank, with cells by column.

    Raises `Unreadable` when a row shows that the upload cannot be used, `Malformed` (`too_large`) for too many rows.
    """
    _check_text(content)
    content = content.removeprefix(codecs.BOM_UTF8)
    match content.lstrip()[:1]:
        case b"[":
            rows = spreadsheet_json.array(content.decode(), any_columns=any_columns)
        case b"{":
            rows = spreadsheet_json.lines(_short(_lines(content)), any_columns=any_columns)
        case b"":
            raise Unreadable("The upload is empty.", code="no_rows")
        case _:
            rows = _table(content, any_columns=any_columns)
    total = 0
    for total, row in enumerate(rows, start=1):
        if total > MAX_ROWS:
            raise Malformed(f"The upload has more than {MAX_ROWS:,} rows. Send it in parts.", code="too_large")
        yield row
    if not total:
        raise Unreadable("The upload has a header row and no other rows.", code="no_rows")


def _check_text(content: bytes) -> None:
    if content.startswith(b"PK\x03\x04"):
        raise Unreadable("This is an Excel workbook. Save it as CSV UTF-8 and upload that.", code="not_utf8")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable("This is UTF-16 text. Save it as CSV UTF-8 and upload that.", code="not_utf8")
    decoder = codecs.getincrementaldecoder("utf-8")()
    step = 64 * 1024
    for start in range(0, len(content), step):
        left_over = len(decoder.getstate()[0])  # bytes of the previous piece, which precede this one
        try:
            decoder.decode(content[start : start + step], start + step >= len(content))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, start - left_over + error.start) + 1
            raise Unreadable(
                f"Line {line:,} is not valid UTF-8. In your spreadsheet, save the file as CSV UTF-8.",
                code="not_utf8",
            ) from error


def _table(content: bytes, *, any_columns: bool) -> Iterator[RawRow]:
    """Parse CSV with a header row, or a list without one."""
    head = content[:MAX_HEADER].decode("utf-8", "ignore")
    marker = _SEPARATOR_LINE.match(head)
    separator = marker[1] if marker else max(_SEPARATORS, key=lambda each: len(_known(_first_row(head, each))))
    if not _known(_first_row(head[marker.end() :] if marker else head, separator)):
        if _starts_a_list(next((line for line in head.splitlines() if line.strip()), "")):
            return _list(content)
        raise Unreadable(f"The first row must name the columns: name, and any of {columns.others()}.", code="columns")
    return _csv(content, separator, skip=1 if marker else 0, any_columns=any_columns)


def _starts_a_list(line: str) -> bool:
    """Whether the first line is a person: it has an address, or is a lone name, since the address may be empty."""
    return "@" in line or len(_parts(line)) == 1


def _first_row(head: str, separator: str) -> list[str]:
    try:
        return next((row for row in csv.reader(io.StringIO(head, newline=""), delimiter=separator) if any(row)), [])
    except csv.Error:
        return []


def _known(header: Sequence[str]) -> set[str]:
    return {column for name in header if (column := columns.column_of(name))}


def _csv(content: bytes, separator: str, *, skip: int, any_columns: bool) -> Iterator[RawRow]:
    lines = _short(_lines(content, newline=""))
    header: list[str | None] = []
    number = 0
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=separator, strict=True), start=1):
            if number <= skip or not "".join(row).strip():
                continue
            if not header:
                header = [columns.column_of(name) for name in row]
                columns.check(row, header, any_columns=any_columns)
                continue
            extra = bool("".join(row[len(header) :]).strip())
            short = len(row) < len(header)
            many = f"has {len(row)} columns, but the first row names {len(header)}" if extra or short else None
            yield RawRow(number, {column: cell for column, cell in zip(header, row, strict=False) if column}, many)
    except csv.Error as error:
        detail = f"After row {number} the CSV cannot be read, because {_reason(error)}. Fix that row, or save it again."
        raise Unreadable(detail, code="not_csv") from error


_REASONS = (
    ("expected after", "something follows the closing quote of a cell"),
    ("unexpected end", "the closing quote of a cell is missing"),
    ("field larger", "a cell is too long"),
    ("new-line", "a line break is not inside quotes"),
)
"""A part of each message of Python's CSV reader, and what it means."""


def _reason(error: csv.Error) -> str:
    return next((words for part, words in _REASONS if part in str(error)), "a row is malformed")


def _lines(content: bytes, *, newline: str | None = None) -> Iterator[str]:
    """Raises `Malformed` (`too_large`) for too many lines."""
    for number, line in enumerate(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline=newline), start=1):
        if number > MAX_LINES:
            raise Malformed(
                (
                    f"The upload has more than {MAX_LINES:,} lines, including blank ones. Remove blank lines, or "
                    "send it in parts."
                ),
                code="too_large",
            )
        yield line


def _short(lines: Iterator[str]) -> Iterator[str]:
    """Check that no line is too long. Raises `Malformed` (`too_large`)."""
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise Malformed(f"Line {number:,} has more than {MAX_LINE:,} characters.", code="too_large")
        yield line


def _list(content: bytes) -> Iterator[RawRow]:
    """Parse `Ada Lovelace <ada@example.org>`, `Ada Lovelace, ada@example.org` or a lone name per line, the first also
    repeated. A line that is none of these is kept as the name, so that it can be corrected."""
    number = 0
    for line in _lines(content):
        for found in _entries(line.strip()):
            number += 1
            if isinstance(found, str):
                yield RawRow(number, {"name": found}, other_line=found)
            else:
                yield RawRow(number, found)


def _entries(line: str) -> Iterator[Mapping[str, Cell] | str]:
    """Yield the people in ``line``, or the text that is not a person."""
    if "<" in line:
        at = 0
        while match := _ADDRESSED.match(line, at):
            at = match.end()
            yield {"name": (match[1] or match[2] or "").strip(), "email": match[3]}
        if line[at:].strip():
            yield line[at:].strip()[:_MAX_KEPT]
    elif len(line) > MAX_LINE:
        yield line[:_MAX_KEPT]
    elif line:
        yield _entry(line)


def _entry(line: str) -> Mapping[str, Cell] | str:
    parts = _parts(line)
    if len(parts) == 1:
        parts = _without_separator(parts[0])
    mails = [part for part in parts if "@" in part]
    if mails:
        return {"name": ", ".join(parts[: parts.index(mails[0])] or parts[1:]), "email": mails[0]}
    # Several parts without an address may be a mistyped address, which must not become a part of the name.
    return {"name": parts[0]} if len(parts) == 1 else line[:_MAX_KEPT]


def _parts(line: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;\t]", line) if part.strip()]


def _without_separator(line: str) -> list[str]:
    """Split `Ada Lovelace ada@example.org` into name and address; return any other line unchanged."""
    words = line.split()
    addresses = [word for word in words if "@" in word]
    if len(addresses) == 1 and addresses[0] in (words[0], words[-1]):
        words.remove(addresses[0])
        return [" ".join(words), addresses[0]] if words else addresses
    return [line]
