"""`/badge/{file}`."""

from __future__ import annotations

import pytest

from chalicelib.analytics.event import Kind
from chalicelib.http.embed.images import IMAGE_SECONDS
from tests.http.fake_laurel import KINDS, Laurel, id_of
from tests.http.gateway import Gateway


@pytest.mark.parametrize("kind", KINDS)
def test_image_of_every_credential_names_its_verdict(client: Gateway, kind: str) -> None:
    label = {
        "valid": "Valid", "expired": "Expired", "not_yet_valid": "Not yet valid", "revoked": "Revoked",
        "suspended": "Suspended", "tampered": "Not genuine", "wrong_signer": "Not genuine",
        "unreachable_status": "Not verified",
    }[kind]  # fmt: skip
    response = client.get(f"/badge/{id_of(kind)}.svg")
    assert (response.status, response.headers["content-type"]) == (200, "image/svg+xml")
    assert f">{label}<" in response.text


def test_image_is_cached_for_the_stated_time_and_revalidated(client: Gateway, laurel: Laurel) -> None:
    path = f"/badge/{id_of('valid')}.svg"
    response = client.get(path)
    assert response.headers["cache-control"] == f"public, max-age={IMAGE_SECONDS}"
    again = client.get(path, if_none_match=response.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("name", ["z" * 26, "x", "a" * 26 + "%00"])
def test_unknown_id_gets_a_neutral_image(client: Gateway, name: str) -> None:
    response = client.get(f"/badge/{name}.svg")
    assert (response.status, response.headers["content-type"]) == (404, "image/svg+xml")
    assert "No such credential" in response.text


@pytest.mark.parametrize("path", ["/badge/x.svg", "/embed/x"])
def test_what_does_not_exist_is_never_unchanged(client: Gateway, path: str) -> None:
    """RFC 9110, 13.2.1: a precondition matters only if the response would be successful without it."""
    missing = client.get(path)
    for tag in ("*", missing.headers["etag"]):
        assert client.get(path, if_none_match=tag).status == 404


def test_unknown_format_is_a_problem(client: Gateway) -> None:
    assert client.get(f"/badge/{id_of('valid')}.gif").json["code"] == "not_found"


def test_an_image_counts_as_an_impression_and_not_as_a_view(client: Gateway, laurel: Laurel) -> None:
    client.get(f"/badge/{id_of('valid')}.svg", referer="https://blog.example/post")
    (event,) = laurel.event_store.events.values()
    assert (event.kind, event.referrer) == (Kind.IMPRESSION, "blog.example")


def test_unknown_parameters_and_values_do_not_break_an_image(client: Gateway) -> None:
    response = client.get(f"/badge/{id_of('valid')}.svg?size=huge&theme=pink&utm_source=x&size=badge")
    assert 'width="320"' in response.text


def test_size_and_theme_are_chosen_by_query(client: Gateway) -> None:
    response = client.get(f"/badge/{id_of('valid')}.svg?size=badge&theme=dark")
    assert 'width="120"' in response.text
    assert 'fill="#14171a"' in response.text


@pytest.mark.parametrize(("name", "width"), [("", 320), ("@1x", 320), ("@2x", 640), ("%402x", 640)])
def test_png_is_served_at_one_and_two_pixels(client: Gateway, name: str, width: int) -> None:
    response = client.get(f"/badge/{id_of('valid')}{name}.png")
    assert (response.status, response.headers["content-type"]) == (200, "image/png")
    assert response.encoded
    assert int.from_bytes(response.body[16:20]) == width
    assert client.get(f"/badge/{id_of('valid')}{name}.png", if_none_match=response.headers["etag"]).status == 304


def test_png_of_an_unknown_credential_is_an_image(client: Gateway) -> None:
    for name in ("z" * 26, f"{id_of('valid')}@3x"):
        response = client.get(f"/badge/{name}.png")
        assert (response.status, response.headers["content-type"]) == (404, "image/png")
