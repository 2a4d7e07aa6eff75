"""Endpoints through the API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.access.roles import Role
from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway, Response
from tests.http.signed_in import as_token

ENDPOINT = {"url": "https://crm.example/laurel", "kinds": ["issued", "conversion"]}


@pytest.fixture
def call(laurel: Laurel, client: Gateway) -> Any:
    key = as_token(laurel, "fernhill", Role.OWNER)

    def send(method: str, path: str, body: object = None) -> Response:
        sent = None if body is None else json.dumps(body).encode()
        return client(method, f"/v1/endpoints{path}", body=sent, content_type="application/json", **key)

    return send


def test_an_endpoint_is_created_tested_paused_and_deleted(call: Any, laurel: Laurel) -> None:
    created = call("POST", "", ENDPOINT)
    assert (created.status, created.json["secret"][:6], created.json["paused"]) == (201, "whsec_", False)
    path = f"/{created.json['id']}"
    queued = call("POST", f"{path}/test", {})
    assert (queued.status, queued.json["state"]) == (202, "waiting")
    assert len(laurel.endpoint_tasks.status) == 1
    shown = call("GET", path).json
    assert ("secret" in shown, shown["messages"][0]["kind"]) == (False, "test")
    paused = call("PUT", path, {**shown, "paused": True})
    assert (paused.json["paused"], paused.json["paused_because"], paused.json["version"]) == (True, "manual", 2)
    assert call("POST", f"{path}/test", {}).json["code"] == "endpoint_paused"
    assert call("PUT", path, {**ENDPOINT, "version": 1}).json["code"] == "version_conflict"
    assert call("DELETE", path).status == 204
    assert call("GET", path).status == 404


def test_a_message_can_be_sent_again(call: Any, laurel: Laurel) -> None:
    path = f"/{call('POST', '', ENDPOINT).json['id']}"
    message = call("POST", f"{path}/test", {}).json["id"]
    laurel.endpoint_tasks.status.clear()
    assert call("POST", f"{path}/messages/{message}/replay", {}).json["state"] == "waiting"
    assert len(laurel.endpoint_tasks.status) == 1
    assert call("POST", f"{path}/replay", {}).json == {"queued": 0}
    assert call("POST", f"{path}/messages/other/replay", {}).status == 404


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "https://169.254.169.254/latest"}, "url_refused"),
        ({"kinds": ["view"]}, "refused"),
        ({"kinds": []}, "refused"),
        ({"kinds": "issued"}, "invalid_request"),
        ({"kindz": ["issued"]}, "invalid_request"),
    ],
    ids=["private", "kind", "none", "text", "member"],
)
def test_an_endpoint_that_cannot_work_is_refused(call: Any, changes: dict[str, object], code: str) -> None:
    assert call("POST", "", {**ENDPOINT, **changes}).json["code"] == code


def test_the_secret_can_be_rotated(call: Any) -> None:
    created = call("POST", "", ENDPOINT).json
    rotated = call("POST", f"/{created['id']}/rotate", {"version": 1}).json
    assert rotated["secret"] != created["secret"]
    assert [secret["expires"] is None for secret in rotated["secrets"]] == [True, False]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_a_key_that_cannot_manage_endpoints_sees_only_the_host_of_a_url(
    call: Any, laurel: Laurel, client: Gateway, role: Role
) -> None:
    """URLs of incoming webhooks of other systems are secrets: whoever has one can send false messages."""
    secret = {**ENDPOINT, "url": "https://hooks.crm.example/T0/s3cret?key=s3cret"}
    created = call("POST", "", secret).json
    assert (created["url"], created["host"]) == (secret["url"], "hooks.crm.example")
    call("POST", f"/{created['id']}/test", {})
    key = as_token(laurel, "fernhill", role)
    for path in ("/v1/endpoints", f"/v1/endpoints/{created['id']}"):
        shown = client.get(path, **key)
        assert (shown.status, "hooks.crm.example" in shown.text, "s3cret" in shown.text) == (200, True, False)
    assert call("GET", f"/{created['id']}").json["url"] == secret["url"]
