"""Results of a search as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from chalicelib.directory.profiles.profile import OpenTo
from chalicelib.directory.reading_limit import PER_NETWORK
from tests.http.directory.test_search import ADA, PAGE, holder, show
from tests.http.fake_laurel import Laurel
from tests.http.gateway import ADDRESS, Gateway, Response


@pytest.fixture(autouse=True)
def people(laurel: Laurel) -> None:
    show(
        laurel,
        holder("a", "Ada Lovelace", "valid", place="Lagos, Nigeria", open_to=(OpenTo.WORK, OpenTo.SPEAKING)),
        holder("b", "=HYPERLINK(1)", headline="+1;-1", place="@lagos"),
    )


def rows(found: Response) -> list[dict[str, str]]:
    assert found.status == 200
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(found.text)))


@pytest.mark.parametrize("chosen", ["parameter", "accept"])
def test_csv_has_the_members_of_the_json(client: Gateway, chosen: str) -> None:
    url = "/v1/directory?q=python"
    found = client.get(f"{url}&format=csv") if chosen == "parameter" else client.get(url, accept="text/csv")
    (item,) = client.get(url).json["items"]
    assert rows(found) == [
        {
            "id": ADA,
            "url": item["url"],
            "name": "Ada Lovelace",
            "headline": "",
            "place": "Lagos, Nigeria",
            "languages": "",
            "open_to": "work; speaking",
            "valid_credentials": "1",
            "newest_issued_at": item["newest_issued_at"],
            "achievements": item["achievements"][0]["name"],
            "issuers": "Fernhill College",
            "skills": "Python; statistics",
            "matches": "skill: Python (exact)",
        }
    ]
    assert found.headers["content-disposition"] == 'attachment; filename="directory.csv"'
    assert found.headers["cache-control"] == "no-store"
    assert "Accept" in found.headers["vary"]


def test_no_cell_is_evaluated_as_a_formula(client: Gateway) -> None:
    (row,) = rows(client.get("/v1/directory?place=lagos&sort=name&format=csv&place=-Nigeria")) or [{}]
    assert (row["name"], row["headline"], row["place"]) == ("'=HYPERLINK(1)", "'+1;'-1", "'@lagos")


def test_the_header_leads_to_the_next_page(client: Gateway) -> None:
    first = client.get("/v1/directory?limit=1&sort=name&format=csv")
    url = first.headers["link"].removesuffix('>; rel="next"').removeprefix("<http://localhost:8000")
    second = client.get(url)
    assert {row["id"] for row in rows(first) + rows(second)} == {ADA, "b" * 26}
    assert "link" not in second.headers


def test_an_export_counts_as_reading(client: Gateway, laurel: Laurel) -> None:
    with laurel.reading_limit.reading(ADDRESS, PER_NETWORK - 3) as reading:
        reading.shown = PER_NETWORK - 3
    assert len(rows(client.get("/v1/directory?format=csv&limit=3"))) == 2
    found = client.get("/v1/directory?format=csv&limit=2")
    assert (found.status, found.json["code"]) == (429, "too_many_requests")


@pytest.mark.parametrize("query", ["format=xml", "format=csv&include=total"], ids=["format", "include"])
def test_what_csv_cannot_contain_is_refused(client: Gateway, query: str) -> None:
    assert client.get(f"/v1/directory?{query}").json["code"] == "invalid_request"


def test_the_page_offers_its_results_as_csv(client: Gateway) -> None:
    page = client.get("/directory?q=ada&place=Nigeria", **PAGE).text
    assert (
        'href="http://localhost:8000/v1/directory?q=ada&amp;place=Nigeria&amp;limit=50&amp;format=csv" download' in page
    )
    assert "format=csv" not in client.get("/directory?q=nobody", **PAGE).text
