"""What is answered for a credential whose holder was erased."""

from __future__ import annotations

import pytest

from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import HTML, Gateway


@pytest.fixture
def erased(laurel: Laurel) -> bytes:
    """The kept copy of a credential that was erased."""
    document = laurel.issuer_store.record(id_of("valid")).document
    laurel.issuer_store.erased.add(id_of("valid"))
    return document


@pytest.mark.parametrize(
    "path",
    [
        "/c/{id}", "/v1/credentials/{id}", "/v1/credentials/{id}/report", "/embed/{id}?format=json", "/c/{id}/embed",
        "/c/{id}/card.png", "/c/{id}/qr.svg", "/c/{id}/certificate.pdf", "/c/{id}/badge.png", "/c/{id}/credential.json",
    ],
    ids=["page", "api", "report", "widget", "builder", "card", "qr", "certificate", "badge-file", "download"],
)  # fmt: skip
def test_everything_about_it_is_gone(client: Gateway, laurel: Laurel, erased: bytes, path: str) -> None:
    response = client.get(path.format(id=id_of("valid")))
    assert (response.status, response.json["code"]) == (410, "erased")
    assert "Ada" not in response.text
    assert laurel.event_store.events == {}


def test_its_badge_is_gone_and_shows_no_credential(client: Gateway, erased: bytes) -> None:
    response = client.get(f"/badge/{id_of('valid')}.svg")
    assert (response.status, "Data analysis" in response.text) == (410, False)


def test_its_page_says_so_and_calls_nothing_forged(client: Gateway, laurel: Laurel, erased: bytes) -> None:
    response = client.get(laurel.url("valid"), accept=HTML)
    assert response.status == 410
    assert "This credential was deleted" in response.text
    assert "not genuine" not in response.text
    assert 'content="noindex"' in response.text or "noindex" in response.headers.get("x-robots-tag", "")


def test_its_link_is_not_taken_for_a_wrong_one(client: Gateway, laurel: Laurel, erased: bytes) -> None:
    response = client.post("/v1/verify", f"{BASE_URL}/c/{id_of('valid')}".encode())
    assert (response.status, response.json["code"]) == (410, "erased")


def test_kept_copy_is_verified_as_before(client: Gateway, erased: bytes) -> None:
    assert client.post("/v1/verify", erased).json["verdict"] == "valid"
