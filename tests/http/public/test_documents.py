"""DID documents, status lists, pictures: cached honestly, right as text and as bytes."""

from __future__ import annotations

import hashlib

import pytest

from chalicelib.award.issuers import issuer_actions
from tests.http.gateway import Gateway
from tests.http.world import Laurel, id_of, picture

IMAGE = f"/images/{hashlib.sha256(picture()).hexdigest()}.png"


def list_path(laurel: Laurel) -> str:
    return f"/status/{laurel.issuer_store.issuer('fernhill').revocation_list}"


def public_paths(laurel: Laurel) -> list[str]:
    return ["/", "/.well-known/did.json", "/issuers/fernhill/did.json", list_path(laurel), IMAGE]


def test_issuers_did_document_names_its_keys(ask: Gateway, laurel: Laurel) -> None:
    issuer_actions.rotate_key(laurel.issuer_context, "fernhill")
    answer = ask.get("/issuers/fernhill/did.json")
    assert answer.headers["content-type"] == "application/did+json"
    assert answer.json["id"] == "did:web:localhost%3A8000:issuers:fernhill"
    first, second = answer.json["verificationMethod"]
    assert "expires" in first
    assert "expires" not in second
    assert answer.json["assertionMethod"] == [first["id"], second["id"]]


def test_hosts_did_document(ask: Gateway) -> None:
    assert ask.get("/.well-known/did.json").json["id"] == "did:web:localhost%3A8000"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/vc"),
        ("application/ld+json, application/json", "application/ld+json"),
        ("application/json", "application/json"),
    ],
)
def test_status_list_is_the_signed_credential_under_the_type_that_is_wanted(
    ask: Gateway, laurel: Laurel, accept: str, media_type: str
) -> None:
    answer = ask.get(list_path(laurel), accept=accept)
    assert answer.headers["content-type"] == media_type
    assert answer.body == laurel.issuer_store.status_list(list_path(laurel).removeprefix("/status/")).document
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize("accept", [None, "*/*", "image/png", "image/*", "text/html,*/*;q=0.8"])
def test_picture_goes_out_whole_whatever_is_accepted(ask: Gateway, accept: str | None) -> None:
    answer = ask.get(IMAGE, **({"accept": accept} if accept else {}))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert answer.body == picture()
    assert answer.encoded


def test_text_goes_out_as_text(ask: Gateway, laurel: Laurel) -> None:
    for path in ("/", "/.well-known/did.json", laurel.url("valid")):
        assert not ask.get(path).encoded
    assert not ask.get("/c/nothing").encoded


LIFETIMES = {
    "/.well-known/did.json": "public, max-age=300",
    "/issuers/fernhill/did.json": "public, max-age=300",
    IMAGE: "public, max-age=31536000, immutable",
}


def test_lifetimes_are_as_promised(ask: Gateway, laurel: Laurel) -> None:
    for path, lifetime in {**LIFETIMES, list_path(laurel): "public, max-age=60"}.items():
        assert ask.get(path).headers["cache-control"] == lifetime
    for path in (laurel.url("valid"), f"/v1/credentials/{id_of('valid')}", f"/v1/credentials/{id_of('valid')}/report"):
        assert ask.get(path).headers["cache-control"] == "no-store"


def test_holder_of_the_same_version_gets_304_and_nothing_else(ask: Gateway, laurel: Laurel) -> None:
    for path in public_paths(laurel):
        first = ask.get(path)
        tag = first.headers["etag"]
        for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = ask.get(path, if_none_match=given)
            assert (again.status, again.body) == (304, b"")
            kept = {name: first.headers[name] for name in ("etag", "cache-control")}
            assert kept.items() <= again.headers.items()
        assert ask.get(path, if_none_match='"other"').status == 200


def test_changed_document_has_another_tag(ask: Gateway, laurel: Laurel) -> None:
    before = ask.get("/issuers/fernhill/did.json").headers["etag"]
    issuer_actions.rotate_key(laurel.issuer_context, "fernhill")
    assert ask.get("/issuers/fernhill/did.json", if_none_match=before).status == 200
