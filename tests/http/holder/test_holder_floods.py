"""An issuer that gives one address thousands of credentials: all others keep their place on the holder's page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.award.issuers import issuer_actions
from chalicelib.delivery.holder import actions as holder_actions
from chalicelib.delivery.holder import home as holder_home
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import Gateway
from tests.http.holder.flood import CountedReads, give, link_path, shown_ids
from tests.http.holder.test_holder import PHONE, submit

FLOOD = 5_000
MINE = 3


@pytest.fixture
def flooded(laurel: Laurel) -> dict[str, list[str]]:
    """The holder's credentials by issuer: thousands of the flooding issuer, which sorts first, and a few of another."""
    new = issuer_actions.NewIssuer
    for issuer_id in ("aaa", "zzz"):
        created = new(issuer_id, issuer_id, f"https://{issuer_id}.example/", "Gives.")
        issuer_actions.create(laurel.issuer_context, created)
    for one in laurel.issuer_store._recipients:
        laurel.issuer_store._recipients[one] = replace(laurel.issuer_store._recipients[one], email="eve@example.org")
    return {"aaa": give(laurel, "aaa", FLOOD), "zzz": give(laurel, "zzz", MINE)}


@pytest.mark.slow
def test_a_flood_of_5000_credentials_hides_nothing_of_another_issuer(
    laurel: Laurel, client: Gateway, flooded: dict[str, list[str]]
) -> None:
    shown = shown_ids(client.get(link_path(laurel, None), **PHONE).text)
    assert shown == flooded["aaa"][: holder_home.SHARE] + flooded["zzz"]


def test_every_credential_of_an_issuer_is_found_by_paging(laurel: Laurel, client: Gateway) -> None:
    laurel.issuer_store._issuers["aaa"] = replace(laurel.issuer_store.issuer("fernhill"), id="aaa")
    ids = give(laurel, "aaa", 2 * holder_home.PAGE_SIZE + 1)
    path = link_path(laurel, None)
    found: list[str] = []
    query: str | None = "issuer=aaa"
    while query:
        text = client.get(f"{path}?{query}", **PHONE).text
        found += shown_ids(text)
        following = re.search(re.escape(path) + r"\?(issuer=aaa&amp;before=[\w-]+)", text)
        query = following[1].replace("&amp;", "&") if following else None
    assert found == ids


@pytest.mark.parametrize("issuer_id", [None, "aaa", "zzz"])
def test_a_page_reads_a_bounded_number_of_items(
    laurel: Laurel, flooded: dict[str, list[str]], issuer_id: str | None
) -> None:
    archive = CountedReads(laurel.issuer_store)
    context = replace(laurel.delivery_context, archive=archive)
    token = link_path(laurel, issuer_id).rpartition("/")[2]
    holder_actions.view(context, token, person=False)
    assert sum(archive.calls.values()) <= 2 * holder_home.PAGE_SIZE
    archive.calls.clear()
    holder_actions.download(context, token, flooded[issuer_id or "aaa"][-1])
    holder_actions.choose_emails(context, token, issuer_id or "aaa", "none")
    assert sum(archive.calls.values()) <= 5


def test_many_issuers_are_shown_in_pages_of_equal_shares(laurel: Laurel, client: Gateway) -> None:
    sample = laurel.issuer_store.issuer("fernhill")
    given = {}
    for number in range(2 * holder_home.MAX_GROUPS + 1):
        issuer_id = f"{chr(ord('g') + number % 20)}{number:02}"
        laurel.issuer_store._issuers[issuer_id] = replace(sample, id=issuer_id)
        given[issuer_id] = give(laurel, issuer_id, 1)[0]
    path = link_path(laurel, None)
    query, pages = "", 0
    found: set[str] = set()
    while True:
        text = client.get(f"{path}?{query}", **PHONE).text
        found |= set(shown_ids(text))
        pages += 1
        following = re.search(re.escape(path) + r"\?(after=[\w-]+)\"", text)
        if following is None:
            break
        query = following[1]
    assert set(given.values()) <= found
    assert pages == 3


def test_the_credential_of_the_email_comes_first_however_many_are_newer(
    laurel: Laurel, client: Gateway, flooded: dict[str, list[str]]
) -> None:
    oldest = flooded["aaa"][-1]
    shown = shown_ids(client.get(link_path(laurel, "aaa", oldest), **PHONE).text)
    assert shown == [oldest, *flooded["aaa"][: holder_home.PAGE_SIZE]]


def test_an_old_credential_behind_a_flood_can_still_be_shared(
    laurel: Laurel, client: Gateway, flooded: dict[str, list[str]]
) -> None:
    response = submit(client, link_path(laurel, None), do="share", credential=flooded["aaa"][-1], target="x")
    assert response.headers["location"].startswith("https://x.com/")


@pytest.mark.parametrize("query", ["issuer=" + "a" * 3_000, "after=" + "a" * 3_000, "issuer=%00", "after=HOLDER%23"])
def test_a_query_that_names_no_issuer_is_404(laurel: Laurel, client: Gateway, query: str) -> None:
    assert client.get(f"{link_path(laurel, None)}?{query}", **PHONE).status == 404


def test_an_invalid_cursor_is_400(laurel: Laurel, client: Gateway) -> None:
    response = client.get(f"{link_path(laurel, None)}?issuer=fernhill&before=%2E%2E", **PHONE)
    assert response.status == 400
    assert BASE_URL in response.text
