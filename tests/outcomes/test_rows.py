"""Imports are validated row by row."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from chalicelib.delivery import mailbox
from chalicelib.errors import Malformed
from chalicelib.outcomes import rows
from chalicelib.outcomes.outcome import Measure, Outcome
from chalicelib.outcomes.rows import RowsRefused

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
GOOD = {"name": "days", "unit": "days", "date": "2026-11-30", "value": "42.5", "email": "Ada@Example.org"}


def test_an_outcome_has_the_hash_of_the_address_only() -> None:
    measures, (outcome,) = rows.parse("acme", [(2, GOOD)], NOW)
    assert measures == {"days": Measure("acme", "days", "days")}
    assert outcome == Outcome("acme", "days", mailbox.digest("ada@example.org"), NOW.date(), 42.5, NOW)
    by_hash = {**GOOD, "email": "", "hash": mailbox.digest("ada@example.org").upper()}
    assert rows.parse("acme", [(2, GOOD), (3, by_hash)], NOW)[1] == [outcome]  # each once


def test_the_documented_hash_of_an_international_domain_is_that_of_its_address() -> None:
    by_address = rows.parse("acme", [(2, {**GOOD, "email": "Ada@bücher.example"})], NOW)
    documented = hashlib.sha256(b"ada@xn--bcher-kva.example").hexdigest()
    assert rows.parse("acme", [(2, {**GOOD, "email": "", "hash": documented})], NOW) == by_address


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"name": "Days to"}, "name"),
        ({"unit": ""}, "unit"),
        ({"unit": "a#b"}, "unit"),
        ({"date": "30.11.2026"}, "date"),
        ({"date": "2026-12-01"}, "date"),
        ({"value": "many"}, "value"),
        ({"value": "nan"}, "value"),
        ({"value": "9999999999999"}, "value"),
        ({"unit": "yes/no", "value": "2"}, "value"),
        ({"email": ""}, "email"),
        ({"email": "ada"}, "email"),
        ({"hash": "0" * 64}, "email"),
        ({"email": "", "hash": "0" * 63}, "hash"),
    ],
    ids=str,
)
def test_an_error_names_its_row_and_column(cells: dict[str, str], column: str) -> None:
    with pytest.raises(RowsRefused) as refused:
        rows.parse("acme", [(2, GOOD), (3, {**GOOD, "date": "2026-11-01", **cells})], NOW)
    assert [(error.row, error.column) for error in refused.value.errors] == [(3, column)]


def test_contradictions_within_an_import_are_errors() -> None:
    for changed, column in (({"value": "1"}, None), ({"unit": "weeks", "date": "2026-11-01"}, "unit")):
        with pytest.raises(RowsRefused) as refused:
            rows.parse("acme", [(2, GOOD), (3, {**GOOD, **changed})], NOW)
        assert [(error.row, error.column) for error in refused.value.errors] == [(3, column)]


def test_yes_and_no_are_one_and_zero() -> None:
    cells = {**GOOD, "unit": "yes/no"}
    _, found = rows.parse(
        "acme", [(2, {**cells, "value": "Yes"}), (3, {**cells, "value": "no", "email": "b@x.example"})], NOW
    )
    assert [each.value for each in found] == [1, 0]


def test_csv_has_a_header_and_any_usual_separator() -> None:
    for separator in ",;\t":
        content = separator.join(GOOD) + "\r\n" + separator.join(GOOD.values()) + "\r\n\r\n"
        assert rows.of_csv(b"\xef\xbb\xbf" + content.encode()) == [(2, GOOD)]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"name,colour\n", "columns"), (b"name,name\n", "columns"), (b"\xff", "not_utf8"), (b'name\n"a', "not_csv"),
     (b" " * 1_000_001, "too_large")],
    ids=["unknown", "twice", "latin", "quote", "large"],
)  # fmt: skip
def test_unreadable_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        rows.of_csv(content)
    assert refused.value.code == code


@pytest.mark.parametrize(("number", "code"), [(0, "no_rows"), (rows.MAX_ROWS + 1, "too_large")], ids=["none", "many"])
def test_imports_are_bounded(number: int, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        rows.parse("acme", [(2, GOOD)] * number, NOW)
    assert refused.value.code == code
