"""Verifying what is brought, through the deployed thing: bytes, limits, browsers' questions."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.conftest import RunningStack
from tests.http.public.test_pages import HEADLINES
from tests.http.senders import FORM, envelope, filled, form, padded
from tests.stack.test_edge import EVERY_BYTE, Answer, ask


def verify(stack: RunningStack, body: bytes, content_type: str | None = "application/octet-stream") -> Answer:
    return ask(stack, "/v1/verify", "POST", body, content_type=content_type)


def signed(stack: RunningStack, kind: str, media_type: str = "application/vc") -> bytes:
    """A demo credential as a holder would keep it."""
    return ask(stack, urlsplit(stack.demo[kind]["url"]).path, accept=media_type).body


@pytest.mark.parametrize("kind", ["valid", "expired", "not_yet_valid", "revoked", "suspended"])
def test_a_credential_kept_as_a_file_has_its_verdict(stack: RunningStack, kind: str) -> None:
    sent = verify(stack, signed(stack, kind))
    assert (sent.status, sent.json["verdict"]) == (200, kind)
    assert sent.headers["Cache-Control"] == "no-store"
    assert sent.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("kind", ["tampered", "wrong_signer"])
def test_a_forged_file_is_found_out(stack: RunningStack, kind: str) -> None:
    sent = verify(stack, signed(stack, kind))
    assert (sent.json["verdict"], sent.json["credential"]) == ("invalid", None)


def test_one_letter_more_is_found_out(stack: RunningStack) -> None:
    document = json.loads(signed(stack, "valid"))
    document["credentialSubject"]["achievement"]["name"] += "."
    sent = verify(stack, json.dumps(document).encode(), "application/json")
    assert (sent.json["verdict"], sent.json["credential"]) == ("invalid", None)


@pytest.mark.parametrize(
    "content_type", ["application/vc+jwt", "application/jwt", "text/plain", "application/json", None]
)
def test_its_token_is_valid_under_any_type(stack: RunningStack, content_type: str | None) -> None:
    sent = verify(stack, signed(stack, "valid", "application/vc+jwt"), content_type)
    assert (sent.status, sent.json["verdict"]) == (200, "valid")
    assert sent.json["format"].endswith("VC-JWT EdDSA")


def test_its_link_is_opened_without_a_fetch(stack: RunningStack) -> None:
    # The front's own address is private: the guard would refuse to fetch it.
    for body in (stack.demo["revoked"]["url"].encode(), envelope(url=stack.demo["revoked"]["url"])):
        assert verify(stack, body).json["verdict"] == "revoked"


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest/meta-data/", "https://127.0.0.1/", "https://localhost/x"]
)
def test_a_link_into_private_space_is_refused(stack: RunningStack, url: str) -> None:
    sent = verify(stack, envelope(url=url))
    assert (sent.status, sent.json["code"]) == (422, "url_refused")
    assert sent.headers["Content-Type"] == "application/problem+json"


def test_a_form_arrives_byte_exact(stack: RunningStack) -> None:
    source = signed(stack, "valid")
    assert verify(stack, form(("file", source, "badge.json")), FORM).json["verdict"] == "valid"
    # Bytes that are no text: only those that arrived whole end where they should.
    sent = verify(stack, form(("file", EVERY_BYTE, "x"), ("recipient", b"nobody")), FORM)
    assert (sent.status, sent.json["errors"][0]["pointer"]) == (400, "/recipient")


@pytest.mark.parametrize(("size", "status"), [(262_144, 200), (262_145, 413), (257 * 1024, 413)])
def test_the_cap_is_exact_behind_the_gateway(stack: RunningStack, size: int, status: int) -> None:
    for body, content_type in ((padded(size), "application/json"), (form(("f", padded(size), "b")), FORM)):
        sent = verify(stack, body, content_type)
        assert sent.status == status
        assert sent.headers["Content-Type"] == "application/problem+json" if status == 413 else "application/json"
        assert status == 200 or sent.json["code"] == "too_large"


@pytest.mark.parametrize("path", ["/v1/verify", "/v1/credentials/{}/report"])
def test_a_page_of_another_origin_may_ask(stack: RunningStack, path: str) -> None:
    asked = {"access_control_request_method": "POST", "access_control_request_headers": "content-type"}
    sent = ask(stack, path.format(stack.demo["valid"]["id"]), "OPTIONS", origin="https://jobs.example", **asked)
    assert sent.status == 204
    assert sent.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in sent.headers["Access-Control-Allow-Methods"]
    assert sent.headers["Access-Control-Allow-Headers"] == "Content-Type"


def test_the_first_pages_form_answers(stack: RunningStack) -> None:
    sent = ask(stack, "/", "POST", filled(file=signed(stack, "valid")), accept="text/html", content_type=FORM)
    assert (sent.status, sent.headers["Cache-Control"]) == (200, "no-store")
    assert HEADLINES["valid"] in sent.body.decode()
    link = ask(stack, "/", "POST", filled(stack.demo["valid"]["url"]), accept="text/html", content_type=FORM)
    assert (link.status, link.headers["Location"]) == (303, stack.demo["valid"]["url"])
    nothing = ask(stack, "/", "POST", filled("hello"), accept="text/html", content_type=FORM)
    assert nothing.status == 422
    assert "No credential found." in nothing.body.decode()
