"""DID documents, status lists and images: caching, media types and encoding."""

from __future__ import annotations

import hashlib

import pytest

from chalicelib.award.keys import rotation
from tests.http.fake_laurel import Laurel, id_of, picture
from tests.http.gateway import Gateway

IMAGE = f"/images/{hashlib.sha256(picture()).hexdigest()}.png"


def list_path(laurel: Laurel) -> str:
    return f"/status/{laurel.issuer_store.issuer('fernhill').revocation_list}"


def public_paths(laurel: Laurel) -> list[str]:
    return ["/", "/.well-known/did.json", "/issuers/fernhill/did.json", list_path(laurel), IMAGE]


def test_issuer_did_document_lists_its_keys(client: Gateway, laurel: Laurel) -> None:
    rotation.rotate_key(laurel.issuer_context, "fernhill")
    response = client.get("/issuers/fernhill/did.json")
    assert response.headers["content-type"] == "application/did+json"
    assert response.json["id"] == "did:web:localhost%3A8000:issuers:fernhill"
    methods = response.json["verificationMethod"]
    assert ["expires" in method for method in methods] == [True, True, True, False, False]  # shared, two pairs
    assert response.json["assertionMethod"] == [method["id"] for method in methods]


def test_host_did_document(client: Gateway) -> None:
    assert client.get("/.well-known/did.json").json["id"] == "did:web:localhost%3A8000"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/vc"),
        ("application/ld+json, application/json", "application/ld+json"),
        ("application/json", "application/json"),
    ],
)
def test_status_list_is_the_signed_credential_in_the_accepted_type(
    client: Gateway, laurel: Laurel, accept: str, media_type: str
) -> None:
    response = client.get(list_path(laurel), accept=accept)
    assert response.headers["content-type"] == media_type
    assert response.body == laurel.issuer_store.status_list(list_path(laurel).removeprefix("/status/")).document
    assert response.headers["vary"] == "Accept"


@pytest.mark.parametrize("accept", [None, "*/*", "image/png", "image/*", "text/html,*/*;q=0.8"])
def test_image_is_returned_whatever_the_accept_header(client: Gateway, accept: str | None) -> None:
    response = client.get(IMAGE, **({"accept": accept} if accept else {}))
    assert (response.status, response.headers["content-type"]) == (200, "image/png")
    assert response.body == picture()
    assert response.encoded


def test_text_is_not_base64_encoded(client: Gateway, laurel: Laurel) -> None:
    for path in ("/", "/.well-known/did.json", laurel.url("valid")):
        assert not client.get(path).encoded
    assert not client.get("/c/nothing").encoded


LIFETIMES = {
    "/.well-known/did.json": "public, max-age=0",
    "/issuers/fernhill/did.json": "public, max-age=0",
    IMAGE: "public, max-age=31536000, immutable",
}


def test_cache_lifetimes(client: Gateway, laurel: Laurel) -> None:
    for path, lifetime in {**LIFETIMES, list_path(laurel): "public, max-age=60"}.items():
        assert client.get(path).headers["cache-control"] == lifetime
    for path in (laurel.url("valid"), f"/v1/credentials/{id_of('valid')}", f"/v1/credentials/{id_of('valid')}/report"):
        assert client.get(path).headers["cache-control"] == "no-store"


def test_matching_etag_gets_304_without_a_body(client: Gateway, laurel: Laurel) -> None:
    for path in public_paths(laurel):
        first = client.get(path)
        tag = first.headers["etag"]
        for header_value in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = client.get(path, if_none_match=header_value)
            assert (again.status, again.body) == (304, b"")
            repeated = {name: first.headers[name] for name in ("etag", "cache-control")}
            assert repeated.items() <= again.headers.items()
        assert client.get(path, if_none_match='"other"').status == 200


def test_changed_document_has_a_new_etag(client: Gateway, laurel: Laurel) -> None:
    before = client.get("/issuers/fernhill/did.json").headers["etag"]
    rotation.rotate_key(laurel.issuer_context, "fernhill")
    assert client.get("/issuers/fernhill/did.json", if_none_match=before).status == 200


@pytest.mark.parametrize("path", ["/.well-known/did.json", "/issuers/fernhill/did.json"])
def test_a_verifier_asks_for_the_keys_each_time_because_a_copy_would_not_list_a_new_key(
    client: Gateway, path: str
) -> None:
    first = client.get(path)
    assert first.headers["cache-control"] == "public, max-age=0"
    assert client.get(path, if_none_match=first.headers["etag"]).status == 304
