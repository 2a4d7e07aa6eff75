"""Rows written as an upload again."""

from __future__ import annotations

from chalicelib.award.bulk import row_output, upload

MAX_PAGE_SIZE = 100_000


def again(content: str) -> str:
    return row_output.as_csv(upload.read(content.encode()), MAX_PAGE_SIZE)[0]


def test_rows_keep_every_value_when_they_are_written_and_read_again() -> None:
    content = (
        "name,email,did,valid_from,valid_until,evidence,zone,lang,ref\n"
        '"Hopper, Grace",g@x.org,did:key:z6Mk,2026-01-01,2027-12-31,https://e.example/1 https://e.example/2,'
        "Europe/Berlin,ja,7\n"
        "Ada,,,2026-01-01T09:00:00Z,,,,,\n"
    )
    assert again(content) == content


def test_cell_that_cannot_be_parsed_is_written_as_it_was_sent() -> None:
    content = "name,email,valid_until\nAda,a@@,31.12.2027\n"
    assert again(content) == content
    long = "x" * 3000
    [row] = upload.read(again(f"name,email,ref\nAda,,{long}\n").encode())
    assert [(one.column, one.code) for one in row.row_errors] == [("ref", "too_long")]


def test_only_columns_in_use_are_written() -> None:
    assert again("Ada Lovelace\n") == "name,email\nAda Lovelace,\n"


def test_size_is_limited_to_whole_rows() -> None:
    rows = upload.read(b"name\n" + b"Ada Lovelace\n" * 100)
    text, written = row_output.as_csv(rows, 300)
    assert text.count("\n") == written + 1
    assert 0 < written < 100
