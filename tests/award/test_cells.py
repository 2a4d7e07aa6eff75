"""What an upload may not do to whoever reads it."""

from __future__ import annotations

import gzip
import time

import pytest

from chalicelib.award import cells

SECONDS = 5.0
"""A generous bound: each of these takes some hundredths of a second, and minutes where work grows with the square."""


@pytest.mark.parametrize(
    "line",
    [
        b"x" + b" " * 300_000 + b"y<",
        b"<" + b" " * 300_000 + b"y",
        b"x<y" + b" " * 300_000 + b"z>",
        b"x<y>" + b" " * 300_000 + b"z",
        b'x"' + b" " * 300_000 + b'"y<',
        b"x<y@z.example>," * 20_000 + b" " * 100_000 + b'"<',
    ],
)
def test_a_line_of_a_list_is_read_in_time_that_grows_with_its_length(line: bytes) -> None:
    began = time.thread_time()
    found = list(cells.read(b"Ada Nwosu <ada@example.org>\n" + line, any_columns=False))
    assert time.thread_time() - began < SECONDS
    assert found[0].values == {"name": "Ada Nwosu", "email": "ada@example.org"}
    assert found[-1].fault is not None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ada Nwosu <ada@example.org>", "Ada Nwosu"),
        ("  Ada Nwosu<ada@example.org> ", "Ada Nwosu"),
        ('"Nwosu, Ada" <ada@example.org>;', "Nwosu, Ada"),
        ('  " Ada " < ada@example.org > ', "Ada"),
        ("<ada@example.org>", ""),
    ],
)
def test_a_name_stands_before_its_address_as_mail_programs_copy_it(line: str, name: str) -> None:
    content = f"Ben Ode <ben@example.org>\n{line}".encode()
    found = list(cells.read(content, any_columns=False))
    assert [each.fault for each in found] == [None, None]
    assert str(found[1].values["name"]).strip() == name
    assert found[1].values["email"] == "ada@example.org"


def test_a_list_of_evidence_in_a_row_is_refused_before_its_parts_are_looked_at() -> None:
    links = ",".join(['"https://e.example/"'] * (cells.MAX_LINKS + 1))
    [row] = cells.read(f'[{{"name": "Ada", "evidence": [{links}]}}]'.encode(), any_columns=False)
    assert row.fault is not None
    assert not row.values


def test_a_gzip_file_of_many_pieces_is_unpacked_or_refused_in_time() -> None:
    large, small = gzip.compress(b"\n" * 31_000_000, compresslevel=1), gzip.compress(b"x", mtime=0)
    began = time.thread_time()
    assert len(cells.inflated(large + small * (cells.MAX_MEMBERS - 1))) == 31_000_000 + cells.MAX_MEMBERS - 1
    with pytest.raises(cells.Unreadable, match="pieces"):
        cells.inflated(large + small * 100_000)
    assert time.thread_time() - began < SECONDS
