"""The directory cannot be copied: the daily limit of a network, decoys, and ids that cannot be guessed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.directory.reading_limit import OTHER_SITES, PER_NETWORK, SUSPECTED
from tests.http import gateway
from tests.http.directory.test_search import PAGE, holder, show
from tests.http.fake_laurel import NOW, Laurel
from tests.http.gateway import ADDRESS, Gateway

READ_ENOUGH = "Your network has reached today’s limit for reading the directory"


@pytest.fixture(autouse=True)
def people(laurel: Laurel) -> None:
    show(laurel, *(holder(letter, f"Holder {letter}") for letter in "abcdefghijkl"))


def use_up(laurel: Laurel, left: int) -> None:
    with laurel.reading_limit.reading(ADDRESS, PER_NETWORK - left) as reading:
        reading.shown = PER_NETWORK - left


def decoy(client: Gateway) -> str:
    page = client.get("/directory", **PAGE).text
    (found,) = re.findall(
        r'<p hidden><a rel="nofollow" href="http://localhost:8000(/directory/listings/[a-z2-7]{26})"', page
    )
    return str(found)


def test_page_api_and_suggestions_count_together(client: Gateway, laurel: Laurel) -> None:
    use_up(laurel, left=34)
    assert client.get("/directory", **PAGE).text.count("<h3>") == 10
    assert len(client.get("/v1/directory?limit=12").json["items"]) == 12
    assert client.get("/v1/directory/suggest?q=py").status == 200
    assert client.get("/v1/directory?limit=11").json["items"] != []
    assert client.get("/v1/directory?limit=1").status == 429
    assert client.get("/v1/directory/suggest?q=py").status == 429


@pytest.mark.parametrize(("mode", "dest"), [("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe")])
def test_another_site_cannot_use_up_what_its_visitors_may_read(
    client: Gateway, laurel: Laurel, mode: str, dest: str
) -> None:
    embedded = {"sec_fetch_site": "cross-site", "sec_fetch_mode": mode, "sec_fetch_dest": dest}
    with laurel.reading_limit.reading(ADDRESS, PER_NETWORK // OTHER_SITES, by_other_site=True) as reading:
        reading.shown = PER_NETWORK // OTHER_SITES
    assert client.get("/v1/directory?limit=10", **embedded).status == 429
    followed = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert client.get("/directory", **PAGE, **followed).status == 200
    assert client.get("/v1/directory?limit=10").status == 200


def test_the_api_says_when_to_continue(client: Gateway, laurel: Laurel) -> None:
    use_up(laurel, left=0)
    found = client.get("/v1/directory?limit=1")
    assert (found.status, found.json["code"], found.headers["retry-after"]) == (429, "too_many_requests", "43200")
    assert found.headers["content-type"].startswith("application/problem+json")
    laurel.now += timedelta(hours=12)
    assert client.get("/v1/directory?limit=1").status == 200


def test_the_page_keeps_the_search_and_says_when_to_continue(client: Gateway, laurel: Laurel) -> None:
    use_up(laurel, left=0)
    found = client.get("/directory?q=holder", **PAGE)
    assert (found.status, found.headers["retry-after"]) == (429, "43200")
    assert READ_ENOUGH in found.text
    assert 'value="holder"' in found.text
    assert "/directory/listings/" not in found.text


def test_a_search_that_is_refused_or_finds_no_one_does_not_count(client: Gateway, laurel: Laurel) -> None:
    use_up(laurel, left=20)
    for query in ("q=nobody", "q=a+b+c+d+e+f+g", "cursor=forged", "limit=51"):
        client.get(f"/v1/directory?{query}")
    assert client.get("/v1/directory").status == 200


def test_a_program_that_opens_a_hidden_link_is_limited_for_the_day(client: Gateway, laurel: Laurel) -> None:
    found = client.get(decoy(client), **PAGE)
    assert found.status == 404
    assert "Laurel hides this link from people" in found.text
    shown = sum(len(client.get("/v1/directory?limit=5").json.get("items", ())) for _ in range(50))
    assert shown == SUSPECTED - 10  # the page with the link
    laurel.now += timedelta(days=1)
    assert client.get("/v1/directory").status == 200


def test_hidden_links_are_for_programs_that_do_not_obey(client: Gateway) -> None:
    """Neither people and screen readers (`hidden`) nor search engines (`nofollow`, robots.txt) open one."""
    path = decoy(client)
    assert f"Disallow: {path.rpartition('/')[0]}/\n" in client.get("/robots.txt").text
    assert path not in client.get("/v1/directory").text


def test_a_browser_that_loads_links_ahead_is_not_limited(client: Gateway, laurel: Laurel) -> None:
    client.get(decoy(client), sec_purpose="prefetch")
    for _ in range(SUSPECTED):
        laurel.now += timedelta(seconds=1)  # the limit on searches
        assert client.get("/v1/directory?limit=12").status == 200


def test_a_decoy_of_another_network_does_nothing(
    client: Gateway, laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = decoy(client)
    answer = client.get(path)
    monkeypatch.setattr(gateway, "ADDRESS", "198.51.100.1")
    assert decoy(client) != path
    found = client.get(path)
    assert (found.status, found.body) == (answer.status, answer.body)
    for _ in range(SUSPECTED):
        laurel.now += timedelta(seconds=1)
        assert client.get("/v1/directory?limit=12").status == 200


@pytest.mark.parametrize("path", ["/holders/{}", "/holders/{}/embed", "/embed/holders/{}"])
@pytest.mark.parametrize("headers", [{}, PAGE], ids=["program", "person"])
def test_hidden_and_absent_people_cannot_be_told_apart(
    client: Gateway, laurel: Laurel, path: str, headers: dict[str, str]
) -> None:
    store = laurel.profile_store
    expired = replace(store.public["a" * 26], expires_at=NOW)
    store.public = {expired.holder_id: expired}
    unpublished, absent = "b" * 26, "7" * 26
    found = [client.get(path.format(one), **headers) for one in (expired.holder_id, unpublished, absent)]
    assert {one.status for one in found} == {410}
    bodies = {
        one.body.replace(holder_id.encode(), b"")
        for one, holder_id in zip(found, ("a" * 26, "b" * 26, absent), strict=True)
    }
    assert len(bodies) == 1
    assert len({tuple(sorted(one.headers.items())) for one in found}) == 1
