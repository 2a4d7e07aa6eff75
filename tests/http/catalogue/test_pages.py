"""`/issuers/{id}` and `/achievements/{id}`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest

from chalicelib.analytics.counts.counts import Cell, Counts
from chalicelib.analytics.counts.periods import ALL_TIME
from chalicelib.analytics.event import Kind
from chalicelib.catalogue.catalogue import PAGE
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.issuer import DomainProof, ProofLocation
from tests.embed.makers import PAYLOADS
from tests.http.catalogue.conftest import ENROL, store, without_proof
from tests.http.embed.test_widgets import Parsed
from tests.http.fake_laurel import BASE_URL, NOW, Laurel
from tests.http.gateway import HTML, Gateway

NOINDEX = '<meta name="robots" content="noindex">'
MAX_PAGE = 60_000
SAFE_URLS = ("http", "#", "?lang=", "data:image/svg+xml,%3Csvg ")
SAFE = {"script", "iframe", "object", "embed", "base", "form"}


def page(client: Gateway, path: str) -> str:
    response = client.get(path, accept=HTML)
    assert response.status == 200
    return response.text


def test_an_issuer_page_shows_profile_and_achievements(client: Gateway, achievement: Achievement) -> None:
    found = page(client, "/issuers/fernhill")
    assert "Fernhill College" in found
    assert "The operator of this service vouches for this name." in found
    assert "In its own words." in found
    assert f'href="{BASE_URL}/achievements/{achievement.id}"' in found
    assert NOINDEX not in found


def test_page_and_json_of_an_issuer_say_the_same(client: Gateway, achievement: Achievement) -> None:
    data = client.get("/issuers/fernhill").json
    found = page(client, "/issuers/fernhill")
    assert data["proven"] is True
    assert data["stated_by_issuer"]["name"] == "Fernhill College"
    assert all(each["url"] in found and each["name"] in found for each in data["achievements"])
    assert [each["id"] for each in data["achievements"]] == [achievement.id]


def test_an_achievement_page_shows_what_it_takes_and_where_to_enrol(client: Gateway, achievement: Achievement) -> None:
    found = page(client, f"/achievements/{achievement.id}")
    for text in ("Data analysis in practice", "Completed twelve evenings.", "Anyone over 16.", "Python", "Enrol"):
        assert text in found
    assert f'href="{BASE_URL}/issuers/fernhill"' in found
    assert f'href="{BASE_URL}/go/fernhill.{achievement.id}.' in found
    assert ENROL not in found
    data = client.get(f"/achievements/{achievement.id}").json
    assert data["stated_by_issuer"]["eligibility"] == "Anyone over 16."
    assert data["issuer"]["url"] == f"{BASE_URL}/issuers/fernhill"


def test_an_unproven_issuer_never_looks_like_a_proven_one(
    client: Gateway, laurel: Laurel, achievement: Achievement
) -> None:
    """A stranger called "Harvard" gets no enrolment link, no logo, no colour, no website link and no search results."""
    without_proof(laurel, image=f"{BASE_URL}/images/{'a' * 64}.png", accent="#0b55a0", url="https://harvard.example/")
    for path in ("/issuers/fernhill", f"/achievements/{achievement.id}"):
        found = page(client, path)
        assert "The issuer’s identity is not proven." in found
        assert NOINDEX in found
        assert "og:title" not in found
        assert "/go/" not in found
        assert "a" * 64 not in found
        assert 'class="accent"' not in found
        assert 'href="https://harvard.example/"' not in found
        assert "verdict caution" in found
        assert client.get(path).json.get("issuer", client.get(path).json)["proven"] is False


def test_a_domain_confirms_the_issuer_but_not_its_name(
    client: Gateway, laurel: Laurel, achievement: Achievement
) -> None:
    without_proof(laurel)
    proof = DomainProof("fernhill.example", ProofLocation.DNS, NOW - timedelta(days=1), "ab" * 32)
    laurel.issuer_store._issuers["fernhill"] = replace(laurel.issuer_store.issuer("fernhill"), domains=(proof,))
    found = page(client, f"/achievements/{achievement.id}")
    assert "This issuer has verified the domain fernhill.example. The issuer chose this name itself." in found
    assert "Offered under the name" in found
    assert "/go/" in found
    logo = {"image": f"{BASE_URL}/images/{'a' * 64}.png", "name": "Fernhill”. The operator vouches for it. “"}
    laurel.issuer_store._issuers["fernhill"] = replace(laurel.issuer_store.issuer("fernhill"), **logo)  # type: ignore[arg-type]
    for path in ("/issuers/fernhill", f"/achievements/{achievement.id}"):
        assert "a" * 64 not in page(client, path)
        assert "“Fernhill'. The operator vouches for it. '”" in unescape(page(client, path))
    old = replace(proof, seen=NOW - timedelta(days=200))
    laurel.issuer_store._issuers["fernhill"] = replace(laurel.issuer_store.issuer("fernhill"), domains=(old,))
    assert "not proven" in page(client, f"/achievements/{achievement.id}")


@pytest.mark.parametrize(
    ("shows_count", "issued", "revoked", "shown"),
    [(True, 1234, 0, 1234), (True, 12, 2, 10), (True, 12, 3, None), (True, 0, 0, None), (False, 1234, 0, None)],
    ids=["many", "ten-left", "nine-left", "none", "not-shown"],
)
def test_an_achievement_page_says_how_often_it_was_issued_if_its_issuer_wants_that(
    client: Gateway, laurel: Laurel, achievement: Achievement, shows_count: bool, issued: int, revoked: int,
    shown: int | None,
) -> None:  # fmt: skip
    store(laurel, replace(achievement, shows_count=shows_count))
    cells = {
        Cell(Kind.ISSUED.value, False, achievement=achievement.id, detail="new"): issued,
        Cell(Kind.REVOKED.value, False, achievement=achievement.id): revoked,
        Cell(Kind.ISSUED.value, False, achievement=str(UUID(int=7))): 5000,
    }
    laurel.count_store.save("fernhill", ALL_TIME, Counts(cells), 1)
    assert client.get(f"/achievements/{achievement.id}").json["issued"] == shown
    found = page(client, f"/achievements/{achievement.id}")
    assert (f"Issued {shown:,} times." in found) if shown else ("Issued " not in found)


def test_an_archived_achievement_keeps_its_page_but_is_not_offered(
    client: Gateway, laurel: Laurel, achievement: Achievement
) -> None:
    store(laurel, replace(achievement, archived=True))
    assert "/go/" not in page(client, f"/achievements/{achievement.id}")
    assert "no longer offers" in page(client, f"/achievements/{achievement.id}")
    assert achievement.id not in page(client, "/issuers/fernhill")


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), 2))
def test_no_text_of_a_record_becomes_markup(
    client: Gateway, laurel: Laurel, achievement: Achievement, number: int
) -> None:
    payload = PAYLOADS[number]
    texts = {"name": payload, "description": payload, "criteria": payload, "eligibility": payload, "image_alt": payload}
    store(laurel, replace(achievement, **texts, kind="ext:x", skills=(Skill(payload, payload, payload, payload),)))  # type: ignore[arg-type]
    issuer = replace(
        laurel.issuer_store.issuer("fernhill"), name=payload, description=payload, email=payload, url=payload
    )
    laurel.issuer_store._issuers["fernhill"] = issuer
    for path in ("/issuers/fernhill", f"/achievements/{achievement.id}"):
        found = Parsed(page(client, path))
        assert SAFE.isdisjoint(name for name, _ in found.elements)
        attributes = [(name, value or "") for _, each in found.elements for name, value in each.items()]
        assert not [name for name, _ in attributes if name.startswith("on")]
        assert not [value for name, value in attributes if name in ("href", "src") and not value.startswith(SAFE_URLS)]


def test_the_list_is_paged_and_stays_small(client: Gateway, laurel: Laurel, achievement: Achievement) -> None:
    laurel.issuer_store._achievements.clear()
    for number in range(PAGE + 3):
        store(laurel, replace(achievement, id=str(UUID(int=number)), name="ж" * 200))
    first = client.get("/issuers/fernhill").json
    assert len(first["achievements"]) == PAGE
    second = client.get(first["next"].removeprefix(BASE_URL)).json
    assert (len(second["achievements"]), second["next"]) == (3, None)
    assert len(client.get("/issuers/fernhill", accept=HTML).body) < MAX_PAGE
    assert NOINDEX in page(client, first["next"].removeprefix(BASE_URL))


def test_recommendations_are_explained(client: Gateway, laurel: Laurel, achievement: Achievement) -> None:
    other = store(laurel, replace(achievement, id=str(UUID(int=1)), name="Statistics in depth"))
    assert "Covers the same skills: “Python”, “statistics”." in page(client, f"/achievements/{achievement.id}")
    store(laurel, replace(achievement, related=(other.id,)))
    data = client.get(f"/achievements/{achievement.id}").json
    assert [(each["id"], each["reason"]) for each in data["recommended"]] == [(other.id, "Recommended by the issuer.")]


@pytest.mark.parametrize(
    "path", ["/issuers/nobody", "/issuers/No%20one", "/achievements/x", f"/achievements/{UUID(int=9)}"]
)
def test_a_missing_page_is_a_404(client: Gateway, path: str) -> None:
    assert client.get(path, accept=HTML).status == 404


def test_branding_of_a_proven_issuer_is_shown_without_loading_anything(
    client: Gateway, laurel: Laurel, achievement: Achievement
) -> None:
    brand = {"accent": "#0b55a0", "font": "serif", "footer": "River Street 1 <b>"}
    laurel.issuer_store._issuers["fernhill"] = replace(laurel.issuer_store.issuer("fernhill"), **brand)  # type: ignore[arg-type]
    for path in ("/issuers/fernhill", f"/achievements/{achievement.id}"):
        found = page(client, path)
        assert "font-serif" in found.partition("</style>")[2]
        assert "River Street 1 &lt;b&gt;" in found
    assert "earned font-serif" in page(client, laurel.url("valid"))
    assert "River Street" not in page(client, laurel.url("valid"))
    unknown = replace(laurel.issuer_store.issuer("fernhill"), font='"><script>')
    laurel.issuer_store._issuers["fernhill"] = unknown
    assert "<script>" not in page(client, "/issuers/fernhill")
