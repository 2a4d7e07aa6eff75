"""Fetch status lists of other issuers."""

from __future__ import annotations

import pytest

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.budget import FetchBudget
from chalicelib.net.fetching.request_fetcher import RequestFetcher
from chalicelib.net.status_lists import FetchedStatusLists
from chalicelib.verify.ports import Fetched
from tests.net.conftest import NOW
from tests.net.test_did_web import Pages, soon

URL = "https://good.example/status/1"


def test_a_list_is_returned_unchanged() -> None:
    fetched = FetchedStatusLists(Pages(**{URL: b"eyJ.eyJ.sig"}), soon()).fetch(URL)
    assert (fetched.url, fetched.body) == (URL, b"eyJ.eyJ.sig")


def test_a_list_is_read_again_on_request() -> None:
    """What was fetched for this request is not fetched twice, but a copy from the cache is."""
    cached = [True]

    class Cache:
        def get(self, url: str, *, fresh: bool = False, **_options: object) -> Fetched:
            fetches.append(fresh)
            return Fetched(url, b"new" if fresh else b"old", NOW, cached=cached[0] and not fresh)

    for cached[0], expected in ((True, [False, True]), (False, [False])):
        fetches: list[bool] = []
        lists = FetchedStatusLists(RequestFetcher(Cache(), FetchBudget()), soon())
        assert lists.fetch(URL).body == b"old"
        assert [lists.fetch_again(URL).body, lists.fetch_again(URL).body] == [b"new" if cached[0] else b"old"] * 2
        assert fetches == expected


def test_a_missing_list_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        FetchedStatusLists(Pages(), soon()).fetch(URL)
