"""Searches, directory impressions and profile views are events that name no one."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import pytest

from chalicelib.analytics.event import Event, Kind, VisitorClass
from chalicelib.errors import Unavailable
from tests.http.directory.test_search import ADA, PAGE, holder, show
from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway

BROWSER = PAGE | {"user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"}


@pytest.fixture(autouse=True)
def people(laurel: Laurel) -> None:
    show(laurel, holder("a", "Ada Lovelace", "valid", place="Lagos, Nigeria"), holder("b", "Bob", "revoked"))
    laurel.event_store.events.clear()


def of(laurel: Laurel, kind: Kind) -> list[Event]:
    return [event for event in laurel.event_store.events.values() if event.kind is kind]


def test_a_page_of_results_is_an_impression_for_each_issuer(client: Gateway, laurel: Laurel) -> None:
    client.get("/directory?q=ada", **BROWSER)
    (event,) = of(laurel, Kind.LISTED)
    assert (event.issuer_id, event.credential_id, event.achievement_id) == ("fernhill", None, "")
    assert (event.visitor_class, event.verdict) == (VisitorClass.PERSON, "not_checked")
    assert event.visitor is not None
    laurel.event_store.events.clear()
    client.get("/directory?q=bob", **BROWSER)
    assert of(laurel, Kind.LISTED) == []


def test_a_search_is_counted_by_the_kinds_of_its_filters(client: Gateway, laurel: Laurel) -> None:
    client.get("/directory?q=ada&place=Nigeria&issuer=fernhill", **BROWSER)
    client.get("/v1/directory?issuer=fernhill&issuer=other")
    client.get("/v1/directory")
    found = [(event.issuer_id, event.target, event.visitor_class) for event in of(laurel, Kind.SEARCHED)]
    assert found == [
        ("fernhill", "issuer,place,text", VisitorClass.PERSON),
        ("*", "issuer", VisitorClass.KNOWN_BOT),
        ("*", "everyone", VisitorClass.KNOWN_BOT),
    ]


def test_an_issuer_that_a_visitor_made_up_is_not_counted(client: Gateway, laurel: Laurel) -> None:
    """Counts are kept for good, for each issuer."""
    for path in ("/directory", "/v1/directory"):
        client.get(f"{path}?issuer=Grace+Hopper+grace@example.org", **BROWSER)
    assert {event.issuer_id for event in laurel.event_store.events.values()} == {"*"}


def test_nothing_that_was_searched_is_stored(client: Gateway, laurel: Laurel) -> None:
    """Rare words are names of people, and the visitor's key would link them within a day."""
    for path in ("/directory", "/v1/directory"):
        client.get(f"{path}?q=quixote&skill=python&place=Zamunda&issued_after=2026-03", **BROWSER)
    stored = str([asdict(event) for event in laurel.event_store.events.values()]).lower()
    for text in ("quixote", "python", "zamunda", "2026-03"):
        assert text not in stored


def test_the_next_page_is_the_same_search(client: Gateway, laurel: Laurel) -> None:
    first = client.get("/v1/directory?limit=1").json
    client.get(f"/v1/directory?limit=1&cursor={first['next']}")
    assert len(of(laurel, Kind.SEARCHED)) == 1


def test_a_profile_view_belongs_to_the_issuers_it_shows(client: Gateway, laurel: Laurel) -> None:
    client.get(f"/holders/{ADA}", **BROWSER)
    (event,) = of(laurel, Kind.PROFILE_VIEW)
    assert (event.issuer_id, event.credential_id, event.visitor_class) == ("fernhill", None, VisitorClass.PERSON)
    assert ADA not in str(asdict(event))
    laurel.event_store.events.clear()
    client.get(f"/holders/{'b' * 26}", **BROWSER)
    client.head(f"/holders/{ADA}")
    assert of(laurel, Kind.PROFILE_VIEW) == []


def test_results_are_shown_when_events_cannot_be_stored(client: Gateway, laurel: Laurel) -> None:
    laurel.event_store.fault = Unavailable("no response")
    assert "Ada Lovelace" in client.get("/directory?q=ada", **BROWSER).text
    assert {event.kind for event, _ in laurel.fallback.kept} == {Kind.SEARCHED, Kind.LISTED}


def test_a_profile_is_shown_and_counted_without_a_salt(client: Gateway, laurel: Laurel) -> None:
    def unavailable(_day: date) -> bytes | None:
        raise Unavailable("no response")

    laurel.__dict__["directory"] = replace(laurel.directory, secret=unavailable)
    assert client.get(f"/holders/{ADA}", **BROWSER).status == 200
    (event,) = of(laurel, Kind.PROFILE_VIEW)
    assert event.visitor is None
