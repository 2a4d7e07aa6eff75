"""What one search may cost, and how much of the directory it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.directory.index import bits
from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.query.budget import HARD_CAP
from chalicelib.directory.query.query import FilterKind, Order, read_query
from chalicelib.directory.search import MAX_DEPTH, MAX_PAGE, SearchRequest, search
from chalicelib.errors import Refused
from tests.directory import makers

SKILLS = tuple(f"Skill {letter}" for letter in "abcdefghij")


def crowd(count: int, spread: int = 1) -> dict[int, Listing]:
    plain = Listing("", 1, makers.NOW, "Maria Jansen", credentials=1, issued_at=makers.NOW)
    plain = replace(plain, achievements=(Named("welding", "Welder"),), place="Rotterdam, Netherlands")
    return {
        number * spread: replace(
            plain,
            id=f"holder-{number}",
            recent_at=makers.NOW + timedelta(seconds=number),
            skills=(SKILLS[number % 10],),
            languages=("en",) if number % 2 else ("nl",),
        )
        for number in range(count)
    }


@pytest.mark.slow
@pytest.mark.parametrize("order", Order)
def test_no_page_costs_more_than_the_hard_cap(order: Order) -> None:
    """The most expensive query that is allowed, in a directory of 100 blocks."""
    index = makers.indexed(crowd(1_000, spread=bits.BLOCK // 10))
    filters = [("skill", skill) for skill in SKILLS] + [("achievement", f"none-{number}") for number in range(9)]
    filters += [("achievement", "welding"), ("place", "Netherlands"), ("language", "en"), ("open_to", "-work")]
    query = read_query("jansne jansenn maira jansen maria mar", filters, order)
    cursor, found = None, []
    for _ in range(200):
        page = search(SearchRequest(query, cursor, limit=MAX_PAGE), makers.ports(index), makers.NOW)
        assert page.units <= HARD_CAP
        found += page.hits
        cursor = page.next
        if cursor is None:
            break
    assert len(found) == len({hit.listing.id for hit in found}) > 0


def test_one_search_shows_a_limited_part_of_the_directory() -> None:
    index = makers.indexed(crowd(MAX_DEPTH + 200))
    query, cursor, seen = read_query("", []), None, 0
    while True:
        page = search(SearchRequest(query, cursor, limit=1_000), makers.ports(index), makers.NOW)
        seen += len(page.hits)
        cursor = page.next
        if cursor is None:
            break
    assert seen == MAX_DEPTH


@pytest.mark.slow
def test_estimated_facets_are_marked_and_close() -> None:
    index = makers.indexed(crowd(5_000))
    request = SearchRequest(read_query("", []), total=True, facets=True)
    page = search(request, makers.ports(index), makers.NOW)
    assert page.total is not None
    assert page.facets is not None
    assert (page.total.value, page.total.exact) == (5_000, True)
    assert not page.facets.exact
    assert page.units <= 140
    for one in page.facets.values[FilterKind.LANGUAGE]:
        assert abs(one.count - 2_500) <= page.facets.within
    again = search(request, makers.ports(index), makers.NOW)
    assert again.facets == page.facets


@pytest.mark.parametrize(
    ("typed", "filters", "order"),
    [
        ("a b c d e f g", [], None),
        ("x" * 201, [], None),
        ("", [("salary", "much")], None),
        ("", [("skill", "")], None),
        ("", [("skill", "!!")], None),
        ("", [("skill", f"s{number}") for number in range(11)], None),
        ("", [(kind, "x") for kind in ("skill", "achievement", "issuer", "place", "language", "open_to")], None),
        ("", [("open_to", "working")], None),
        ("", [("issued_after", "2026-13")], None),
        ("", [("issued_after", "-2026-03")], None),
        ("", [("issued_after", "2026-03"), ("issued_after", "2026-04")], None),
        ("", [], "salary"),
    ],
)
def test_a_query_beyond_the_limits_is_refused(typed: str, filters: list[tuple[str, str]], order: str | None) -> None:
    with pytest.raises(Refused):
        read_query(typed, filters, order)


def test_a_holder_who_was_delisted_a_moment_ago_is_in_no_result() -> None:
    """The card is gone first, the index follows."""
    index = makers.indexed(crowd(3))
    del index.of("g1").cards[1]
    page = search(SearchRequest(read_query("jansen", []), limit=2), makers.ports(index), makers.NOW)
    assert [hit.listing.id for hit in page.hits] == ["holder-2", "holder-0"]
