"""Verification of submitted credentials through the deployed API: bodies, size limits and CORS."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.conftest import RunningStack
from tests.http.public.test_pages import HEADLINES
from tests.http.senders import FORM, envelope, filled_form, form, padded
from tests.stack.test_edge import EVERY_BYTE, Answer, send_request


def verify(stack: RunningStack, body: bytes, content_type: str | None = "application/octet-stream") -> Answer:
    return send_request(stack, "/v1/verify", "POST", body, content_type=content_type)


def signed(stack: RunningStack, kind: str, media_type: str = "application/vc") -> bytes:
    """A demo credential as a holder would store it."""
    return send_request(stack, urlsplit(stack.demo[kind]["url"]).path, accept=media_type).body


@pytest.mark.parametrize("kind", ["valid", "expired", "not_yet_valid", "revoked", "suspended"])
def test_credential_file_has_its_verdict(stack: RunningStack, kind: str) -> None:
    response = verify(stack, signed(stack, kind))
    assert (response.status, response.json["verdict"]) == (200, kind)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("kind", ["tampered", "wrong_signer"])
def test_forged_file_is_detected(stack: RunningStack, kind: str) -> None:
    response = verify(stack, signed(stack, kind))
    assert (response.json["verdict"], response.json["credential"]) == ("invalid", None)


def test_one_added_character_is_detected(stack: RunningStack) -> None:
    document = json.loads(signed(stack, "valid"))
    document["credentialSubject"]["achievement"]["name"] += "."
    response = verify(stack, json.dumps(document).encode(), "application/json")
    assert (response.json["verdict"], response.json["credential"]) == ("invalid", None)


@pytest.mark.parametrize(
    "content_type", ["application/vc+jwt", "application/jwt", "text/plain", "application/json", None]
)
def test_jwt_is_valid_under_any_content_type(stack: RunningStack, content_type: str | None) -> None:
    response = verify(stack, signed(stack, "valid", "application/vc+jwt"), content_type)
    assert (response.status, response.json["verdict"]) == (200, "valid")
    # An issuer signs with the shared Ed25519 key until its own pair of keys can be used.
    assert response.json["format"].endswith(("VC-JWT ES256", "VC-JWT EdDSA"))


def test_laurel_link_is_opened_without_a_fetch(stack: RunningStack) -> None:
    # The local proxy has a private address, which the guarded fetcher would refuse.
    for body in (stack.demo["revoked"]["url"].encode(), envelope(url=stack.demo["revoked"]["url"])):
        assert verify(stack, body).json["verdict"] == "revoked"


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest/meta-data/", "https://127.0.0.1/", "https://localhost/x"]
)
def test_link_to_a_private_address_is_refused(stack: RunningStack, url: str) -> None:
    response = verify(stack, envelope(url=url))
    assert (response.status, response.json["code"]) == (422, "url_refused")
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_form_arrives_byte_exact(stack: RunningStack) -> None:
    source = signed(stack, "valid")
    assert verify(stack, form(("file", source, "badge.json")), FORM).json["verdict"] == "valid"
    # Binary content: the part after it is only found if every byte arrives unchanged.
    response = verify(stack, form(("file", EVERY_BYTE, "x"), ("recipient", b"nobody")), FORM)
    assert (response.status, response.json["errors"][0]["pointer"]) == (400, "/recipient")


@pytest.mark.parametrize(("size", "status"), [(262_144, 200), (262_145, 413), (257 * 1024, 413)])
def test_size_limit_is_exact_behind_the_gateway(stack: RunningStack, size: int, status: int) -> None:
    for body, content_type in ((padded(size), "application/json"), (form(("f", padded(size), "b")), FORM)):
        response = verify(stack, body, content_type)
        assert response.status == status
        assert response.headers["Content-Type"] == "application/problem+json" if status == 413 else "application/json"
        assert status == 200 or response.json["code"] == "too_large"


@pytest.mark.parametrize("path", ["/v1/verify", "/v1/credentials/{}/report"])
def test_cors_preflight_from_another_origin_is_allowed(stack: RunningStack, path: str) -> None:
    preflight = {"access_control_request_method": "POST", "access_control_request_headers": "content-type"}
    response = send_request(
        stack, path.format(stack.demo["valid"]["id"]), "OPTIONS", origin="https://jobs.example", **preflight
    )
    assert response.status == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]


def test_home_page_form_responds(stack: RunningStack) -> None:
    response = send_request(
        stack, "/", "POST", filled_form(file=signed(stack, "valid")), accept="text/html", content_type=FORM
    )
    assert (response.status, response.headers["Cache-Control"]) == (200, "no-store")
    assert HEADLINES["valid"] in response.body.decode()
    link = send_request(
        stack, "/", "POST", filled_form(stack.demo["valid"]["url"]), accept="text/html", content_type=FORM
    )
    assert (link.status, link.headers["Location"]) == (303, stack.demo["valid"]["url"])
    nothing = send_request(stack, "/", "POST", filled_form("hello"), accept="text/html", content_type=FORM)
    assert nothing.status == 422
    assert "No credential found." in nothing.body.decode()
