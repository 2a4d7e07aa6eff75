"""The daily issuing quota through the API."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.award.issuing import quota
from tests.http.api.test_credentials import ApiClient


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> ApiClient:
    """An issuer that nobody vouches for, with a quota of three."""
    monkeypatch.setattr(quota, "UNPROVEN_PER_DAY", 3)
    api = ApiClient()
    issuer = api.laurel.issuer_store.issuer("fernhill")
    api.laurel.issuer_store.replace_issuer(replace(issuer, registered_as=None, version=issuer.version + 1))
    return api


def test_stranger_is_refused_beyond_the_quota_and_told_when_to_continue(stranger: ApiClient) -> None:
    for _ in range(3):
        assert stranger.post("/v1/credentials", stranger.award()).status == 201
    refused = stranger.post("/v1/credentials", stranger.award())
    assert (refused.status, refused.json["code"]) == (429, "issuing_quota_exceeded")
    assert refused.headers["retry-after"] == str(12 * 60 * 60), "it is noon"
    assert "Verify a domain" in refused.json["detail"]
    assert len(stranger.get("/v1/credentials?name=eve").json["items"]) == 3


def test_repeated_request_gets_its_response_even_beyond_the_quota(stranger: ApiClient) -> None:
    first = stranger.post("/v1/credentials", stranger.award(), idempotency_key="k-1")
    for _ in range(2):
        assert stranger.post("/v1/credentials", stranger.award(), idempotency_key="k-1").body == first.body
    for _ in range(2):
        assert stranger.post("/v1/credentials", stranger.award()).status == 201
    again = stranger.post("/v1/credentials", stranger.award(), idempotency_key="k-1")
    assert (again.status, again.body) == (first.status, first.body)


def test_upload_beyond_the_quota_keeps_waiting(stranger: ApiClient) -> None:
    rows = "name\n" + "".join(f"P {number}\n" for number in range(5))
    sent = stranger.client.post(
        f"/v1/jobs?achievement={stranger.achievement}", rows.encode(), content_type="text/csv", **stranger.headers
    )
    assert (sent.status, sent.json["state"], sent.json["issued"], sent.json["refused"]) == (202, "running", 3, 0)
