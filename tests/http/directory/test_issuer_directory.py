"""The directory of one issuer, as a page and as a frame."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from chalicelib.analytics.event import Kind
from chalicelib.award.issuers import issuer_actions
from chalicelib.directory.reading_limit import PER_NETWORK
from tests.http.catalogue.conftest import without_proof
from tests.http.directory.test_search import PAGE, holder, show
from tests.http.fake_laurel import Laurel
from tests.http.gateway import ADDRESS, Gateway, Response
from tests.http.test_no_english_left import left

HERE = "/issuers/fernhill/directory"
FRAME = f"/embed{HERE}"
BUILDER = f"{HERE}/embed"


def change(laurel: Laurel, **changes: Any) -> None:
    issuers = laurel.issuer_store._issuers
    issuers["fernhill"] = replace(issuers["fernhill"], **changes)


@pytest.fixture(autouse=True)
def people(laurel: Laurel) -> None:
    show(
        laurel,
        holder("a", "Ada Lovelace", "valid", place="Lagos, Nigeria"),
        holder("b", "Bob", "revoked", place="Lagos, Nigeria"),
        holder("c", "Cy", place="Lagos, Nigeria"),
    )
    change(laurel, directory="yes")


def test_it_shows_people_with_a_valid_credential_of_the_issuer(client: Gateway) -> None:
    page = client.get(HERE, **PAGE)
    assert page.status == 200
    assert "<bdi>Ada Lovelace</bdi>" in page.text
    assert "Bob" not in page.text
    assert "<bdi>Cy</bdi>" not in page.text
    assert "1 person" in page.text
    assert "Matches: " not in page.text  # it is the same for everyone here
    assert "Matches: Skill" in client.get(f"{HERE}?q=python", **PAGE).text
    assert page.headers["x-robots-tag"] == "noindex"


def test_it_has_its_own_form_filters_and_links(client: Gateway, laurel: Laurel) -> None:
    show(laurel, *(holder(letter, f"Holder {letter}", "valid") for letter in "defghijklmnop"))
    page = client.get(f"{HERE}?place=Nigeria", **PAGE).text
    assert f'action="http://localhost:8000{HERE}"' in page
    assert 'name="issuer"' not in page
    assert 'name="place" value="Nigeria" checked' in page
    assert "/v1/directory?place=Nigeria&amp;issuer=fernhill&amp;limit=50&amp;format=csv" in page
    everyone = client.get(HERE, **PAGE).text
    assert 'name="achievement"' in everyone
    (following,) = re.findall(r'rel="nofollow next" href="http://localhost:8000([^"]+)"', everyone)
    assert following.startswith(f"{HERE}?cursor=")
    second = client.get(following, **PAGE)
    assert (second.status, "Next page" in second.text) == (200, False)


def test_it_offers_only_the_issuers_own_achievements(client: Gateway, laurel: Laurel) -> None:
    index = laurel.listing_updates.index
    content = index.of(index.generations().current)  # type: ignore[attr-defined, union-attr]
    for ordinal, card in content.cards.items():
        other = replace(card.achievements[0], id="other", name="Of another issuer") if card.achievements else None
        content.cards[ordinal] = replace(card, achievements=(*card.achievements, other) if other else ())
    assert "Of another issuer" in client.get("/directory", **PAGE).text
    page = client.get(HERE, **PAGE).text
    assert "Of another issuer" not in page
    assert 'name="achievement"' in page


def test_it_has_the_branding_of_the_issuer(client: Gateway, laurel: Laurel) -> None:
    change(laurel, accent="#0b55a0", font="serif", footer="River Street 1")
    page = client.get(HERE, **PAGE).text
    assert "People with credentials from <bdi>Fernhill College</bdi>" in page
    assert 'class="verdict plain font-serif"' in page
    assert 'fill="#0b55a0"' in page
    assert "River Street 1" in page


def test_the_issuers_page_leads_to_it(client: Gateway, laurel: Laurel) -> None:
    assert f'href="http://localhost:8000{HERE}"' in client.get("/issuers/fernhill", **PAGE).text
    assert client.get("/issuers/fernhill").json["directory"] == f"http://localhost:8000{HERE}"
    change(laurel, directory=None)
    assert HERE not in client.get("/issuers/fernhill", **PAGE).text
    assert client.get("/issuers/fernhill").json["directory"] is None


@pytest.mark.parametrize("path", [HERE, FRAME, BUILDER], ids=["page", "frame", "builder"])
@pytest.mark.parametrize("missing", ["off", "unidentified", "unknown", "no_id"])
def test_there_is_none_unless_an_identified_issuer_has_switched_it_on(
    client: Gateway, laurel: Laurel, path: str, missing: str
) -> None:
    if missing == "off":
        change(laurel, directory=None)
    if missing == "unidentified":
        without_proof(laurel)
    other = {"unknown": "nobody", "no_id": "No%20Id"}.get(missing, "fernhill")
    found = client.get(path.replace("fernhill", other), **PAGE)
    assert found.status == 404
    assert "Ada" not in found.text


def test_it_is_limited_to_its_issuer(client: Gateway) -> None:
    for path in (HERE, FRAME):
        assert client.get(f"{path}?issuer=other", **PAGE).status == 400


def test_a_refused_search_keeps_its_form(client: Gateway) -> None:
    page = client.get(f"{HERE}?q=a+b+c+d+e+f+g", **PAGE)
    assert page.status == 400
    assert "A search can contain at most 6 words." in page.text
    assert f'action="http://localhost:8000{HERE}"' in page.text


def test_a_frame_shows_the_newest_people_on_other_websites(client: Gateway, laurel: Laurel) -> None:
    show(laurel, *(holder(letter, f"Holder {letter}", "valid") for letter in "defghijk"))
    found = client.get(FRAME, **PAGE)
    assert found.status == 200
    assert found.text.count("<li>") == 6
    assert "frame-ancestors" not in found.headers["content-security-policy"]
    assert found.headers["cache-control"].startswith("public, max-age=30")
    assert f'href="http://localhost:8000{HERE}"' in found.text
    filtered = client.get(f"{FRAME}?place=Nigeria&theme=dark", **PAGE).text
    assert "Ada Lovelace" in filtered
    assert "Holder" not in filtered
    assert '<body class="dark">' in filtered


def test_a_frame_is_shown_by_the_issuers_websites_only(client: Gateway, laurel: Laurel) -> None:
    change(laurel, embed_sites="https://fernhill.example")
    policy = client.get(FRAME).headers["content-security-policy"]
    assert "frame-ancestors http://localhost:8000 https://fernhill.example" in policy


def test_page_and_frame_count_as_reading(client: Gateway, laurel: Laurel) -> None:
    with laurel.reading_limit.reading(ADDRESS, PER_NETWORK) as reading:
        reading.shown = PER_NETWORK
    for path in (HERE, FRAME):
        found = client.get(path, **PAGE)
        assert (found.status, "Ada" in found.text) == (429, False)
        assert "Your network has reached today’s limit" in found.text
        assert found.headers["cache-control"] == "no-store"


def test_a_frame_is_an_impression_and_not_a_search(client: Gateway, laurel: Laurel) -> None:
    client.get(FRAME)
    client.get(HERE)
    kinds = [(event.kind, event.issuer_id) for event in laurel.event_store.events.values()]
    assert kinds == [(Kind.LISTED, "fernhill"), (Kind.SEARCHED, "fernhill"), (Kind.LISTED, "fernhill")]


def code(page: Response) -> str:
    found = re.search(r'<textarea class="snippet"[^>]*>\s*(.*?)</textarea>', page.text, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def test_the_directory_offers_the_code_of_its_frame(client: Gateway) -> None:
    assert f'href="http://localhost:8000{BUILDER}"' in client.get(HERE, **PAGE).text
    page = client.get(BUILDER, **PAGE)
    assert page.status == 200
    assert f'<iframe src="http://localhost:8000{FRAME}?theme=auto" title="People with our credentials"' in code(page)
    assert 'addEventListener("message"' in code(page)
    assert "daily reading limit of the visitor’s network" in page.text
    assert "Laurel also stores events for the issuers of these people" in page.text


def test_the_code_of_the_frame_has_the_chosen_colours_and_language(client: Gateway) -> None:
    page = client.get(f"{BUILDER}?theme=dark&language=de", **PAGE)
    assert f'src="http://localhost:8000{FRAME}?theme=dark&amp;lang=de" title="Personen mit unseren' in code(page)
    frame = client.get(f"{FRAME}?theme=dark&lang=de", **PAGE).text
    assert '<html lang="de"' in frame
    assert '<body class="dark">' in frame


def test_the_builder_says_if_only_some_websites_may_show_the_frame(client: Gateway, laurel: Laurel) -> None:
    said = "Only the websites that the issuer has listed"
    assert said not in client.get(BUILDER, **PAGE).text
    change(laurel, embed_sites="https://fernhill.example")
    assert said in client.get(BUILDER, **PAGE).text


def test_the_preview_of_the_builder_is_not_an_impression(client: Gateway, laurel: Laurel) -> None:
    client.get(FRAME, referer=f"http://localhost:8000{BUILDER}")
    assert not laurel.event_store.events
    client.get(FRAME, referer="https://fernhill.example/people")
    assert len(laurel.event_store.events) == 1


def test_the_switch_has_one_value(laurel: Laurel) -> None:
    with pytest.raises(issuer_actions.Refused) as refusal:
        issuer_actions.update_profile(laurel.issuer_context, "fernhill", {"directory": "secret"})
    assert refusal.value.code == "bad_directory"


@pytest.mark.parametrize("path", [HERE, FRAME, BUILDER, "/directory"], ids=["page", "frame", "builder", "everyone"])
def test_no_text_of_laurels_own_stays_english(client: Gateway, path: str) -> None:
    assert set(left(client, path)) <= {"Ada Lovelace", "Bob", "Cy", "Lagos, Nigeria"}
