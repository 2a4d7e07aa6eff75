"""Status lists of strangers."""

from __future__ import annotations

import pytest

from chalicelib.errors import Unavailable
from chalicelib.net.status_lists import FetchedStatusLists
from tests.net.test_did_web import Pages, soon

URL = "https://good.example/status/1"


def test_a_list_is_brought_as_it_is() -> None:
    fetched = FetchedStatusLists(Pages(**{URL: b"eyJ.eyJ.sig"}), soon()).fetch(URL)
    assert (fetched.url, fetched.body) == (URL, b"eyJ.eyJ.sig")


def test_a_list_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        FetchedStatusLists(Pages(), soon()).fetch(URL)
