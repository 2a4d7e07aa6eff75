"""From bytes to cells: CSV as spreadsheets write it, a pasted list, JSON. Which of them it is, the first bytes say.

Everything is read piece by piece: what is held at once beside the bytes themselves is one row.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, NoReturn

from chalicelib.errors import Malformed

MAX_SENT = 4_000_000
"""Bytes of an upload as it is sent. API Gateway hands it to Lambda in base64, where all together takes 6 MB."""
MAX_INFLATED = 32 * 1024 * 1024
"""Bytes after gzip: 335 for each of the most rows."""
MAX_MEMBERS = 1_000
"""Pieces of a gzip file (RFC 1952, 2.2): tools that pack in parallel write one for each 64 KB or more."""
MAX_ROWS = 100_000
MAX_LINES = 1_048_576
"""Lines, blank ones with them: as many as the largest sheet of Excel has. Of 32 MB of line ends alone each would be
looked at for nothing. As many objects may stand in JSON, those within others with them."""
MAX_LINE = 256 * 1024
"""Characters of a line, and of an item in JSON: what is held of it takes up to fifty times as much."""
MAX_NAMES = 1_000
"""Different names of members in JSON, of which one item has ten that we know."""
MAX_HEADER = 16 * 1024
"""Bytes in which the row that names the columns must end."""
MAX_LINKS = 100
"""Pieces of evidence that are looked at in one row of JSON; a credential takes far fewer (`issue.MOST_EVIDENCE`)."""

_NAMED = 5
"""Unknown columns that are named."""

Cell = str | int | Sequence[object]
"""Text; a number or a list only where JSON has one."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("full name", "display name", "holder", "holder name", "recipient", "recipient name", "student", "learner"),
    "first_name": ("first", "given name", "forename"),
    "last_name": ("last", "surname", "family name"),
    "email": ("e mail", "mail", "email address", "e mail address", "mail address", "recipient email", "holder email"),
    "did": ("holder did", "recipient did"),
    "valid_from": ("from", "start", "start date", "issued", "issued on", "issue date"),
    "valid_until": ("until", "valid to", "end", "end date", "expires", "expires on", "expiry", "expiry date"),
    "evidence": ("evidence url", "evidence urls", "evidence link", "evidence links", "link", "links", "proof"),
    "zone": ("time zone", "timezone", "tz"),
    "ref": ("reference", "id", "external id", "student id", "user id", "row id"),
}
"""Our columns, and what else people call them. Case, space, hyphen and underscore make no difference."""

_KNOWN = {alias: column for column, others in COLUMNS.items() for alias in (column.replace("_", " "), *others)}
_SEPARATORS = ",;\t"
"""RFC 4180 has the comma; spreadsheets write a semicolon where the comma is the decimal sign, and tabs when copied."""
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n')
"""What Excel writes in front, and hides when it reads it."""
_ADDRESSED = re.compile(r'(?:\s*"([^"]*)"\s*|([^<>"]*))<\s*([^<>\s]+)\s*>\s*(?:[,;]|$)')
"""One of `Ada Lovelace <ada@example.org>, ...` (RFC 5322, 3.4, as mail programs copy it). No two neighbours in it take
the same character: a line that does not fit is given up on in time that grows with its length, not with the square."""


class Cells(NamedTuple):
    """One row: its number as `upload.Fault.row` has it, what stands in its columns, and what is wrong with its form."""

    number: int
    values: Mapping[str, Cell]
    fault: str | None = None


class Unreadable(Malformed):
    """The upload as a whole cannot be used; nothing of it was."""


class UnknownColumns(Unreadable):
    """Columns that we do not know, which may be left out on demand."""

    def __init__(self, names: Sequence[str]) -> None:
        named = ", ".join(repr(name.strip()[:80]) for name in names[:_NAMED]) + (", …" if names[_NAMED:] else "")
        these, them = ("column", "it") if len(names) == 1 else ("columns", "them")
        super().__init__(
            f"We do not know the {these} {named}. Known are name, {_others()}. "
            f"Rename {them}, take {them} out, or allow us to leave {them} out.",
            code="columns",
        )


def inflated(content: bytes) -> bytes:
    """``content`` without the gzip around it, if there is one. Raises `Malformed` (`too_large`), `Unreadable`."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    whole = bytearray()  # it grows in place: a new copy for each member would take hours
    members = 0
    try:
        while content:
            members += 1
            if members > MAX_MEMBERS:
                raise Unreadable(f"The gzip file is put together from more than {MAX_MEMBERS:,} pieces; pack it anew.")
            member = zlib.decompressobj(wbits=31)
            whole += member.decompress(content, MAX_INFLATED + 1 - len(whole))
            if len(whole) > MAX_INFLATED:
                raise Malformed(
                    f"Unpacked this is more than {MAX_INFLATED:,} bytes; send it in parts.", code="too_large"
                )
            if not member.eof:
                raise Unreadable("The gzip file is cut off; send it again.")
            content = member.unused_data
    except zlib.error as error:
        raise Unreadable("This begins like a gzip file and is none; send it again.") from error
    return bytes(whole)


def read(content: bytes, *, any_columns: bool) -> Iterator[Cells]:
    """The rows in ``content`` that are not blank, by our names for their columns.

    Raises `Unreadable` when it is met that the whole cannot be used, `Malformed` (`too_large`) for too many rows.
    """
    _check_text(content)
    content = content.removeprefix(codecs.BOM_UTF8)
    match content.lstrip()[:1]:
        case b"[":
            rows = _json_array(content.decode(), any_columns=any_columns)
        case b"{":
            rows = _json_lines(content, any_columns=any_columns)
        case b"":
            raise Unreadable("There is nothing in it.", code="no_rows")
        case _:
            rows = _table(content, any_columns=any_columns)
    total = 0
    for total, row in enumerate(rows, start=1):
        if total > MAX_ROWS:
            raise Malformed(f"There are more than {MAX_ROWS:,} rows; send them in parts.", code="too_large")
        yield row
    if not total:
        raise Unreadable("It names columns, and nobody in them.", code="no_rows")


def _check_text(content: bytes) -> None:
    if content.startswith(b"PK\x03\x04"):
        raise Unreadable("This is a workbook. Save it as CSV in UTF-8, and send that.", code="not_utf8")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable("This is text in UTF-16. Save it as CSV in UTF-8, and send that.", code="not_utf8")
    decoder = codecs.getincrementaldecoder("utf-8")()
    step = 64 * 1024
    for start in range(0, len(content), step):
        left_over = len(decoder.getstate()[0])  # of the piece before; it stands in front of this one
        try:
            decoder.decode(content[start : start + step], start + step >= len(content))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, start - left_over + error.start) + 1
            raise Unreadable(
                f"This is not text in UTF-8: see line {line:,}. In a spreadsheet choose CSV UTF-8 when saving.",
                code="not_utf8",
            ) from error


def _table(content: bytes, *, any_columns: bool) -> Iterator[Cells]:
    """CSV whose first row names its columns, or a list without."""
    head = content[:MAX_HEADER].decode("utf-8", "ignore")
    told = _SEPARATOR_LINE.match(head)
    separator = told[1] if told else max(_SEPARATORS, key=lambda each: len(_known(_first_row(head, each))))
    if not _known(_first_row(head[told.end() :] if told else head, separator)):
        if "@" in next((line for line in head.splitlines() if line.strip()), ""):
            return _list(content)
        raise Unreadable(f"The first row has to name the columns: name, and any of {_others()}.", code="columns")
    return _csv(content, separator, skip=1 if told else 0, any_columns=any_columns)


def _first_row(head: str, separator: str) -> list[str]:
    try:
        return next((row for row in csv.reader(io.StringIO(head, newline=""), delimiter=separator) if any(row)), [])
    except csv.Error:
        return []


def _known(header: Sequence[str]) -> set[str]:
    return {column for name in header if (column := column_of(name))}


def _csv(content: bytes, separator: str, *, skip: int, any_columns: bool) -> Iterator[Cells]:
    lines = _short(_lines(content, newline=""))
    header: list[str | None] = []
    number = 0
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=separator, strict=True), start=1):
            if number <= skip or not "".join(row).strip():
                continue
            if not header:
                header = [column_of(name) for name in row]
                _check_columns(row, header, any_columns=any_columns)
                continue
            extra = bool("".join(row[len(header) :]).strip())
            short = len(row) < len(header)
            many = f"fills {len(row)} columns, and the first row names {len(header)}" if extra or short else None
            yield Cells(number, {column: cell for column, cell in zip(header, row, strict=False) if column}, many)
    except csv.Error as error:
        raise Unreadable(f"After row {number} it is not CSV: {error}.", code="not_csv") from error


def _lines(content: bytes, *, newline: str | None = None) -> Iterator[str]:
    """Raises `Malformed` (`too_large`) for too many lines."""
    for number, line in enumerate(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline=newline), start=1):
        if number > MAX_LINES:
            raise Malformed(
                f"There are more than {MAX_LINES:,} lines, blank ones counted; take those out, or send it in parts.",
                code="too_large",
            )
        yield line


def _short(lines: Iterator[str]) -> Iterator[str]:
    """``lines``, of which one holds no more than one row. Raises `Malformed` (`too_large`)."""
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise Malformed(f"Line {number:,} has more than {MAX_LINE:,} characters.", code="too_large")
        yield line


def _check_columns(header: Sequence[str], columns: Sequence[str | None], *, any_columns: bool) -> None:
    """Raises `Unreadable` when what ``header`` calls ``columns``, by our names for them, will not do."""
    unknown = [name for name, column in zip(header, columns, strict=True) if column is None and name.strip()]
    if unknown and not any_columns:
        raise UnknownColumns(unknown)
    known = [column for column in columns if column]
    if twice := next((column for column in known if known.count(column) > 1), None):
        raise Unreadable(f"Two columns say {twice!r}; take one out.", code="columns")
    if not {"name", "first_name", "last_name"} & set(known):
        raise Unreadable("No column has the names; call it name.", code="columns")


def column_of(name: str) -> str | None:
    """Our name for the column that somebody calls ``name``."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.strip()[:80])
    return _KNOWN.get(re.sub(r"[\s_-]+", " ", spaced).casefold())


def _others() -> str:
    return ", ".join(column for column in COLUMNS if column != "name")


def _list(content: bytes) -> Iterator[Cells]:
    """`Ada Lovelace <ada@example.org>` or `Ada Lovelace, ada@example.org`, one a line; the first form also several."""
    number = 0
    for line in _lines(content):
        for found in _entries(line.strip()):
            number += 1
            yield Cells(number, found) if found else Cells(number, {}, "is no name with an e-mail address")


def _entries(line: str) -> Iterator[Mapping[str, Cell]]:
    if "<" in line:
        at = 0
        while match := _ADDRESSED.match(line, at):
            at = match.end()
            yield {"name": (match[1] or match[2] or "").strip(), "email": match[3]}
        if line[at:].strip():
            yield {}
    elif len(line) > MAX_LINE:
        yield {}
    elif line:
        parts = [part.strip() for part in re.split(r"[,;\t]", line) if part.strip()]
        if len(parts) == 1:
            parts = _without_separator(parts[0])
        mails = [part for part in parts if "@" in part]
        yield {"name": ", ".join(parts[: parts.index(mails[0])] or parts[1:]), "email": mails[0]} if mails else {}


def _without_separator(line: str) -> list[str]:
    """`Ada Lovelace ada@example.org` as its name and its address; a line that is not of that kind as it is."""
    words = line.split()
    addresses = [word for word in words if "@" in word]
    if len(addresses) == 1 and addresses[0] in (words[0], words[-1]):
        words.remove(addresses[0])
        return [" ".join(words), addresses[0]] if words else addresses
    return [line]


def _json_array(text: str, *, any_columns: bool) -> Iterator[Cells]:
    items = _Items(any_columns=any_columns)
    at = text.index("[") + 1
    number = 0
    while (at := _past_space(text, at)) < len(text) and text[at] != "]":
        number += 1
        value, at = items.value(text, at, number)
        yield items.cells(number, value)
        at = _past_space(text, at)
        if text[at : at + 1] == "," and text[_past_space(text, at + 1) : at + 2] != "]":
            at += 1
        elif text[at : at + 1] != "]":
            raise Unreadable(f"After item {number} a comma is missing, or the end.", code="not_json")
    if text[at:].strip() != "]":
        raise Unreadable("The JSON array does not end, or something stands behind it.", code="not_json")


def _json_lines(content: bytes, *, any_columns: bool) -> Iterator[Cells]:
    items = _Items(any_columns=any_columns)
    for number, line in enumerate(_short(_lines(content)), start=1):
        if line.strip():
            value, at = items.value(line, _past_space(line, 0), number)
            if line[at:].strip():
                raise Unreadable(f"In line {number} something stands behind the object.", code="not_json")
            yield items.cells(number, value)


def _past_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


class _Items:
    """Reads the items of one upload in JSON, and counts what they are made of."""

    _SHORT = 4 * 1024
    """Characters that hold nearly every item: all that may belong to it is copied only for the others."""

    def __init__(self, *, any_columns: bool) -> None:
        self._any_columns = any_columns
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=_constant)
        self._objects = 0
        self._named: dict[str, str | None] = {}

    def value(self, text: str, at: int, number: int) -> tuple[object, int]:
        """The item that begins at ``at`` in ``text``, and where it ends. Raises `Unreadable`, and `Malformed`
        (`too_large`)."""
        fault: Exception | None = None
        for most in (self._SHORT, MAX_LINE):
            piece = text[at : at + most]
            whole = at + len(piece) == len(text)
            try:
                value, end = self._decoder.raw_decode(piece)
                if whole or end < len(piece):  # a number may be cut at the end
                    return value, at + end
            except (ValueError, RecursionError) as error:
                fault = error
            if whole:
                break
        else:
            detail = f"Item {number} is not JSON, or has more than {MAX_LINE:,} characters."
            raise Unreadable(detail, code="not_json") from fault
        raise Unreadable(f"Item {number} is not JSON.", code="not_json") from fault

    def cells(self, number: int, value: object) -> Cells:
        """The row that ``value`` is. Raises `Unreadable`."""
        if not isinstance(value, dict):
            return Cells(number, {}, "is no JSON object")
        names = list(value)
        for name in names:
            if name not in self._named:
                self._named[name] = column_of(name)
        if len(self._named) > MAX_NAMES:
            raise Unreadable(f"The items have more than {MAX_NAMES:,} different members.", code="columns")
        columns = [self._named[name] for name in names]
        _check_columns(names, columns, any_columns=self._any_columns)
        cells = zip(columns, value.values(), strict=True)
        found = {column: cell for column, cell in cells if column and cell is not None}
        wrong = next((column for column, cell in found.items() if not _fits(column, cell)), None)
        return Cells(number, {} if wrong else found, f"has no text in {wrong!r}" if wrong else None)

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        self._objects += 1
        if self._objects > MAX_LINES:
            raise Malformed(f"There are more than {MAX_LINES:,} objects; send them in parts.", code="too_large")
        members = dict(pairs)
        if len(members) != len(pairs):
            raise ValueError("a name stands twice")
        return members


def _fits(column: str, cell: object) -> bool:
    if column == "evidence" and isinstance(cell, list):
        return len(cell) <= MAX_LINKS and all(isinstance(each, str) for each in cell)
    return isinstance(cell, str) or (column == "ref" and type(cell) is int)


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_SPACE = re.compile(r"[ \t\r\n]*")
