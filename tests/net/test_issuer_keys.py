"""Keys of https issuers: which issuer a key belongs to, and where keys may be fetched from."""

from __future__ import annotations

import pytest

from chalicelib.errors import LaurelError, Unavailable
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.guard import Guard
from chalicelib.net.issuer_keys import IssuerKeys
from chalicelib.verify.keys.public_key import PublicKey, UnusableKey
from chalicelib.verify.ports import Controller, Fetched
from tests.net.test_did_web import Pages, soon
from tests.verify.keys.test_did_document import JWK, MULTIKEY

ISSUER = "https://good.example/issuers/1"
METADATA = "https://good.example/.well-known/jwt-vc-issuer/issuers/1"
KEYS = "https://good.example/keys"


def find(pages: dict[str, object], kid: str | None = None, issuer: str = ISSUER) -> Controller:
    return IssuerKeys(Pages(**pages), Guard(), soon()).find(issuer, kid)


def code_of(pages: dict[str, object], kid: str | None = None, issuer: str = ISSUER) -> str:
    with pytest.raises(LaurelError) as caught:
        find(pages, kid, issuer)
    assert caught.value.detail.endswith(".")
    return f"{type(caught.value).__name__} {caught.value.code}"


def ids(controller: Controller) -> list[str]:
    assert controller.id.startswith("https://good.example")
    assert all(method.assertion for method in controller.methods)
    return [method.id for method in controller.methods]


def key(kid: object = None, **members: object) -> dict[str, object]:
    return {**JWK, **({} if kid is None else {"kid": kid}), **members}


# A kid that is a URL (Open Badges 3.0, 8.2)


def test_a_kid_url_may_be_a_single_key() -> None:
    controller = find({KEYS: key()}, KEYS)
    assert ids(controller) == [KEYS]
    assert isinstance(controller.methods[0].key, PublicKey)
    assert [evidence.url for evidence in controller.evidence] == [KEYS]


@pytest.mark.parametrize(
    ("kid", "keys", "found"),
    [
        (f"{KEYS}#a", [key("a"), key("b")], [f"{KEYS}#a", f"{KEYS}#b"]),
        (f"{KEYS}#a", [key(f"{KEYS}#a"), key("b")], [f"{KEYS}#a", f"{KEYS}#b"]),
        (KEYS, [key()], [KEYS]),
        (KEYS, [key("a")], [KEYS]),
        (KEYS, [key("a"), key("b")], [f"{KEYS}#a", f"{KEYS}#b"]),
        (f"{KEYS}#a", [key("b")], [f"{KEYS}#b"]),
        (KEYS, [], []),
    ],
)
def test_a_kid_url_may_be_a_set_of_keys(kid: str, keys: list[object], found: list[str]) -> None:
    assert ids(find({KEYS: {"keys": keys}}, kid)) == found


def test_a_kid_url_may_be_the_issuers_document() -> None:
    listed = {"id": f"{ISSUER}#1", "type": "Multikey", "controller": ISSUER, "publicKeyMultibase": MULTIKEY}
    page = {"id": ISSUER, "verificationMethod": [listed], "assertionMethod": [f"{ISSUER}#1"]}
    assert ids(find({ISSUER: page}, f"{ISSUER}#1")) == [f"{ISSUER}#1"]
    assert code_of({KEYS: page | {"id": KEYS}}, f"{KEYS}#1") == "Unavailable document_unreadable"


@pytest.mark.parametrize(
    "kid",
    [
        "https://evil.example/keys",
        "https://good.example.evil.example/keys",
        "https://a.good.example/keys",
        f"{KEYS}?to=https://evil.example/",
        f"{KEYS}?#a",
    ],
)
def test_a_kid_url_on_another_origin_or_with_a_query_is_refused(kid: str) -> None:
    assert code_of({kid: key(), kid.partition("#")[0]: key()}, kid) == "Malformed key_other_origin"


@pytest.mark.parametrize(
    "kid", ["https://127.0.0.1/keys", "https://good.example:8443/keys", "https://good.example\\@evil.example/"]
)
def test_a_kid_url_that_the_guard_refuses_is_not_fetched(kid: str) -> None:
    assert code_of({}, kid) == "Unavailable url_refused"


def test_redirects_must_stay_on_the_issuers_origin() -> None:
    web = Pages(**{KEYS: key()})
    IssuerKeys(web, Guard(), soon()).find(ISSUER, KEYS)
    assert web.fetches == [(KEYS, True)]


# Metadata


@pytest.mark.parametrize(
    ("issuer", "metadata_url"),
    [
        (ISSUER, METADATA),
        ("https://good.example", "https://good.example/.well-known/jwt-vc-issuer"),
        ("https://good.example/", "https://good.example/.well-known/jwt-vc-issuer"),
        ("https://good.example/a/", "https://good.example/.well-known/jwt-vc-issuer/a"),
    ],
)
def test_the_metadata_path_is_between_host_and_path(issuer: str, metadata_url: str) -> None:
    pages = {metadata_url: {"issuer": issuer, "jwks": {"keys": [key("a"), key("b")]}}}
    assert ids(find(pages, "a", issuer)) == ["a", "b"]


def test_metadata_may_link_to_a_key_set_on_the_same_origin() -> None:
    controller = find({METADATA: {"issuer": ISSUER, "jwks_uri": KEYS}, KEYS: {"keys": [key("a")]}})
    assert ids(controller) == ["a"]
    assert [evidence.url for evidence in controller.evidence] == [METADATA, KEYS]


@pytest.mark.parametrize(
    "page",
    [
        {"issuer": "https://evil.example", "jwks": {"keys": [key()]}},
        {"issuer": f"{ISSUER}/", "jwks": {"keys": [key()]}},
        {"jwks": {"keys": [key()]}},
        {"issuer": ISSUER},
        {"issuer": ISSUER, "jwks": {"keys": [key()]}, "jwks_uri": KEYS},
        {"issuer": ISSUER, "jwks": [key()]},
        {"issuer": ISSUER, "jwks": {}},
        {"issuer": ISSUER, "jwks": {"keys": key()}},
        {"issuer": ISSUER, "jwks": {"keys": ["a"]}},
        {"issuer": ISSUER, "jwks": {"keys": [key("a"), key("a")]}},
        {"issuer": ISSUER, "jwks": {"keys": [key(), key()]}},
        {"issuer": ISSUER, "jwks": {"keys": [key(str(n)) for n in range(65)]}},
        {"issuer": ISSUER, "jwks_uri": 7},
        {"issuer": ISSUER, "jwks_uri": "https://evil.example/keys"},
        b"<html>",
    ],
)
def test_invalid_or_ambiguous_metadata_is_refused(page: object) -> None:
    pages = {METADATA: page, KEYS: {"keys": [key()]}, "https://evil.example/keys": {"keys": [key()]}}
    assert code_of(pages) == "Unavailable document_unreadable"


def test_metadata_may_not_link_to_a_private_address() -> None:
    page = {"issuer": ISSUER, "jwks_uri": "https://169.254.169.254/keys"}
    assert code_of({METADATA: page}) == "Unavailable url_refused"


def test_unusable_keys_are_listed_with_their_error() -> None:
    page = {
        "issuer": ISSUER,
        "jwks": {"keys": [key("a", kty="EC", crv="secp256k1"), key("b", use="enc"), key("c", d="AA")]},
    }
    codes = [method.key.code for method in find({METADATA: page}).methods if isinstance(method.key, UnusableKey)]
    assert codes == ["key_unsupported", "key_not_for_signing", "key_private"]


def test_without_metadata_the_issuers_document_is_read() -> None:
    listed = {"id": "#1", "type": "Multikey", "controller": ISSUER, "publicKeyMultibase": MULTIKEY}
    pages = {ISSUER: {"id": ISSUER, "verificationMethod": [listed], "assertionMethod": ["#1"]}}
    assert ids(find(pages)) == [f"{ISSUER}#1"]


def test_metadata_that_may_return_soon_is_not_replaced_by_the_issuers_document() -> None:
    """The document may list fewer keys, and a genuine credential would be called forged."""

    class Broken(Pages):
        def get(self, url: str, *, accept: str, deadline: Deadline, same_origin: bool = False) -> Fetched:
            if url == METADATA:
                raise Unavailable("The host has an error (503).", code="http_unavailable")
            return super().get(url, accept=accept, deadline=deadline, same_origin=same_origin)

    with pytest.raises(Unavailable) as caught:
        IssuerKeys(Broken(**{ISSUER: {"id": ISSUER, "verificationMethod": []}}), Guard(), soon()).find(ISSUER, "key-2")
    assert caught.value.code == "http_unavailable"


def test_without_metadata_and_document_the_keys_are_unavailable() -> None:
    assert code_of({}) == "Unavailable http_status"
    assert code_of({ISSUER: b"<html>"}) == "Unavailable document_unreadable"


@pytest.mark.parametrize(
    "issuer",
    [
        "http://good.example",
        "https://good.example/?a",
        "https://good.example/#a",
        "https://127.0.0.1/",
        "https://good.example:8443/",
        "did:web:good.example",
        "",
    ],
)
def test_an_issuer_that_is_not_a_plain_https_url_is_refused(issuer: str) -> None:
    assert code_of({}, issuer=issuer) == "Unavailable url_refused"
