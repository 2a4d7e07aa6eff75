"""Fetch status lists of other issuers."""

from __future__ import annotations

import pytest

from chalicelib.errors import Unavailable
from chalicelib.net.status_lists import FetchedStatusLists
from tests.net.test_did_web import Pages, soon

URL = "https://good.example/status/1"


def test_a_list_is_returned_unchanged() -> None:
    fetched = FetchedStatusLists(Pages(**{URL: b"eyJ.eyJ.sig"}), soon()).fetch(URL)
    assert (fetched.url, fetched.body) == (URL, b"eyJ.eyJ.sig")


def test_a_missing_list_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        FetchedStatusLists(Pages(), soon()).fetch(URL)
