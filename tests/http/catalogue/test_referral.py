"""`/go/{token}`: no open redirect, and one referral for each click."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.analytics.event import Event, Kind, VisitorClass
from chalicelib.catalogue import referral
from chalicelib.credential.achievement import Achievement
from tests.catalogue import makers
from tests.http.catalogue.conftest import ENROL, store, without_proof
from tests.http.fake_laurel import BASE_URL, NOW, Laurel
from tests.http.gateway import HTML, Gateway

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"


def offered(client: Gateway, achievement: Achievement) -> str:
    """The path of the enrolment link on the page."""
    found = re.search(rf'href="{BASE_URL}(/go/[^"]+)"', client.get(f"/achievements/{achievement.id}", accept=HTML).text)
    assert found is not None
    return found[1]


def referrals(laurel: Laurel) -> list[Event]:
    return [event for event in laurel.event_store.events.values() if event.kind is Kind.REFERRAL]


def test_a_click_leads_to_the_enrolment_page_with_tags(
    client: Gateway, laurel: Laurel, achievement: Achievement
) -> None:
    response = client.get(offered(client, achievement), user_agent=BROWSER)
    assert response.status == 303
    location = response.headers["location"]
    assert location.startswith(ENROL + "&")
    assert parse_qsl(urlsplit(location).query)[1:-1] == [
        ("utm_source", "laurel"),
        ("utm_medium", "achievement"),
        ("utm_campaign", achievement.id),
    ]
    assert (response.headers["cache-control"], response.headers["x-robots-tag"]) == ("no-store", "noindex, nofollow")
    (event,) = referrals(laurel)
    assert (event.issuer_id, event.achievement_id, event.credential_id) == ("fernhill", achievement.id, None)
    assert (event.verdict, event.visitor_class) == ("not_checked", VisitorClass.PERSON)
    assert event.visitor is not None


def test_a_reload_or_retry_counts_once(client: Gateway, laurel: Laurel, achievement: Achievement) -> None:
    link = offered(client, achievement)
    for _ in range(3):
        laurel.now += timedelta(seconds=5)
        client.get(link, user_agent=BROWSER)
    assert len(referrals(laurel)) == 1
    client.get(offered(client, achievement), user_agent=BROWSER)
    assert len(referrals(laurel)) == 2


def test_a_prefetch_does_not_take_the_place_of_the_click(
    client: Gateway, laurel: Laurel, achievement: Achievement
) -> None:
    link = offered(client, achievement)
    client.get(link, user_agent=BROWSER, sec_purpose="prefetch")
    client.get(link, user_agent="curl/8")
    client.get(link, user_agent=BROWSER)
    classes = [event.visitor_class for event in referrals(laurel)]
    assert classes == [VisitorClass.PREFETCH, VisitorClass.KNOWN_BOT, VisitorClass.PERSON]


def test_head_is_not_a_click(client: Gateway, laurel: Laurel, achievement: Achievement) -> None:
    assert client.head(offered(client, achievement)).status == 303
    assert referrals(laurel) == []


def test_a_click_is_counted_when_clicks_cannot_be_stored(
    client: Gateway, laurel: Laurel, achievement: Achievement, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.errors import Unavailable

    def fail(*_: object) -> None:
        raise Unavailable("away")

    link = offered(client, achievement)
    monkeypatch.setattr(laurel.catalogue_store, "first_click", fail)
    assert client.get(link, user_agent=BROWSER).headers["location"].startswith(ENROL)
    assert len(referrals(laurel)) == 1


@pytest.mark.parametrize(
    "token",
    [
        "https:%2F%2Fevil.example", "%2F%2Fevil.example", "evil.example", "..%2F..%2Fevil", "%0d%0aLocation:%20x",
        "fernhill.https:%2F%2Fevil.example.-.-.20261122.aaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaa",
    ],
)  # fmt: skip
def test_no_open_redirect_by_anything_that_is_not_a_token(client: Gateway, token: str) -> None:
    response = client.get(f"/go/{token}")
    assert response.status == 404
    assert "location" not in response.headers


def test_a_forged_or_expired_token_leads_to_the_achievements_own_page(
    client: Gateway, laurel: Laurel, achievement: Achievement
) -> None:
    own = f"{BASE_URL}/achievements/{achievement.id}"
    link = offered(client, achievement)
    forged = referral.write(makers.referral(achievement_id=achievement.id, day=NOW.date()), b"x" * 32)
    assert client.get(f"/go/{forged}", user_agent=BROWSER).headers["location"] == own
    laurel.issuer_store.salts.by_day.clear()
    assert client.get(link, user_agent=BROWSER).headers["location"] == own
    assert referrals(laurel) == []


def test_the_link_is_followed_to_the_present_enrolment_page_only(
    client: Gateway, laurel: Laurel, achievement: Achievement
) -> None:
    """A page opened earlier leads nowhere else after the issuer has archived the achievement or lost its proof."""
    link, own = offered(client, achievement), f"{BASE_URL}/achievements/{achievement.id}"
    store(laurel, replace(achievement, enrolment_url="https://moved.example/"))
    assert client.get(link).headers["location"].startswith("https://moved.example/?utm_source=laurel")
    store(laurel, replace(achievement, archived=True))
    assert client.get(link).headers["location"] == own
    store(laurel, achievement)
    without_proof(laurel)
    assert client.get(link).headers["location"] == own
