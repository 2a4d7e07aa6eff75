"""Credential lists and searches: exact, paginated, and limited to the issuer."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.award.issuing import search as listing
from chalicelib.award.issuing.search import (
    MAX_ROWS_READ,
    Place,
    Row,
    Search,
    encode_cursor,
    page,
)
from chalicelib.credential.record import State
from chalicelib.errors import Malformed
from tests.examples import examples
from tests.strategies import MOMENTS

START = datetime(2026, 11, 21, 9, tzinfo=UTC)
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def credential_id(number: int) -> str:
    return ALPHABET[number // 1024 % 32] + ALPHABET[number // 32 % 32] + ALPHABET[number % 32] + "a" * 23


def row(number: int, name: str, email: str | None, state: State) -> Row:
    return Row(credential_id(number), "acme", START + timedelta(seconds=number // 3), "one", name, state, email)


@dataclass
class RowStore:
    """The rows of `acme`, newest first."""

    all_rows: list[Row]
    read: int = 0

    def rows(self, issuer_id: str, after: Place | None, limit: int) -> list[Row]:
        assert issuer_id == "acme"
        found = [one for one in self.all_rows if after is None or one.place < after][:limit]
        self.read += len(found)
        return found

    def rows_of_email(self, issuer_id: str, email: str) -> list[Row]:
        return [one for one in self.all_rows if one.email == email]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Ada", "ADA Ö", "Bob"]),
        st.sampled_from([None, "a@x.org", "b@x.org"]),
        st.sampled_from(list(State)),
    ),
    max_size=40,
).map(lambda made: sorted((row(at, *one) for at, one in enumerate(made)), key=lambda one: one.place, reverse=True))
SEARCHES = st.builds(
    Search,
    name=st.sampled_from([None, "ada", "ö", "zzz"]),
    email=st.sampled_from([None, " A@x.org ", "c@x.org"]),
    achievement_id=st.sampled_from([None, "one", "two"]),
    state=st.sampled_from([None, *State]),
    words=st.sampled_from([None, "ADA o", "b@", "zzz"]),
)


@examples(200)
@given(rows=ROWS, search=SEARCHES, limit=st.integers(1, 9))
def test_pages_together_contain_exactly_the_matching_rows(rows: list[Row], search: Search, limit: int) -> None:
    email = search.email.strip().lower() if search.email else None
    expected = [one for one in rows if search.matches(one) and (email is None or one.email == email)]
    found: list[Row] = []
    cursor = None
    for _ in range(50):
        result = page(RowStore(rows), "acme", search, cursor, limit)
        assert len(result.rows) <= limit
        found += result.rows
        cursor = result.next
        if cursor is None:
            break
    assert found == expected


def test_search_scans_a_limited_number_of_rows_and_returns_a_cursor() -> None:
    rows = [row(number, "Bob", None, State.ACTIVE) for number in reversed(range(MAX_ROWS_READ + 700))]
    rows[-1] = row(0, "Ada", None, State.ACTIVE)
    row_store = RowStore(rows)
    first = page(row_store, "acme", Search(name="ada"))
    assert (first.rows, first.next is None) == ((), False)
    assert row_store.read == MAX_ROWS_READ
    second = page(row_store, "acme", Search(name="ada"), first.next)
    assert ([one.holder_name for one in second.rows], second.next) == (["Ada"], None)


def test_page_reads_one_row_more_than_it_returns() -> None:
    row_store = RowStore([row(number, "Bob", None, State.ACTIVE) for number in reversed(range(90))])
    assert len(page(row_store, "acme", Search(), None, 25).rows) == 25
    assert row_store.read == 26


def test_page_size_is_limited() -> None:
    row_store = RowStore([row(number, "Bob", None, State.ACTIVE) for number in reversed(range(300))])
    assert len(page(row_store, "acme", Search(), None, 1_000_000).rows) == listing.MAX_PAGE_SIZE


@given(timestamp=MOMENTS, number=st.integers(0, 9999))
def test_cursor_round_trips(timestamp: datetime, number: int) -> None:
    place = Place(timestamp, credential_id(number))
    assert listing.decode_cursor(encode_cursor(place)) == place


@given(text=st.text(max_size=80) | st.binary(max_size=60).map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_invalid_cursor_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        listing.decode_cursor(text)
    assert caught.value.code == "bad_cursor"


@pytest.mark.parametrize(
    ("words", "name", "email"),
    [
        ("Tomas", "Tomás Ríos", None),
        ("RÍOS", "Tomas Rios", None),
        ("lukasz", "Łukasz Nowak", None),
        ("strasse", "Ada Straße", None),
        ("grace@", "G. Hopper", "grace@example.org"),
        ("Grace@Exa", "G. Hopper", "grace@example.org"),
    ],
)
def test_search_folds_accents_and_case_and_finds_the_start_of_an_address(words: str, name: str, email: str) -> None:
    assert Search(words=words).matches(row(1, name, email, State.ACTIVE))
    assert not Search(words=words).matches(row(1, "Mary Seacole", "amazing.grace@example.org", State.ACTIVE))
    if email is None:
        assert Search(name=words).matches(row(1, name, None, State.ACTIVE))


def test_search_by_end_of_validity_finds_what_has_expired() -> None:
    ends = replace(row(1, "Ada", None, State.ACTIVE), valid_until=START)
    endless = row(2, "Ada", None, State.ACTIVE)
    later = START + timedelta(seconds=1)
    assert [Search(ends_before=at).matches(ends) for at in (START, later)] == [False, True]
    assert [Search(ends_after=at).matches(ends) for at in (START, later)] == [True, False]
    assert (Search(ends_before=later).matches(endless), Search(ends_after=later).matches(endless)) == (False, True)
