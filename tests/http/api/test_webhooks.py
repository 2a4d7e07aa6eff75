"""Webhooks through the API: managed with a token, called with a signature."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.access.roles import Role
from chalicelib.award.webhooks import signature as webhooks
from chalicelib.award.webhooks.receive import MAX_BODY
from chalicelib.award.webhooks.signature import read_secret
from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway, Response
from tests.http.signed_in import as_token

BODY: dict[str, Any] = {
    "type": "course.completed",
    "learner": {"name": "Bea Okoro", "email": "bea@example.org"},
    "course": "DA-1",
}


@dataclass
class Lms:
    """A learning platform with a webhook's URL and secret."""

    client: Gateway
    laurel: Laurel
    owner: dict[str, str]
    webhook: dict[str, Any]

    def deliver(self, body: object = BODY, message_id: str = "msg_1", **headers: str) -> Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        at = int(self.laurel.now.timestamp())
        signature = webhooks.sign(message_id, at, raw, read_secret(self.webhook["secret"]))
        signed = {"webhook_id": message_id, "webhook_timestamp": str(at), "webhook_signature": signature}
        return self.client.post(self.webhook["url"].removeprefix(self.laurel.base_url), raw, **{**signed, **headers})

    def manage(self, method: str, path: str = "", body: object = None) -> Response:
        sent = None if body is None else json.dumps(body).encode()
        headers = {"content_type": "application/json"} if sent else {}
        return self.client(method, f"/v1/webhooks/{self.webhook['id']}{path}", body=sent, **headers, **self.owner)


def draft(laurel: Laurel, **changes: object) -> dict[str, object]:
    achievement = next(iter(laurel.issuer_store.achievements("fernhill"))).id
    fields = {
        "name": "/learner/name",
        "email": "/learner/email",
        "course": "/course",
        "completed": {"at": "/type", "is": "course.completed"},
    }
    return {"name": "LMS", "fields": fields, "courses": {"DA-1": achievement}, **changes}


@pytest.fixture
def lms(laurel: Laurel, client: Gateway) -> Lms:
    owner = as_token(laurel, "fernhill", Role.OWNER)
    created = client.post("/v1/webhooks", json.dumps(draft(laurel)).encode(), **owner)
    assert created.status == 201, created.text
    return Lms(client, laurel, owner, created.json)


def test_a_signed_completion_issues_a_credential(lms: Lms) -> None:
    response = lms.deliver()
    assert response.status == 200, response.text
    assert response.json["outcome"] == "issued"
    shown = lms.client.get(f"/v1/credentials/{response.json['credential']['id']}")
    assert shown.json["verdict"] == "valid"
    assert shown.json["credential"]["holder"]["name"] == "Bea Okoro"
    assert lms.deliver().json == response.json


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": ""},
        {"webhook_id": "msg_2"},
        {"webhook_timestamp": "1"},
    ],
)
def test_a_bad_signature_is_401_with_the_reason(lms: Lms, headers: dict[str, str]) -> None:
    response = lms.deliver(**headers)
    assert (response.status, response.json["code"]) == (401, "bad_signature")
    assert "webhook-" in response.json["detail"]
    assert response.headers["www-authenticate"] == "StandardWebhooks"
    assert lms.manage("GET").json["deliveries"] == []


@pytest.mark.parametrize("where", ["", ".", "fernhill", "x", "fernhill." + "a" * 26, "fernhill%2e", "f" * 99])
def test_an_unknown_webhook_url_is_404(lms: Lms, where: str) -> None:
    lms.webhook["url"] = f"{lms.laurel.base_url}/webhooks/{where or 'none'}"
    assert lms.deliver().status == 404


def test_a_webhook_id_under_another_issuer_is_404(lms: Lms) -> None:
    lms.webhook["url"] = lms.webhook["url"].replace("/fernhill.", "/other.")
    assert lms.deliver().status == 404


@pytest.mark.parametrize(
    ("status", "code", "body"),
    [
        (422, "course_unknown", {**BODY, "course": "DA-2"}),
        (422, "message_incomplete", {**BODY, "learner": {}}),
        (422, "refused", {**BODY, "learner": {"name": "Bea", "email": "bea"}}),
        (400, "not_json", b"{"),
        (409, "message_id_reused", {**BODY, "learner": {"name": "Eve", "email": "eve@example.org"}}),
    ],
)
def test_a_refusal_is_reported_to_the_sender_and_recorded_for_the_issuer(
    lms: Lms, status: int, code: str, body: object
) -> None:
    if code == "message_id_reused":
        lms.deliver()
    response = lms.deliver(body)
    assert (response.status, response.json["code"]) == (status, code)
    delivery = lms.manage("GET").json["deliveries"][0]
    assert (delivery["outcome"], delivery["message_id"]) == ("refused", "msg_1")
    assert delivery["code"] in (code, "bad_email")


def test_message_size_is_limited_to_64_kib(lms: Lms) -> None:
    filled = json.dumps({**BODY, "x": ""}).encode()
    fits = filled.replace(b'"x": ""', b'"x": "' + b"x" * (MAX_BODY - len(filled)) + b'"')
    assert len(fits) == MAX_BODY
    assert lms.deliver(fits).status == 200
    assert lms.deliver(fits.replace(b'"x": "', b'"x": "x'), "msg_2").status == 413


def test_the_signature_covers_the_raw_bytes(lms: Lms) -> None:
    assert lms.deliver(json.dumps(BODY, indent=2).encode() + b"\r\n").status == 200


def test_the_content_type_does_not_matter(lms: Lms) -> None:
    assert lms.deliver(content_type="text/plain").status == 200


def test_the_secret_is_shown_once_and_nowhere_else(lms: Lms) -> None:
    secret = lms.webhook["secret"]
    lms.deliver()
    listing = lms.client.get("/v1/webhooks", **lms.owner)
    text = lms.manage("GET").text + listing.text + lms.manage("PUT", body=draft(lms.laurel, version=1)).text
    assert secret.removeprefix("whsec_") not in text
    assert secret.startswith("whsec_")
    assert [webhook["id"] for webhook in listing.json["items"]] == [lms.webhook["id"]]


def test_after_rotation_both_secrets_are_accepted(lms: Lms) -> None:
    rotated = lms.manage("POST", "/rotate", {"version": 1})
    assert rotated.status == 200
    assert rotated.json["secret"] != lms.webhook["secret"]
    assert [each["expires"] is None for each in rotated.json["secrets"]] == [True, False]
    assert lms.deliver().status == 200
    lms.webhook["secret"] = rotated.json["secret"]
    assert lms.deliver().status == 200


def test_two_people_who_rotate_at_once_make_one_secret(lms: Lms) -> None:
    """A second rotation would end the secret that the senders still use."""
    version = lms.manage("GET").json["version"]
    rotated = lms.manage("POST", "/rotate", {"version": version})
    again = lms.manage("POST", "/rotate", {"version": version})
    assert (again.status, again.json["code"]) == (409, "version_conflict")
    assert lms.manage("POST", "/rotate", {}).status == 400
    assert lms.deliver().status == 200, "the first secret is still accepted"
    assert lms.manage("GET").json["version"] == rotated.json["version"]


def test_turning_off_dry_run_keeps_the_secret(lms: Lms) -> None:
    lms.manage("PUT", body=draft(lms.laurel, dry_run=True, version=1))
    tried = lms.deliver().json
    assert (tried["outcome"], tried["credential"]) == ("dry_run", None)
    shown = lms.manage("GET").json
    changed = lms.manage("PUT", body={**shown, "dry_run": False})
    assert changed.status == 200, changed.text
    assert lms.deliver().json["outcome"] == "issued"


def test_a_change_from_an_earlier_version_is_refused_and_a_repeated_one_is_harmless(lms: Lms) -> None:
    mine, theirs = draft(lms.laurel, name="Mine", version=1), draft(lms.laurel, name="Theirs", version=1)
    assert lms.manage("PUT", body=theirs).json["version"] == 2
    assert lms.manage("PUT", body=theirs).json["version"] == 2
    response = lms.manage("PUT", body=mine)
    assert (response.status, response.json["code"]) == (409, "version_conflict")
    assert lms.manage("GET").json["name"] == "Theirs"
    missing = lms.manage("PUT", body=draft(lms.laurel))
    assert (missing.status, missing.json["errors"][0]["pointer"]) == (400, "/version")
    assert lms.manage("PUT", body={**mine, "version": 2}).json["name"] == "Mine"


def test_a_deleted_webhook_is_404(lms: Lms) -> None:
    assert lms.manage("DELETE").status == 204
    assert lms.manage("GET").status == 404
    assert lms.deliver().status == 404


@pytest.mark.parametrize(
    ("pointer", "changes"),
    [
        ("/name", {"name": 5}),
        ("/dry_run", {"dry_run": "no"}),
        ("/fields", {"fields": None}),
        ("/fields/completed", {"fields": {"name": "/n", "email": "/e", "course": "/c"}}),
        ("/fields/emial", {"fields": {"emial": "/e"}}),
        ("/courses", {"courses": []}),
        ("/courses/1", {"courses": {"1": 5}}),
        ("/nmae", {"nmae": "x"}),
        ("/version", {"version": "1"}),
    ],
)
def test_an_error_in_a_webhook_has_its_json_pointer(lms: Lms, pointer: str, changes: dict[str, object]) -> None:
    response = lms.manage("PUT", body=draft(lms.laurel, **changes))
    assert response.status == 400
    assert response.json["errors"][0]["pointer"] == pointer


def test_no_personal_data_is_logged(lms: Lms, log_lines: Any) -> None:
    lms.deliver()
    lms.deliver({**BODY, "course": "DA-2"}, "msg_2")
    text = log_lines.getvalue()
    assert "/webhooks/{id}" in text
    assert not [word for word in ("Bea", "bea@example.org", lms.webhook["id"], "DA-2") if word in text]
