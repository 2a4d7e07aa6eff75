"""A page that an operator has taken down."""

from __future__ import annotations

import json

import pytest

from chalicelib.access import tokens
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import HTML, Gateway

PATH = f"/v1/credentials/{id_of('valid')}/takedown"


def decide(client: Gateway, laurel: Laurel, taken_down: bool) -> None:
    _, text = tokens.make(laurel.access_context, None, None, "operator's", "tests")
    body = json.dumps({"taken_down": taken_down}).encode()
    response = client("PUT", PATH, body=body, content_type="application/json", authorization=f"Bearer {text}")
    assert (response.status, (response.json["taken_down"] is not None)) == (200, taken_down)


@pytest.mark.parametrize(
    "path",
    [
        "/c/{id}",
        "/v1/credentials/{id}",
        "/v1/credentials/{id}/report",
        "/embed/{id}?format=json",
        "/c/{id}/embed",
        "/c/{id}/card.png",
        "/c/{id}/qr.svg",
        "/c/{id}/certificate.pdf",
        "/c/{id}/badge.png",
        "/c/{id}/badge.svg",
        "/c/{id}/credential.json",
    ],
)
def test_nothing_about_it_is_published(client: Gateway, laurel: Laurel, path: str) -> None:
    decide(client, laurel, True)
    response = client.get(path.format(id=id_of("valid")))
    assert (response.status, response.json["code"]) == (410, "taken_down")
    assert "Ada" not in response.text
    assert laurel.event_store.events == {}


def test_reports_about_it_are_not_stored(client: Gateway, laurel: Laurel) -> None:
    decide(client, laurel, True)
    body = f"kind=shared&credential={id_of('valid')}&channel=x".encode()
    response = client("POST", "/v1/events", body=body, content_type="application/x-www-form-urlencoded")
    assert (response.status, laurel.event_store.events) == (410, {})


def test_the_page_says_that_it_was_taken_down_and_calls_nothing_forged(client: Gateway, laurel: Laurel) -> None:
    decide(client, laurel, True)
    response = client.get(laurel.url("valid"), accept=HTML)
    assert response.status == 410
    assert "This page was taken down" in response.text
    assert "Ada Nwosu" not in response.text
    assert "not genuine" not in response.text


def test_a_copy_is_verified_as_before(client: Gateway, laurel: Laurel) -> None:
    decide(client, laurel, True)
    document = laurel.issuer_store.record(id_of("valid")).document
    assert client.post("/v1/verify", document).json["verdict"] == "valid"


def test_its_badge_shows_no_credential(client: Gateway, laurel: Laurel) -> None:
    decide(client, laurel, True)
    response = client.get(f"/badge/{id_of('valid')}.svg")
    assert response.status == 404
    assert "Data analysis" not in response.text


def test_it_can_be_shown_again(client: Gateway, laurel: Laurel) -> None:
    for taken_down in (True, True, False, False):
        decide(client, laurel, taken_down)
    assert client.get(laurel.url("valid")).json["verdict"] == "valid"
