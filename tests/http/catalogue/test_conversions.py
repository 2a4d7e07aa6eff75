"""`POST /v1/conversions`: from the page of a credential to the sign-up that it brought."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.access.roles import Role
from chalicelib.analytics.event import Kind
from chalicelib.catalogue.conversion import PARAMETER
from chalicelib.credential.achievement import Achievement
from tests.http.catalogue.conftest import ENROL
from tests.http.catalogue.test_referral import BROWSER, offered
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import HTML, Gateway, Response
from tests.http.signed_in import as_token


def follow(client: Gateway, link: str, **headers: str) -> list[str]:
    location = client.get(link, user_agent=headers.pop("user_agent", BROWSER), **headers).headers["location"]
    assert location.startswith(ENROL)
    return parse_qs(urlsplit(location).query).get(PARAMETER, [])


def report(client: Gateway, referral: str, key: dict[str, str]) -> Response:
    return client.post("/v1/conversions", json.dumps({"referral": referral}).encode(), **key)


@pytest.fixture
def token(client: Gateway, achievement: Achievement) -> str:
    """The token of a visitor who came from a credential that was shared on LinkedIn."""
    page = client.get(f"/c/{id_of('valid')}?via=linkedin_post", accept=HTML).text
    link = re.search(rf'href="{BASE_URL}(/go/[^"]+)"', page)
    assert link is not None
    (token,) = follow(client, link[1])
    return token


def test_a_sign_up_is_credited_to_the_credential_and_the_share(client: Gateway, laurel: Laurel, token: str) -> None:
    key = as_token(laurel, "fernhill", Role.EDITOR)
    laurel.now += timedelta(days=2)
    reply = report(client, token, key)
    assert reply.status == 201
    assert reply.json["credential"] == {"id": id_of("valid"), "url": f"{BASE_URL}/c/{id_of('valid')}"}
    assert reply.json["channel"] == "linkedin_post"
    (event,) = (each for each in laurel.event_store.events.values() if each.kind is Kind.CONVERSION)
    assert (event.credential_id, event.id, event.visitor) == (id_of("valid"), reply.json["id"], None)
    repeated = report(client, token, key)
    assert (repeated.status, repeated.json) == (200, reply.json)
    assert len([each for each in laurel.event_store.events.values() if each.kind is Kind.CONVERSION]) == 1


def test_another_issuer_cannot_use_a_referral(client: Gateway, laurel: Laurel, token: str) -> None:
    reply = report(client, token, as_token(laurel, "other", Role.OWNER))
    assert (reply.status, reply.json["code"]) == (422, "not_a_referral")


@pytest.mark.parametrize(
    "headers",
    [{"sec_gpc": "1"}, {"dnt": "1"}, {"user_agent": "curl/8"}, {"sec_purpose": "prefetch"}],
    ids=["gpc", "dnt", "program", "prefetch"],
)
def test_bots_and_visitors_who_ask_not_to_be_tracked_get_no_token(
    client: Gateway,
    achievement: Achievement,
    headers: dict[str, str],
) -> None:
    assert follow(client, offered(client, achievement), **headers) == []


def test_a_visitor_reaches_the_page_when_no_key_can_be_stored(
    client: Gateway,
    laurel: Laurel,
    achievement: Achievement,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from chalicelib.errors import Unavailable

    def fail(*_: object) -> None:
        raise Unavailable("away")

    monkeypatch.setattr(laurel.catalogue_store, "create_conversion_key", fail)
    assert follow(client, offered(client, achievement)) == []


def test_two_clicks_of_a_month_share_a_key(client: Gateway, laurel: Laurel, achievement: Achievement) -> None:
    tokens = {follow(client, offered(client, achievement))[0] for _ in range(2)}
    assert (len(tokens), len(laurel.catalogue_store.conversion_keys)) == (2, 1)
