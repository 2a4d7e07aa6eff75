"""Searching the directory, as a page and as JSON."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from chalicelib.directory.profiles.profile import Details, OpenTo
from chalicelib.directory.profiles.published import Published
from chalicelib.directory.writing import updates
from tests.http.fake_laurel import NOW, Laurel, id_of
from tests.http.gateway import HTML, Gateway, Response

PAGE = {"accept": HTML}
ADA, BOB = "a" * 26, "b" * 26


def holder(letter: str, name: str, *credentials: str, **details: object) -> Published:
    made = Details(name=name, **details)  # type: ignore[arg-type]
    return Published(letter * 26, made, tuple(map(id_of, credentials)), indexed=False, since=NOW, expires_at=None)


def show(laurel: Laurel, *people: Published) -> None:
    for one in people:
        laurel.profile_store.public[one.holder_id] = one
        laurel.profile_store.recruiters[one.holder_id] = one
    updates.update(laurel.listing_updates, [one.holder_id for one in people])


@pytest.fixture
def people(laurel: Laurel) -> None:
    show(
        laurel,
        holder("a", "Ada Lovelace", "valid", headline="Analyst", place="Lagos, Nigeria", open_to=(OpenTo.WORK,)),
        holder("b", "Bob", "revoked", place="Paris, France", languages=("fr",)),
        holder("c", "<script>alert(1)</script>", place="Lagos, Nigeria"),
    )


def names(found: Response) -> list[str]:
    return [one["stated_by_holder"]["name"] for one in found.json["items"]]


def search(client: Gateway, query: str = "") -> Response:
    return client.get(f"/v1/directory?{query}")


@pytest.mark.usefixtures("people")
def test_people_are_found_with_what_they_state_and_what_is_proven(client: Gateway) -> None:
    found = search(client, "q=python&include=total,facets")
    (item,) = found.json["items"]
    assert (item["id"], item["url"]) == (ADA, f"http://localhost:8000/holders/{ADA}")
    assert item["stated_by_holder"]["headline"] == "Analyst"
    assert (item["valid_credentials"], item["skills"]) == (1, ["Python", "statistics"])
    assert item["matches"] == [{"field": "skill", "value": "Python", "match": "exact"}]
    assert found.json["total"] == {"value": 1, "exact": True, "at_most": 1}
    assert found.json["facets"]["place"]["values"] == [
        {"value": "Lagos, Nigeria", "label": "Lagos, Nigeria", "count": 1}
    ]
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["access-control-allow-origin"] == "*"


@pytest.mark.usefixtures("people")
def test_filters_combine_and_exclude(client: Gateway) -> None:
    assert names(search(client, "place=Nigeria&open_to=work")) == ["Ada Lovelace"]
    assert names(search(client, "language=fr")) == ["Bob"]
    assert len(names(search(client, "place=Nigeria&place=France"))) == 3
    assert names(search(client, "place=-Nigeria")) == ["Bob"]


@pytest.mark.usefixtures("people")
def test_pages_continue_by_cursor_for_the_same_search_only(client: Gateway) -> None:
    first = search(client, "limit=1&sort=name&place=Nigeria").json
    second = client.get(f"/v1/directory?limit=1&sort=name&place=Nigeria&cursor={first['next']}").json
    found = [one["id"] for page in (first, second) for one in page["items"]]
    assert sorted(found) == [ADA, "c" * 26]
    assert second["next"] is None
    other = client.get(f"/v1/directory?place=France&sort=name&cursor={first['next']}")
    assert (other.status, other.json["code"]) == (400, "bad_cursor")
    forged = client.get(f"/v1/directory?limit=1&sort=name&place=Nigeria&cursor={first['next'][:-4]}AAAA")
    assert (forged.status, forged.json["code"]) == (400, "bad_cursor")


@pytest.mark.usefixtures("people")
def test_a_search_reads_the_salt_of_the_day_once(client: Gateway, laurel: Laurel) -> None:
    """To count the network; the cursor is signed with the same."""
    other: list[date] = []
    laurel.__dict__["directory"] = replace(laurel.directory, secret=other.append)
    first = client.get("/v1/directory?limit=1").json
    assert client.get(f"/v1/directory?limit=1&cursor={first['next']}").status == 200
    assert other == []


@pytest.mark.usefixtures("people")
def test_an_old_cursor_is_refused(client: Gateway, laurel: Laurel) -> None:
    first = search(client, "limit=1").json
    laurel.now += timedelta(hours=1)
    assert client.get(f"/v1/directory?limit=1&cursor={first['next']}").json["code"] == "bad_cursor"
    page = client.get(f"/directory?cursor={first['next']}", **PAGE)
    assert page.status == 400
    assert "This page of results has expired. Search again." in page.text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("q=a+b+c+d+e+f+g", "directory_query"),
        ("issued_after=soon", "directory_query"),
        ("sort=age", "directory_query"),
        ("&".join(f"skill={number}" for number in range(11)), "directory_query"),
        ("email=ada@example.org", "invalid_request"),
        ("limit=51", "invalid_request"),
        ("limit=0", "invalid_request"),
        ("include=emails", "invalid_request"),
        ("q=a&q=b", "invalid_request"),
        ("q=" + "a" * 501, "invalid_request"),
    ],
    ids=["words", "month", "sort", "values", "unknown", "limit", "zero", "include", "twice", "long"],
)
def test_searches_beyond_the_limits_are_refused(client: Gateway, query: str, code: str) -> None:
    found = search(client, query)
    assert (found.status, found.json["code"]) == (400, code)


@pytest.mark.usefixtures("people")
def test_a_revoked_credential_proves_nothing_before_the_index_knows(client: Gateway, laurel: Laurel) -> None:
    records = laurel.issuer_store._records
    records[id_of("valid")] = replace(records[id_of("valid")], taken_down=NOW)
    assert names(search(client, "q=python")) == []
    (item,) = search(client, "q=ada").json["items"]
    assert (item["valid_credentials"], item["skills"], item["issuers"]) == (0, [], [])


@pytest.mark.usefixtures("people")
def test_who_withdraws_is_gone_before_the_index_knows(client: Gateway, laurel: Laurel) -> None:
    del laurel.profile_store.public[ADA]
    assert "Ada" not in search(client, "q=ada").text
    assert "Ada Lovelace" not in client.get("/directory?q=ada", **PAGE).text


@pytest.mark.usefixtures("people")
def test_values_are_suggested_and_people_are_not(client: Gateway) -> None:
    found = client.get("/v1/directory/suggest?q=pyt").json["items"]
    assert found == [{"kind": "skill", "value": "python", "label": "Python"}]
    assert client.get("/v1/directory/suggest?q=ada").json["items"] == []
    assert client.get("/v1/directory/suggest").json["items"] == []


@pytest.mark.usefixtures("people")
def test_a_part_of_a_skill_suggests_the_whole_skill(client: Gateway) -> None:
    page = client.get("/directory?skill=pyt", **PAGE).text
    assert "Did you mean one of these?" in page
    assert 'href="http://localhost:8000/directory?skill=python">Skill: <bdi>Python</bdi>' in page
    assert "use the search box" in client.get("/directory?skill=zymurgy", **PAGE).text


@pytest.mark.usefixtures("people")
def test_the_page_shows_cards_filters_and_why(client: Gateway) -> None:
    page = client.get("/directory?q=python", **PAGE)
    assert page.status == 200
    assert "<bdi>Ada Lovelace</bdi>" in page.text
    assert "1 valid credential from a proven issuer<" in page.text
    assert "Skill: <bdi>Python</bdi>" in page.text
    assert 'name="place" value="Lagos, Nigeria"' in page.text
    assert "1 person" in page.text
    assert page.headers["x-robots-tag"] == "noindex"


def test_a_card_does_not_call_credentials_of_issuers_that_are_not_proven_invalid(
    laurel: Laurel, client: Gateway
) -> None:
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store._issuers["fernhill"] = replace(issuer, registered_as=None, domains=())
    show(laurel, holder("a", "Ada Lovelace", "valid"))
    assert "Each is genuine and valid." in client.get(f"/holders/{ADA}", **PAGE).text
    page = client.get("/directory?q=ada", **PAGE).text
    assert "No valid credentials<" not in page
    assert "No valid credentials from proven issuers<" in page


@pytest.mark.usefixtures("people")
def test_what_people_write_is_text(client: Gateway) -> None:
    page = client.get("/directory", **PAGE)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    searched = client.get("/directory?q=%22%3E%3Cscript%3E&place=%22%3E%3Cscript%3E", **PAGE)
    assert "<script>" not in searched.text


@pytest.mark.usefixtures("people")
def test_chosen_filters_stay_chosen_and_empty_fields_are_ignored(client: Gateway) -> None:
    page = client.get("/directory?q=&issued_after=&sort=&place=Atlantis&skill=python", **PAGE)
    assert page.status == 200
    assert 'name="place" value="Atlantis" checked' in page.text
    assert "No one matches this search." in page.text


@pytest.mark.usefixtures("people")
def test_chosen_filters_are_listed_and_can_be_removed_while_all_filters_stay_closed(client: Gateway) -> None:
    page = client.get("/directory?q=ada&place=Lagos&skill=python&sort=name", **PAGE).text
    assert "Filters (3)" in page
    assert '<details class="fold" open' not in page
    chosen = page.split('<ul class="chosen"')[1].split("</ul>")[0]
    links = re.findall(r'href="http://localhost:8000([^"]+)".*?: <bdi>(.*?)</bdi>', chosen)
    assert links == [
        ("/directory?q=ada&amp;skill=python&amp;sort=name", "Lagos"),
        ("/directory?q=ada&amp;place=Lagos&amp;sort=name", "Python"),
        ("/directory?q=ada&amp;place=Lagos&amp;skill=python", "Name"),
    ]
    assert '<ul class="chosen"' not in client.get("/directory?q=ada", **PAGE).text


def test_the_next_page_keeps_the_search(client: Gateway, laurel: Laurel) -> None:
    show(laurel, *(holder(chr(ord("d") + number), f"Holder {number}", place="Lagos") for number in range(12)))
    page = client.get("/directory?place=Lagos&sort=name", **PAGE).text
    following = page.split('rel="nofollow next" href="')[1].split('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(following).query)
    assert (asked["place"], asked["sort"], list(asked)[-1]) == (["Lagos"], ["name"], "cursor")
    second = client.get(following.removeprefix("http://localhost:8000"), **PAGE)
    assert second.text.count("<h3>") == 2
    assert "Next page" not in second.text


def test_an_empty_directory_says_so(client: Gateway) -> None:
    page = client.get("/directory", **PAGE)
    assert page.status == 200
    assert "No one is in the directory yet." in page.text
    assert search(client).json["items"] == []


def test_a_refused_search_keeps_its_form(client: Gateway) -> None:
    page = client.get("/directory?q=a+b+c+d+e+f+g", **PAGE)
    assert page.status == 400
    assert "A search can contain at most 6 words." in page.text
    assert 'value="a b c d e f g"' in page.text


def test_the_home_page_leads_to_the_directory(client: Gateway) -> None:
    assert 'href="http://localhost:8000/directory"' in client.get("/", **PAGE).text


@pytest.mark.usefixtures("people")
def test_the_page_in_another_language_keeps_the_search(client: Gateway) -> None:
    page = client.get("/directory?q=python&place=Nigeria&lang=de", **PAGE)
    assert 'name="lang" value="de"' in page.text
    assert "?q=python&amp;place=Nigeria&amp;lang=fr" in page.text


@pytest.mark.usefixtures("people")
def test_a_place_typed_as_a_word_is_offered_as_a_filter(client: Gateway) -> None:
    page = client.get("/directory?q=python+Lagos", headers=PAGE)
    assert "No one matches this search." in page.text
    assert "/directory?q=python&amp;place=lagos" in page.text


@pytest.mark.usefixtures("people")
def test_a_filter_that_finds_no_one_is_not_offered(client: Gateway) -> None:
    page = client.get("/directory?q=welding+Lagos", headers=PAGE)
    assert "No one matches this search." in page.text
    assert "place=lagos" not in page.text


@pytest.mark.usefixtures("people")
def test_the_form_takes_places_and_skills_that_it_does_not_list(client: Gateway) -> None:
    page = client.get("/directory?place=Lagos,+Nigeria&place=Paris,+France", headers=PAGE)
    assert "2 people" in page.text or "3 people" in page.text
    assert 'id="place-other" name="place"' in page.text


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("typed", "complete"), [("dat", False), ("data", True), ("d", False), ("", True), ("分", True)]
)
def test_a_short_last_word_is_not_called_a_complete_search(client: Gateway, typed: str, complete: bool) -> None:
    assert client.get(f"/v1/directory?q={quote(typed)}").json["complete"] is complete


def test_a_search_that_is_too_long_says_so(client: Gateway) -> None:
    assert "at most 200 characters" in client.get(f"/v1/directory?q={'a' * 201}").json["detail"]
