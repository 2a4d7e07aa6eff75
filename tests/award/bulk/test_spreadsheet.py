"""Limits on the time to parse hostile uploads."""

from __future__ import annotations

import gzip
import time

import pytest

from chalicelib.award.bulk import spreadsheet, spreadsheet_json
from chalicelib.award.bulk.columns import Unreadable
from chalicelib.errors import Malformed

SECONDS = 5.0
"""A generous limit: linear parsing takes hundredths of a second, quadratic parsing takes minutes."""


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
def test_list_line_is_parsed_in_linear_time(line: bytes) -> None:
    began = time.thread_time()
    found = list(spreadsheet.read(b"Ada Nwosu <ada@example.org>\n" + line, any_columns=False))
    assert time.thread_time() - began < SECONDS
    assert found[0].values == {"name": "Ada Nwosu", "email": "ada@example.org"}
    assert found[-1].row_error or found[-1].other_line


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
def test_name_precedes_its_address_in_copied_recipients(line: str, name: str) -> None:
    content = f"Ben Ode <ben@example.org>\n{line}".encode()
    found = list(spreadsheet.read(content, any_columns=False))
    assert [each.row_error for each in found] == [None, None]
    assert str(found[1].values["name"]).strip() == name
    assert found[1].values["email"] == "ada@example.org"


def test_long_evidence_list_is_refused_before_parsing_it() -> None:
    links = ",".join(['"https://e.example/"'] * (spreadsheet_json.MAX_LINKS + 1))
    [row] = spreadsheet.read(f'[{{"name": "Ada", "evidence": [{links}]}}]'.encode(), any_columns=False)
    assert row.row_error is not None
    assert row.values == {"name": "Ada"}  # so that the row can be told apart and corrected


@pytest.mark.slow
def test_gzip_with_many_members_is_bounded_in_time() -> None:
    large, small = gzip.compress(b"\n" * 31_000_000, compresslevel=1), gzip.compress(b"x", mtime=0)
    began = time.thread_time()
    assert (
        len(spreadsheet.inflated(large + small * (spreadsheet.MAX_MEMBERS - 1)))
        == 31_000_000 + spreadsheet.MAX_MEMBERS - 1
    )
    with pytest.raises(Unreadable, match="members"):
        spreadsheet.inflated(large + small * 100_000)
    assert time.thread_time() - began < SECONDS


IDLE = 2.5
"""Limit in seconds for a full upload without holders. It needs some tenths; earlier parsers took 3 to 15."""
ADA = (b"name,email\nAda,ada@example.org\n", b"Ada, ada@example.org\n", b'{"name": "Ada"}\n')


def full(head: bytes, filling: bytes, tail: bytes = b"") -> bytes:
    """Repeat ``filling`` up to the largest upload, between ``head`` and ``tail``."""
    return head + filling * ((spreadsheet.MAX_INFLATED - len(head) - len(tail)) // len(filling)) + tail


@pytest.mark.slow
@pytest.mark.parametrize(
    ("head", "filling"),
    [
        (ADA[0], b"\n"),
        (ADA[0], b"\r"),
        (ADA[0], b",,,,,,,\n"),
        (ADA[0], b'"' + b"\n" * 1_000 + b'",'),
        (ADA[1], b"\n"),
        (ADA[2], b" \n"),
    ],
)
def test_too_many_blank_lines_are_refused_in_time(head: bytes, filling: bytes) -> None:
    content = full(head, filling)
    began = time.thread_time()
    with pytest.raises(Malformed, match="1,048,576 lines") as refused:
        list(spreadsheet.read(content, any_columns=False))
    assert time.thread_time() - began < IDLE
    assert refused.value.code == "too_large"


@pytest.mark.slow
@pytest.mark.parametrize("head", ADA)
def test_blank_lines_of_a_full_spreadsheet_are_skipped(head: bytes) -> None:
    blank = b"\n" * (spreadsheet.MAX_LINES - head.count(b"\n"))
    [row] = spreadsheet.read(head + blank, any_columns=False)
    assert row.values["name"] == "Ada"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("head", "filling", "code"),
    [
        (b'[{"name": [', b"[],", "not_json"),
        (b'[{"name": [', b"{},", "not_json"),
        (b'{"name": [', b"{},", "too_large"),
        (ADA[0], b",", "too_large"),
        (b"[", b'{"name": "a", "x": [' + b"{}," * 200 + b"0]},", "too_large"),
    ],
)
def test_overlong_content_outside_rows_is_not_read_to_the_end(head: bytes, filling: bytes, code: str) -> None:
    content = full(head, filling)
    began = time.thread_time()
    with pytest.raises(Malformed) as refused:
        list(spreadsheet.read(content, any_columns=True))
    assert time.thread_time() - began < IDLE
    assert refused.value.code == code


def test_json_items_with_too_many_member_names_are_refused() -> None:
    items = b",".join(b'{"name": "a", "%x": 0}' % each for each in range(spreadsheet_json.MAX_NAMES + 1))
    with pytest.raises(Unreadable, match="different members") as refused:
        list(spreadsheet.read(b"[" + items + b"]", any_columns=True))
    assert refused.value.code == "columns"


def test_white_space_between_json_items_is_cheap() -> None:
    content = full(b'[{"name": "Ada"}', b" ", b', {"name": "Ben"}]')
    began = time.thread_time()
    [first, second] = spreadsheet.read(content, any_columns=False)
    assert time.thread_time() - began < IDLE
    assert (first.values, second.values) == ({"name": "Ada"}, {"name": "Ben"})


@pytest.mark.parametrize("length", [4_000, 4_096, 5_000, 262_000])
def test_long_json_item_is_parsed_completely(length: int) -> None:
    name = "a" * length
    for content in (f'[{{"name": "{name}"}}, {{"name": "Ben"}}]', f'{{"name": "{name}"}}\n{{"name": "Ben"}}'):
        found = [each.values["name"] for each in spreadsheet.read(content.encode(), any_columns=False)]
        assert found == [name, "Ben"]


def test_list_line_without_address_is_a_row_error() -> None:
    content = full(ADA[1], b"a@ ")
    began = time.thread_time()
    rows = list(spreadsheet.read(content, any_columns=False))
    assert time.thread_time() - began < IDLE
    assert [bool(row.other_line) for row in rows] == [False, True]
