"""OpenID Connect providers over real TLS: discovery, keys and token endpoint."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.access.sign_in.providers import Endpoints, Provider
from chalicelib.errors import Unavailable
from chalicelib.net.fetching.cache import Cache
from chalicelib.net.fetching.fetch import Fetcher
from chalicelib.net.oidc import FRESH_EVERY, NetworkProviders
from tests.net.conftest import NOW
from tests.net.external_host import ExternalHost, ok, redirect

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
def providers(fetcher: Fetcher, clock: Clock) -> NetworkProviders:
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


def test_endpoints_come_from_the_cached_discovery_document(
    providers: NetworkProviders, provider: Provider, endpoints: Endpoints, server: ExternalHost, url: Url
) -> None:
    server.pages[DISCOVERY] = document(url)
    assert providers.endpoints(provider) == endpoints
    assert providers.endpoints(provider) == endpoints
    assert server.paths == [DISCOVERY], "the second read comes from the cache"


def test_a_provider_may_require_the_secret_in_the_form(
    providers: NetworkProviders, provider: Provider, server: ExternalHost, url: Url
) -> None:
    server.pages[DISCOVERY] = document(url, token_endpoint_auth_methods_supported=["client_secret_post"])
    assert not providers.endpoints(provider).basic


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://evil.example"}, {"issuer": None}, {"token_endpoint": None}, {"jwks_uri": 5},
        {"authorization_endpoint": "javascript:alert(1)"}, {"token_endpoint": "http://badges.example/token"},
    ],
    ids=str,
)  # fmt: skip
def test_an_invalid_discovery_document_is_refused(
    providers: NetworkProviders, provider: Provider, server: ExternalHost, url: Url, changes: dict[str, object]
) -> None:
    server.pages[DISCOVERY] = document(url, **changes)
    with pytest.raises(Unavailable) as caught:
        providers.endpoints(provider)
    assert caught.value.code == "document_unreadable"


def test_fresh_keys_bypass_the_cache_at_a_limited_rate(
    providers: NetworkProviders, endpoints: Endpoints, server: ExternalHost, clock: Clock
) -> None:
    server.pages["/keys"] = ok(b'{"keys": [{"kid": "1"}, "nonsense"]}')
    assert providers.keys(endpoints, fresh=False) == [{"kid": "1"}]
    server.pages["/keys"] = ok(b'{"keys": [{"kid": "2"}]}')
    assert providers.keys(endpoints, fresh=False) == [{"kid": "1"}]
    assert providers.keys(endpoints, fresh=True) == [{"kid": "2"}]
    for _ in range(5):
        providers.keys(endpoints, fresh=True)
    assert len(server.paths) == 2
    clock.now += FRESH_EVERY
    providers.keys(endpoints, fresh=True)
    assert len(server.paths) == 3


def told(body: bytes, seen: list[bytes]) -> Callable[[ssl.SSLSocket], None]:
    """Read the request, then respond with ``body``."""

    def behave(connection: ssl.SSLSocket) -> None:
        seen.append(connection.recv(65536))
        connection.sendall(ok(body))

    return behave


def test_a_code_is_redeemed_with_the_secret_in_the_header(
    providers: NetworkProviders, provider: Provider, endpoints: Endpoints, server: ExternalHost
) -> None:
    server.pages["/token"] = ok(b'{"id_token": "x"}')
    form = {"grant_type": "authorization_code", "code": "a&b=c", "client_id": "client id"}
    assert providers.redeem(provider, endpoints, form) == {"id_token": "x"}
    head = server.heads[0]
    assert head.startswith("POST /token HTTP/1.1\r\n")
    basic = base64.b64encode(b"client+id:se%3Acret%26").decode()
    assert f"\r\nAuthorization: Basic {basic}\r\n" in head
    assert "\r\nContent-Type: application/x-www-form-urlencoded\r\n" in head
    assert "\r\nContent-Length: 64\r\n" in head


def test_a_secret_in_the_form_is_not_in_a_header(
    providers: NetworkProviders, provider: Provider, endpoints: Endpoints, server: ExternalHost
) -> None:
    server.pages["/token"] = ok(b"{}")
    providers.redeem(provider, replace(endpoints, basic=False), {"code": "x"})
    providers.redeem(replace(provider, client_secret=""), endpoints, {"code": "x"})
    assert all("Authorization" not in head for head in server.heads)
    assert "\r\nContent-Length: 33\r\n" in server.heads[0]
    assert "\r\nContent-Length: 6\r\n" in server.heads[1]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (ok(b'{"error": "invalid_grant"}', status="400 Bad Request"), "http_status"),
        (redirect("https://evil.example/token"), "http_status"),
        (ok(b"<html>"), "not_http"),
        (ok(b'{"id_token": 1, "id_token": 2}'), "not_http"),
    ],
)
def test_an_invalid_token_response_is_unavailable(
    providers: NetworkProviders, provider: Provider, endpoints: Endpoints, server: ExternalHost, page: bytes, code: str
) -> None:
    server.pages["/token"] = page
    with pytest.raises(Unavailable) as caught:
        providers.redeem(provider, endpoints, {"code": "x"})
    assert caught.value.code == code
    assert len(server.heads) == 1, "a redirect target receives neither the code nor the secret"
