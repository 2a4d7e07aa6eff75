"""What programs may ask of the directory, with an API key and without one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.directory.reading_limit import PER_NETWORK
from chalicelib.errors import Unavailable
from chalicelib.verifiers.scope import Scope
from tests import fakes
from tests.http.fake_laurel import Laurel
from tests.http.gateway import ADDRESS, HTML, Gateway
from tests.http.verifiers.keys import as_verifier

PATHS = ("/v1/directory?limit=1", "/v1/directory/suggest?q=py", "/v1/directory?limit=1&format=csv")


@pytest.mark.parametrize("path", PATHS)
def test_response_says_what_remains_of_the_limit(client: Gateway, laurel: Laurel, path: str) -> None:
    without = client.get(path)
    assert (without.status, without.headers["ratelimit-policy"]) == (200, '"directory";q=60;w=60')
    assert without.headers["ratelimit"] == '"directory";r=59;t=1'
    assert "RateLimit" in without.headers["access-control-expose-headers"]
    with_key = client.get(path, **as_verifier(laurel, Scope.DIRECTORY))
    assert (with_key.status, with_key.headers["ratelimit-policy"]) == (200, '"directory";q=600;w=60')


def test_network_over_its_limit_waits_and_keys_do_not(client: Gateway, laurel: Laurel) -> None:
    for number in range(60):
        assert client.get(PATHS[number % 2]).status == 200
    refused = client.get(PATHS[0])
    assert (refused.status, refused.json["code"], refused.headers["retry-after"]) == (429, "too_many_requests", "1")
    assert refused.headers["ratelimit"] == '"directory";r=0;t=60'
    assert client.get(PATHS[0], **as_verifier(laurel, Scope.DIRECTORY)).status == 200
    laurel.now += timedelta(seconds=1)
    assert [client.get(PATHS[0]).status for _ in range(2)] == [200, 429]


def test_searches_do_not_use_up_what_can_be_verified(client: Gateway, laurel: Laurel) -> None:
    header = as_verifier(laurel, Scope.DIRECTORY, Scope.VERIFY)
    client.get(PATHS[0], **header)
    assert client.post("/v1/verify", b"{}", **header).headers["ratelimit"] == '"verify";r=1999;t=1'


def test_pages_are_not_counted(client: Gateway, laurel: Laurel) -> None:
    shown = client.get("/directory", accept=HTML)
    assert shown.status == 200
    assert "ratelimit" not in shown.headers
    assert laurel.rate_store.free_at == {}


@pytest.mark.parametrize("path", PATHS)
def test_responses_to_a_key_are_not_cached_and_not_readable_by_other_origins(
    client: Gateway, laurel: Laurel, path: str
) -> None:
    with_key, without = client.get(path, **as_verifier(laurel)), client.get(path)
    assert with_key.headers["cache-control"] == "private, no-store"
    assert "access-control-allow-origin" not in with_key.headers
    assert without.headers["access-control-allow-origin"] == "*"
    preflight = client("OPTIONS", path, origin="https://jobs.example", access_control_request_method="GET")
    assert "authorization" not in preflight.headers["access-control-allow-headers"].lower()


def test_key_without_the_scope_is_forbidden_and_an_invalid_one_is_not_treated_as_missing(
    client: Gateway, laurel: Laurel
) -> None:
    forbidden = client.get(PATHS[0], **as_verifier(laurel, Scope.VERIFY, Scope.BATCH))
    assert (forbidden.status, "scope directory" in forbidden.json["detail"]) == (403, True)
    assert client.get(PATHS[0], authorization="Bearer nonsense").status == 401
    assert laurel.rate_store.free_at == {}


def test_requests_that_cannot_be_counted_are_refused(client: Gateway, laurel: Laurel) -> None:
    class Broken(fakes.RateStore):
        def take(self, *_: object) -> None:
            raise Unavailable("no answer")

    laurel.rate_store = Broken()
    for headers in ({}, as_verifier(laurel)):
        assert client.get(PATHS[0], **headers).status == 503


def test_a_key_does_not_help_to_copy_the_directory(client: Gateway, laurel: Laurel) -> None:
    """Anyone can create keys, so what a network reads in a day has the same limit with one."""
    with laurel.reading_limit.reading(ADDRESS, PER_NETWORK) as reading:
        reading.shown = PER_NETWORK
    assert client.get(PATHS[0], **as_verifier(laurel)).status == 429


def test_the_form_offers_the_scope_and_the_account_its_limit(client: Gateway, laurel: Laurel) -> None:
    account = client.get("/v1/verifier", **as_verifier(laurel)).json
    assert account["limits"]["directory"]["burst"] == 600
    assert account["keys"][0]["scopes"] == sorted(Scope)
