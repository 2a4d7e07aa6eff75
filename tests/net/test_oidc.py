"""An OpenID provider over real TLS: its documents, its keys, its token endpoint."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.access.providers import Endpoints, Provider
from chalicelib.errors import Unavailable
from chalicelib.net.cache import Cache
from chalicelib.net.fetch import Fetcher
from chalicelib.net.oidc import FRESH_EVERY, NetworkProviders
from tests.net.conftest import NOW
from tests.net.stranger import Stranger, ok, redirect

Url = Callable[[str], str]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def network(fetcher: Fetcher, clock: Clock) -> NetworkProviders:
    return NetworkProviders(Cache(fetcher, lambda: NOW), fetcher, clock)


@pytest.fixture
def provider(url: Url) -> Provider:
    return Provider("campus", "Campus login", url(""), "client id", "se:cret&")


@pytest.fixture
def endpoints(url: Url) -> Endpoints:
    return Endpoints(url("/authorize"), url("/token"), url("/keys"), basic=True)


def document(url: Url, **changes: object) -> bytes:
    found = {
        "issuer": url(""), "authorization_endpoint": url("/authorize"), "token_endpoint": url("/token"),
        "jwks_uri": url("/keys"), **changes,
    }  # fmt: skip
    return ok(json.dumps({name: value for name, value in found.items() if value is not None}).encode())


DISCOVERY = "/.well-known/openid-configuration"


def test_its_document_says_where_it_is_asked(
    network: NetworkProviders, provider: Provider, endpoints: Endpoints, stranger: Stranger, url: Url
) -> None:
    stranger.pages[DISCOVERY] = document(url)
    assert network.endpoints(provider) == endpoints
    assert network.endpoints(provider) == endpoints
    assert stranger.asked == [DISCOVERY], "the second time from the cache"


def test_it_may_want_the_secret_in_the_form(
    network: NetworkProviders, provider: Provider, stranger: Stranger, url: Url
) -> None:
    stranger.pages[DISCOVERY] = document(url, token_endpoint_auth_methods_supported=["client_secret_post"])
    assert not network.endpoints(provider).basic


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://evil.example"}, {"issuer": None}, {"token_endpoint": None}, {"jwks_uri": 5},
        {"authorization_endpoint": "javascript:alert(1)"}, {"token_endpoint": "http://badges.example/token"},
    ],
    ids=str,
)  # fmt: skip
def test_a_document_that_does_not_fit_is_not_used(
    network: NetworkProviders, provider: Provider, stranger: Stranger, url: Url, changes: dict[str, object]
) -> None:
    stranger.pages[DISCOVERY] = document(url, **changes)
    with pytest.raises(Unavailable) as caught:
        network.endpoints(provider)
    assert caught.value.code == "document_unreadable"


def test_new_keys_are_read_past_the_cache_but_not_all_the_time(
    network: NetworkProviders, endpoints: Endpoints, stranger: Stranger, clock: Clock
) -> None:
    stranger.pages["/keys"] = ok(b'{"keys": [{"kid": "1"}, "nonsense"]}')
    assert network.keys(endpoints, fresh=False) == [{"kid": "1"}]
    stranger.pages["/keys"] = ok(b'{"keys": [{"kid": "2"}]}')
    assert network.keys(endpoints, fresh=False) == [{"kid": "1"}]
    assert network.keys(endpoints, fresh=True) == [{"kid": "2"}]
    for _ in range(5):
        network.keys(endpoints, fresh=True)
    assert len(stranger.asked) == 2
    clock.now += FRESH_EVERY
    network.keys(endpoints, fresh=True)
    assert len(stranger.asked) == 3


def told(body: bytes, seen: list[bytes]) -> Callable[[ssl.SSLSocket], None]:
    """Read what is sent to the end, then answer."""

    def behave(connection: ssl.SSLSocket) -> None:
        seen.append(connection.recv(65536))
        connection.sendall(ok(body))

    return behave


def test_a_code_is_redeemed_with_the_secret_in_the_header(
    network: NetworkProviders, provider: Provider, endpoints: Endpoints, stranger: Stranger
) -> None:
    stranger.pages["/token"] = ok(b'{"id_token": "x"}')
    form = {"grant_type": "authorization_code", "code": "a&b=c", "client_id": "client id"}
    assert network.redeem(provider, endpoints, form) == {"id_token": "x"}
    head = stranger.heads[0]
    assert head.startswith("POST /token HTTP/1.1\r\n")
    basic = base64.b64encode(b"client+id:se%3Acret%26").decode()
    assert f"\r\nAuthorization: Basic {basic}\r\n" in head
    assert "\r\nContent-Type: application/x-www-form-urlencoded\r\n" in head
    assert "\r\nContent-Length: 64\r\n" in head


def test_a_secret_in_the_form_is_in_no_header(
    network: NetworkProviders, provider: Provider, endpoints: Endpoints, stranger: Stranger
) -> None:
    stranger.pages["/token"] = ok(b"{}")
    network.redeem(provider, replace(endpoints, basic=False), {"code": "x"})
    network.redeem(replace(provider, client_secret=""), endpoints, {"code": "x"})
    assert all("Authorization" not in head for head in stranger.heads)
    assert "\r\nContent-Length: 33\r\n" in stranger.heads[0]
    assert "\r\nContent-Length: 6\r\n" in stranger.heads[1]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (ok(b'{"error": "invalid_grant"}', status="400 Bad Request"), "http_status"),
        (redirect("https://evil.example/token"), "http_status"),
        (ok(b"<html>"), "not_http"),
        (ok(b'{"id_token": 1, "id_token": 2}'), "not_http"),
    ],
)
def test_an_answer_that_is_none_redeems_nothing(
    network: NetworkProviders, provider: Provider, endpoints: Endpoints, stranger: Stranger, page: bytes, code: str
) -> None:
    stranger.pages["/token"] = page
    with pytest.raises(Unavailable) as caught:
        network.redeem(provider, endpoints, {"code": "x"})
    assert caught.value.code == code
    assert len(stranger.heads) == 1, "a redirect gets neither the code nor the secret"
