"""Searches give exactly what comparing every listing gives: set, order, totals, facets, and pages without gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, given

from chalicelib.directory.index import bits, pieces
from chalicelib.directory.listing import Listing
from chalicelib.directory.query import by_name, pages
from chalicelib.directory.query.query import Query
from chalicelib.directory.search import Page, SearchRequest, search
from tests.directory import makers, oracle
from tests.examples import examples
from tests.fake_directory import DirectoryIndex
from tests.size import sized

MANY = examples(sized(full=400, usual=80), suppress_health_check=list(HealthCheck))
"""2,400 in all six forms of `storage` in `make test-full`, and 480 in `make test`."""


def pages_of(query: Query, index: DirectoryIndex, limit: int) -> Iterator[Page]:
    cursor = None
    for _ in range(500):
        page = search(SearchRequest(query, cursor, limit), makers.ports(index), makers.NOW)
        yield page
        cursor = page.next
        if cursor is None:
            return
    raise AssertionError("the pages do not end")


def ids(page: Page) -> list[str]:
    return [hit.listing.id for hit in page.hits]


def check(directory: Mapping[int, Listing], query: Query, limit: int, buffered: int = 0) -> None:
    index = makers.indexed(directory, buffered=buffered)
    expected = oracle.search(query, directory)
    whole = search(SearchRequest(query, None, 50, total=True, facets=True), makers.ports(index), makers.NOW)
    assert whole.total is not None
    assert whole.facets is not None
    if whole.total.exact:
        assert (whole.total.value, whole.total.at_most) == (len(expected), len(expected))
    else:
        assert whole.total.value <= len(expected) <= whole.total.at_most
    by_id = {listing.id: listing for listing in directory.values()}
    if whole.facets.exact:
        for kind, values in whole.facets.values.items():
            counted = oracle.facet(kind, [by_id[one] for one in expected])
            assert {one.value: one.count for one in values} == counted
    assert [one for page in pages_of(query, index, limit) for one in ids(page)] == expected
    if whole.next is None:
        assert ids(whole) == expected
    else:
        assert ids(whole) == expected[: len(whole.hits)]


@pytest.fixture(params=["as stored", "split", "dense", "walked", "poor", "buffered"])
def storage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The forms of the index that large directories have, and the limits that they reach. Returns how many listings
    are in the write buffer."""
    if request.param != "as stored":
        monkeypatch.setattr(pieces, "MAX_WHOLE", 2)
    if request.param == "dense":
        monkeypatch.setattr(bits, "DENSE", 2)
    if request.param in ("walked", "poor"):
        monkeypatch.setattr(by_name, "MAX_SORTED", 1)
        monkeypatch.setattr(pages, "MAX_SORTED", 1)
        monkeypatch.setattr(by_name, "_STEP", 3)
    if request.param == "poor":
        monkeypatch.setattr(pages, "INDEX_UNITS", 4)
    return 5 if request.param == "buffered" else 0


@MANY
@given(case=makers.cases())
def test_a_search_finds_what_comparing_every_listing_finds(
    storage: int, case: tuple[Mapping[int, Listing], Query, int]
) -> None:
    check(*case, buffered=storage)
