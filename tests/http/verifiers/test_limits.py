"""What callers of the API may ask, as `POST /v1/verify` announces and enforces it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.errors import Unavailable
from chalicelib.verifiers.scope import Scope
from tests import fakes
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import Gateway, Response
from tests.http.verifiers.keys import as_verifier, create_key, create_verifier

PREFLIGHT = {"origin": "https://jobs.example", "access_control_request_method": "POST"}


def verify(client: Gateway, laurel: Laurel, items: int = 1, **headers: str) -> Response:
    link = f"{laurel.base_url}/c/{id_of('valid')}"
    sent = {"url": link} if items == 1 else {"credentials": [link] * items}
    return client.post("/v1/verify", json.dumps(sent).encode(), content_type="application/json", **headers)


def test_answer_without_a_key_says_what_is_left_of_the_network(client: Gateway, laurel: Laurel) -> None:
    reply = verify(client, laurel)
    assert reply.status == 200
    assert reply.headers["ratelimit-policy"] == '"verify";q=60;w=60'
    assert reply.headers["ratelimit"] == '"verify";r=59;t=1'
    assert verify(client, laurel, 20).headers["ratelimit"] == '"verify";r=39;t=21'


def test_network_over_its_limit_waits_and_others_do_not(client: Gateway, laurel: Laurel) -> None:
    for _ in range(60):
        assert verify(client, laurel).status == 200
    refused = verify(client, laurel)
    assert (refused.status, refused.headers["content-type"]) == (429, "application/problem+json")
    assert refused.json["code"] == "too_many_requests"
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["ratelimit"] == '"verify";r=0;t=60'
    assert refused.headers["ratelimit-policy"] == '"verify";q=60;w=60'
    assert verify(client, laurel, **as_verifier(laurel)).status == 200
    laurel.now += timedelta(seconds=1)
    assert [verify(client, laurel).status for _ in range(2)] == [200, 429]


def test_request_costs_as_many_as_it_has_credentials_and_one_if_it_is_refused(client: Gateway, laurel: Laurel) -> None:
    assert client.post("/v1/verify", b'{"url": 1}').status == 400
    assert verify(client, laurel, 20).headers["ratelimit"] == '"verify";r=39;t=21'
    assert verify(client, laurel, 20).status == 200
    refused = verify(client, laurel, 20)
    assert (refused.status, refused.headers["retry-after"]) == (429, "2")
    laurel.now += timedelta(seconds=2)
    assert verify(client, laurel, 20).status == 200


def test_keys_of_a_verifier_share_its_limit(client: Gateway, laurel: Laurel) -> None:
    verifier = create_verifier(laurel)
    keys = [{"authorization": f"Bearer {create_key(laurel, verifier).text}"} for _ in range(2)]
    first = verify(client, laurel, 20, **keys[0])
    assert first.headers["ratelimit-policy"] == '"verify";q=2000;w=100'
    assert first.headers["ratelimit"] == '"verify";r=1980;t=1'
    assert verify(client, laurel, 20, **keys[1]).headers["ratelimit"] == '"verify";r=1960;t=2'
    other = as_verifier(laurel, email="other@jobs.example")
    assert verify(client, laurel, **other).headers["ratelimit"] == '"verify";r=1999;t=1'


def test_responses_to_a_key_are_not_cached_and_not_readable_by_other_origins(client: Gateway, laurel: Laurel) -> None:
    with_key, without = verify(client, laurel, **as_verifier(laurel)), verify(client, laurel)
    assert with_key.headers["cache-control"] == "private, no-store"
    assert "access-control-allow-origin" not in with_key.headers
    assert without.headers["cache-control"] == "no-store"
    assert without.headers["access-control-allow-origin"] == "*"
    assert "RateLimit" in without.headers["access-control-expose-headers"]
    for reply in (with_key, without, client("OPTIONS", "/v1/verify", **PREFLIGHT)):
        assert "access-control-allow-credentials" not in reply.headers
    preflight = client("OPTIONS", "/v1/verify", **PREFLIGHT)
    assert preflight.headers["access-control-allow-origin"] == "*"
    # No page of another site may send a key: keys do not belong into pages.
    assert "authorization" not in preflight.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("change", ["unknown", "mistyped", "cut", "basic", "issuer", "empty"])
def test_invalid_key_is_refused_and_not_treated_as_missing(client: Gateway, laurel: Laurel, change: str) -> None:
    valid = as_verifier(laurel)["authorization"]
    header = {
        "unknown": as_verifier(Laurel())["authorization"],
        "mistyped": valid[:-20] + ("a" if valid[-20] != "a" else "b") + valid[-19:],
        "cut": valid[:-1],
        "basic": valid.replace("Bearer", "Basic"),
        "issuer": "Bearer laurel_" + "a" * 16 + "_" + "a" * 52,
        "empty": "Bearer",
    }[change]
    refused = verify(client, laurel, authorization=header)
    assert refused.status == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert laurel.rate_store.free_at == {}


def test_mistyped_key_reads_nothing(client: Gateway, laurel: Laurel, monkeypatch: pytest.MonkeyPatch) -> None:
    header = as_verifier(laurel)["authorization"]
    looked_up: list[str] = []
    monkeypatch.setattr(laurel.verifier_store, "grant", looked_up.append)
    verify(client, laurel, authorization=header[:-1] + ("a" if header[-1] != "a" else "b"))
    assert looked_up == []
    verify(client, laurel, authorization=header)
    assert len(looked_up) == 1


def test_key_without_the_scope_is_forbidden(client: Gateway, laurel: Laurel) -> None:
    refused = verify(client, laurel, **as_verifier(laurel, Scope.BATCH))
    assert refused.status == 403
    assert "scope verify" in refused.json["detail"]
    assert verify(client, laurel, **as_verifier(laurel, Scope.VERIFY, email="v@jobs.example")).status == 200


def test_requests_that_cannot_be_counted_are_refused(client: Gateway, laurel: Laurel) -> None:
    class Broken(fakes.RateStore):
        def take(self, *_: object) -> None:
            raise Unavailable("no answer")

    laurel.rate_store = Broken()
    for headers in ({}, as_verifier(laurel)):
        assert verify(client, laurel, **headers).status == 503
    assert laurel.event_store.events == {}


def test_pages_of_other_sites_cannot_use_up_what_their_visitors_may_ask(client: Gateway, laurel: Laurel) -> None:
    for _ in range(60):
        verify(client, laurel, sec_fetch_site="cross-site")
    assert verify(client, laurel, sec_fetch_site="cross-site").status == 429
    assert verify(client, laurel).status == 200


def test_only_hashes_of_addresses_are_stored(client: Gateway, laurel: Laurel) -> None:
    verify(client, laurel)
    (name,) = laurel.rate_store.free_at
    assert len(name) == 32
    assert set(name) <= set("0123456789abcdef")
