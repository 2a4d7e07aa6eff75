"""The sitemap lists who may be listed, and nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from chalicelib.directory.profiles.profile import Details
from chalicelib.directory.profiles.published import Published
from chalicelib.http.directory.sitemap import SECONDS
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import Gateway

LISTED, UNLISTED = "b" + "a" * 25, "b" + "c" * 25


def locations(client: Gateway, path: str) -> list[str]:
    response = client.get(path)
    assert (response.status, response.headers["content-type"]) == (200, "application/xml")
    assert response.headers["cache-control"] == "public, max-age=1800"
    root = ET.fromstring(response.text)  # noqa: S314 - our own document
    return [str(each.text) for each in root.iter() if each.tag.endswith("loc")]


@pytest.fixture
def holders(laurel: Laurel) -> None:
    for holder_id, indexed in ((LISTED, True), (UNLISTED, False)):
        ends = laurel.now + timedelta(days=9)
        laurel.profile_store.public[holder_id] = Published(
            holder_id, Details("Ada"), (), indexed=indexed, since=laurel.now, expires_at=ends
        )


def test_robots_names_the_sitemap_and_keeps_private_pages_out(client: Gateway) -> None:
    text = client.get("/robots.txt").text
    assert f"Sitemap: {BASE_URL}/sitemap.xml" in text
    for path in ("/my/", "/console", "/mail/"):
        assert f"Disallow: {path}\n" in text
    assert "Disallow: /c/" not in text


def test_only_holders_who_allow_search_engines_are_listed(client: Gateway, laurel: Laurel, holders: None) -> None:
    assert locations(client, "/sitemaps/holders-b.xml") == [f"{BASE_URL}/holders/{LISTED}"]
    assert locations(client, "/sitemaps/holders-c.xml") == []


def test_withdrawn_or_expired_profile_is_not_listed(client: Gateway, laurel: Laurel, holders: None) -> None:
    laurel.now += timedelta(days=10)
    assert locations(client, "/sitemaps/holders-b.xml") == []


def test_identified_issuers_are_listed_with_what_they_offer(client: Gateway, laurel: Laurel) -> None:
    found = locations(client, "/sitemaps/issuers.xml")
    named = {re.sub(r"/[^/]+$", "", url.removeprefix(BASE_URL)) for url in found}
    assert f"{BASE_URL}/issuers/fernhill" in found
    assert named == {"/issuers", "/achievements"}
    for issuer in laurel.issuer_store.issuers():
        assert (f"{BASE_URL}/issuers/{issuer.id}" in found) == issuer.identified(laurel.now)


def test_index_names_every_file_and_each_can_be_read(client: Gateway, laurel: Laurel) -> None:
    files = locations(client, "/sitemap.xml")
    assert len(files) == 32 + 1
    for url in files:
        locations(client, url.removeprefix(BASE_URL))


def test_issuers_are_in_pages(client: Gateway, laurel: Laurel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.http.directory.sitemap.ISSUERS", 1)
    files = [url for url in locations(client, "/sitemap.xml") if "issuers" in url]
    assert len(files) == len(list(laurel.issuer_store.issuers()))
    pages = [locations(client, url.removeprefix(BASE_URL)) for url in files]
    monkeypatch.undo()
    laurel.now += timedelta(seconds=SECONDS)
    assert [url for page in pages for url in page] == locations(client, "/sitemaps/issuers.xml")


def test_files_requested_again_are_not_read_again_for_half_an_hour(
    client: Gateway, laurel: Laurel, holders: None
) -> None:
    """Otherwise strangers could make every request read all holders."""
    laurel.now = laurel.now.replace(minute=0, second=0)
    assert locations(client, "/sitemaps/holders-b.xml") == [f"{BASE_URL}/holders/{LISTED}"]
    del laurel.profile_store.public[LISTED]
    assert locations(client, "/sitemaps/holders-b.xml") == [f"{BASE_URL}/holders/{LISTED}"]
    laurel.now += timedelta(seconds=SECONDS)
    assert locations(client, "/sitemaps/holders-b.xml") == []


@pytest.mark.parametrize("file", ["x.xml", "holders-1.xml", "holders-bb.xml", "issuers-after-.xml"])
def test_other_files_do_not_exist(client: Gateway, file: str) -> None:
    assert client.get(f"/sitemaps/{file}").status == 404
