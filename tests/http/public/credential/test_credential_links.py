"""Where the page of a credential leads: sharing, structured data, and what to earn next."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import Kind
from chalicelib.award.pathways.pathway_link import PathwayLink, Step
from chalicelib.credential.achievement import Achievement
from chalicelib.errors import Unavailable
from tests import makers
from tests.embed.makers import PAYLOADS
from tests.http.catalogue.conftest import ENROL, store, without_proof
from tests.http.fake_laurel import BASE_URL, Laurel, hostile, id_of
from tests.http.gateway import HTML, Gateway

OWN = f"{BASE_URL}/c/{id_of('valid')}"


@pytest.fixture
def achievement(laurel: Laurel) -> Achievement:
    (found,) = laurel.issuer_store.achievements("fernhill")
    return store(laurel, replace(found, enrolment_url=ENROL))


def page(client: Gateway, path: str) -> str:
    return client.get(path, accept=HTML).text


def structured(html: str) -> list[Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return [json.loads(each) for each in found]


def test_share_links_name_their_channel_and_the_canonical_url_does_not(client: Gateway, laurel: Laurel) -> None:
    html = page(client, laurel.url("valid") + "?via=x")
    shared = {unescape(each) for each in re.findall(r'(?:href|value)="([^"]*)"', html) if "via" in each}
    assert all(any(f"via={each}" in url or f"via%3D{each}" in url for url in shared) for each in Channel)
    assert f'<link rel="canonical" href="{OWN}">' in html
    assert f'<meta property="og:url" content="{OWN}">' in html


def test_linkedin_profile_is_filled_from_the_signed_credential(client: Gateway, laurel: Laurel) -> None:
    """The record can be edited by the issuer; what is shared must be what was signed."""
    laurel.issuer_store._issuers["fernhill"] = replace(laurel.issuer_store.issuer("fernhill"), name="Harvard")
    html = page(client, laurel.url("valid"))
    (url,) = (unescape(each) for each in re.findall(r'href="([^"]*profile/add[^"]*)"', html))
    found = parse_qs(urlsplit(url).query)
    assert (found["organizationName"], found["certId"]) == (["Fernhill College"], [id_of("valid")])
    assert found["certUrl"] == [f"{OWN}?via=linkedin_profile"]


@pytest.mark.parametrize("kind", ["expired", "revoked", "suspended", "tampered", "unreachable_status"])
def test_only_a_valid_credential_is_shared_or_described_to_search_engines(
    client: Gateway, laurel: Laurel, kind: str
) -> None:
    html = page(client, laurel.url(kind))
    assert "linkedin.com" not in html
    assert "<script" not in html
    assert "script-src" not in client.get(laurel.url(kind), accept=HTML).headers["content-security-policy"]


def test_the_channel_of_a_shared_link_is_stored_with_the_view(client: Gateway, laurel: Laurel) -> None:
    for query in ("?via=linkedin_post", "?via=evil", ""):
        client.get(laurel.url("valid") + query, accept=HTML)
    assert [event.channel for event in laurel.event_store.events.values()] == [Channel.LINKEDIN_POST, None, None]


def test_structured_data_states_verified_text_and_only_a_confirmed_issuer(client: Gateway, laurel: Laurel) -> None:
    (data,) = structured(page(client, laurel.url("valid")))
    assert data["@type"] == "EducationalOccupationalCredential"
    assert (data["name"], data["url"]) == ("Data analysis in practice", OWN)
    assert data["recognizedBy"] == {"@type": "Organization", "name": "Fernhill College"}
    assert data["competencyRequired"] == ["Python", "statistics"]
    without_proof(laurel)
    assert structured(page(client, laurel.url("valid"))) == []


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), 4))
def test_no_text_leaves_the_structured_data(client: Gateway, laurel: Laurel, number: int) -> None:
    from chalicelib.http.html import render
    from chalicelib.http.public.credential.credential_page import page_of
    from chalicelib.http.public.credential.credential_view import of_hosted

    opened = laurel.hosted_reports.open(id_of("valid"), None)
    shown = page_of(of_hosted(opened, BASE_URL), BASE_URL)
    assert shown.facts is not None
    data = {"name": PAYLOADS[number], "description": PAYLOADS[number]}
    content = render.scripted_page(
        "credential.html", BASE_URL, "share.js", {}, page=replace(shown, structured=data), discovery={}, passes=()
    ).body
    assert structured(str(content)) == [data]
    assert str(content).count("<script") == 2


def test_a_hostile_title_stays_inside_the_share_links(client: Gateway, laurel: Laurel) -> None:
    title = '"><script>alert(1)</script>&url=https://evil.example'
    record = hostile(laurel, makers.unsigned(achievement=replace(makers.ACHIEVEMENT, name=title)))
    html = page(client, f"/c/{record.id}")
    assert html.count("<script>") == 1
    (url,) = (unescape(each) for each in re.findall(r'href="([^"]*intent/post[^"]*)"', html))
    assert set(parse_qs(urlsplit(url).query)) == {"text", "url"}


def test_the_page_leads_to_the_achievement_the_issuer_and_the_enrolment(
    client: Gateway, laurel: Laurel, achievement: Achievement
) -> None:
    html = page(client, laurel.url("valid") + "?via=whatsapp")
    assert f'href="{BASE_URL}/achievements/{achievement.id}"' in html
    assert f'href="{BASE_URL}/issuers/fernhill"' in html
    (link,) = re.findall(rf'href="{BASE_URL}(/go/[^"]+)"', html)
    location = client.get(link, user_agent="Mozilla/5.0 Firefox/140.0").headers["location"]
    assert parse_qs(urlsplit(location).query)["utm_content"] == ["whatsapp"]
    (event,) = (each for each in laurel.event_store.events.values() if each.kind is Kind.REFERRAL)
    assert (event.credential_id, event.channel) == (id_of("valid"), Channel.WHATSAPP)


@pytest.mark.parametrize("kind", ["revoked", "suspended", "tampered", "unreachable_status"])
def test_nothing_is_offered_beside_a_warning(
    client: Gateway, laurel: Laurel, achievement: Achievement, kind: str
) -> None:
    assert "Earn this too" not in page(client, laurel.url(kind))


def test_an_unproven_issuer_gets_no_enrolment_link(client: Gateway, laurel: Laurel, achievement: Achievement) -> None:
    without_proof(laurel)
    assert "/go/" not in page(client, laurel.url("valid"))


def test_a_credential_of_another_issuer_does_not_lead_to_the_records_issuer(
    client: Gateway, laurel: Laurel, achievement: Achievement
) -> None:
    record = hostile(laurel, makers.unsigned())
    assert "Earn this too" not in page(client, f"/c/{record.id}")


def counting(laurel: Laurel, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the reads of the catalogue."""
    calls: list[str] = []

    def counted(name: str) -> Callable[..., Any]:
        method = getattr(laurel.catalogue_store, name)

        def call(*arguments: Any) -> Any:
            calls.append(name)
            return method(*arguments)

        return call

    for name in ("offer", "issuer", "entries", "entries_by_id", "target", "first_click"):
        monkeypatch.setattr(laurel.catalogue_store, name, counted(name))
    return calls


def test_a_view_reads_at_most_one_batch_more(
    client: Gateway, laurel: Laurel, achievement: Achievement, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = store(laurel, replace(achievement, id=str(UUID(int=1)), name="Statistics in depth"))
    calls = counting(laurel, monkeypatch)
    assert "Covers the same skills" in page(client, laurel.url("valid"))
    assert calls == ["entries"]
    store(laurel, replace(achievement, related=(other.id,)))
    calls.clear()
    assert "Recommended by the issuer." in page(client, laurel.url("valid"))
    assert calls == ["entries_by_id"]
    store(laurel, achievement)
    steps = (Step(other.id, other.name),)
    laurel.issuer_store.pathway_links["fernhill", achievement.id] = (PathwayLink("p", "Analyst", steps, None, 2, 1),)
    calls.clear()
    assert "Step 1 of 2 in" in page(client, laurel.url("valid"))
    client.get(laurel.url("revoked"), accept=HTML)
    client.get(laurel.url("valid"))
    assert calls == []


def test_the_page_is_shown_when_recommendations_cannot_be_read(
    client: Gateway, laurel: Laurel, achievement: Achievement, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("away")

    monkeypatch.setattr(laurel.catalogue_store, "entries", fail)
    assert client.get(laurel.url("valid"), accept=HTML).status == 200


def test_the_page_stays_below_60_kb(client: Gateway, laurel: Laurel, achievement: Achievement) -> None:
    store(laurel, replace(achievement, related=tuple(str(UUID(int=number)) for number in range(5))))
    for number in range(5):
        store(laurel, replace(achievement, id=str(UUID(int=number)), name="ж" * 200))
    assert len(client.get(laurel.url("valid"), accept=HTML).body) < 60_000
