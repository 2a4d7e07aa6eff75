"""Cursors cannot be made, changed, used for another query, or kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.directory.query import cursor
from chalicelib.directory.query.cursor import Position
from chalicelib.directory.query.query import read_query
from chalicelib.errors import Refused
from tests.directory import makers

QUERY = read_query("maria", [("skill", "Python")])
POSITION = Position("g1", 2, 70_000, "maria-山田", 40)


def written() -> str:
    made = cursor.write(POSITION, QUERY, makers.NOW, makers.secret)
    assert made is not None
    return made


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert cursor.read(written(), QUERY, makers.NOW + cursor.LIFETIME / 2, makers.secret) == POSITION


@given(st.integers(0, 400), st.sampled_from("AB_-"))
def test_a_changed_cursor_is_refused(at: int, character: str) -> None:
    made = written()
    changed = made[: at % len(made)] + character + made[at % len(made) + 1 :]
    if changed != made:
        with pytest.raises(Refused):
            cursor.read(changed, QUERY, makers.NOW, makers.secret)


@given(st.text() | st.binary().map(cursor._text))
def test_anything_else_is_refused(made: str) -> None:
    with pytest.raises(Refused):
        cursor.read(made, QUERY, makers.NOW, makers.secret)


def test_a_cursor_of_another_query_or_order_is_refused() -> None:
    for other in (read_query("maria", []), read_query("maria", [("skill", "Python")], "name")):
        with pytest.raises(Refused):
            cursor.read(written(), other, makers.NOW, makers.secret)


def test_an_expired_cursor_is_refused() -> None:
    with pytest.raises(Refused):
        cursor.read(written(), QUERY, makers.NOW + cursor.LIFETIME, makers.secret)


def test_a_cursor_of_another_deployment_is_refused() -> None:
    with pytest.raises(Refused):
        cursor.read(written(), QUERY, makers.NOW, lambda day: b"another secret")


def test_a_cursor_whose_secret_is_gone_is_refused() -> None:
    def gone(day: date) -> None:
        return None

    assert cursor.write(POSITION, QUERY, makers.NOW, gone) is None
    with pytest.raises(Refused):
        cursor.read(written(), QUERY, makers.NOW, gone)


def test_a_cursor_works_across_midnight() -> None:
    late = makers.NOW.replace(hour=23, minute=59)
    made = cursor.write(POSITION, QUERY, late, makers.secret)
    assert made is not None
    assert cursor.read(made, QUERY, late + timedelta(minutes=5), makers.secret) == POSITION
