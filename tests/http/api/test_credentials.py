"""Credentials through the API."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.access.roles import Role
from chalicelib.http.app import create_app
from tests.award.fakes import Locked
from tests.http.fake_laurel import Laurel, id_of, seeded
from tests.http.gateway import Gateway, Response
from tests.http.signed_in import as_token

VALID_BODY = {"achievement": "a", "holder": {"name": "E"}}


class ApiClient:
    """An API client of the issuer with an editor's token."""

    def __init__(self) -> None:
        self.laurel: Laurel = seeded()
        self.client = Gateway.over(self.laurel)
        self.headers = as_token(self.laurel, "fernhill", Role.EDITOR)
        self.achievement = next(iter(self.laurel.issuer_store.achievements("fernhill"))).id

    def get(self, path: str) -> Response:
        path, _, query = path.partition("?")
        return self.client.get(path + ("?" + query if query else ""), **self.headers)

    def post(self, path: str, sent: object, **headers: str) -> Response:
        body = json.dumps(sent).encode()
        return self.client.post(path, body, content_type="application/json", **self.headers, **headers)

    def award(self, **more: object) -> dict[str, object]:
        return {"achievement": self.achievement, "holder": {"name": "Eve Adeyemi", "email": "Eve@Example.org"}, **more}


@pytest.fixture
def api() -> ApiClient:
    return ApiClient()


def test_issued_credential_is_valid_at_its_location(api: ApiClient) -> None:
    created = api.post("/v1/credentials", api.award(valid_until="2099-01-01T00:00:00Z"))
    assert created.status == 201
    path = created.headers["location"].removeprefix(api.laurel.base_url)
    assert path == f"/v1/credentials/{created.json['id']}"
    assert api.client.get(path).json["verdict"] == "valid"
    assert created.json["achievement"] == {"id": api.achievement, "version": 1}
    assert created.json["valid_until"] == "2099-01-01T00:00:00Z"
    recipient = api.laurel.issuer_store.recipient(created.json["id"])
    assert (recipient.email, recipient.notify) == ("eve@example.org", True)


def test_the_same_idempotency_key_and_request_issue_one_credential(api: ApiClient) -> None:
    first = api.post("/v1/credentials", api.award(), idempotency_key="k-1")
    api.laurel.now += timedelta(hours=20)
    api.post(f"/v1/credentials/{first.json['id']}/revoke", {"reason": "In error."})
    reordered = dict(reversed(api.award().items()))
    again = api.post("/v1/credentials", reordered, idempotency_key="k-1")
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["location"] == first.headers["location"]
    assert len(api.get("/v1/credentials?name=eve").json["items"]) == 1


def test_an_idempotency_key_reused_for_another_request_is_refused(api: ApiClient) -> None:
    api.post("/v1/credentials", api.award(), idempotency_key="k-1")
    other = api.post("/v1/credentials", api.award(notify=False), idempotency_key="k-1")
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    # Nor can the key be reused for another action.
    renewed = api.post(f"/v1/credentials/{id_of('valid')}/renew", {}, idempotency_key="k-1")
    assert renewed.json["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(("act", "sent"), [("renew", {}), ("correct", {"holder": {"name": "Eve A."}})])
def test_an_idempotency_key_reused_for_another_credential_is_refused(
    api: ApiClient, act: str, sent: dict[str, object]
) -> None:
    one, other = (api.post("/v1/credentials", api.award()).json["id"] for _ in range(2))
    assert api.post(f"/v1/credentials/{one}/{act}", sent, idempotency_key="k-1").status == 201
    refused = api.post(f"/v1/credentials/{other}/{act}", sent, idempotency_key="k-1")
    assert (refused.status, refused.json["code"]) == (422, "idempotency_key_reused")


def test_an_idempotency_key_is_refused_where_it_would_be_ignored(api: ApiClient) -> None:
    issued = api.post("/v1/credentials", api.award(), idempotency_key="k-1").json["id"]
    sent = {"name": "Welding", "description": "Can weld.", "criteria": "Pass the test."}
    for path, content in (("/v1/achievements", sent), (f"/v1/credentials/{issued}/revoke", {})):
        refused = api.post(path, content, idempotency_key="k-2")
        assert (refused.status, refused.json["code"]) == (400, "idempotency_key_unsupported")
    assert api.client.get(f"/v1/credentials/{issued}").json["verdict"] == "valid"
    assert "Welding" not in api.get("/v1/achievements").text
    # Reading is safe to repeat, and who may not call a route learns nothing about it.
    assert api.client.get("/v1/achievements", idempotency_key="k-2", **api.headers).status == 200
    assert api.client.post("/v1/achievements", b"{}", idempotency_key="k-2").status == 401


def test_a_repeated_revocation_keeps_the_first_reason(api: ApiClient) -> None:
    path = f"/v1/credentials/{api.post('/v1/credentials', api.award()).json['id']}/revoke"
    first, again = api.post(path, {"reason": "In error."}), api.post(path, {"reason": "Something else."})
    assert (first.json["changed"], again.json["changed"]) == (True, False)
    assert again.json["reason"] == "In error."


def test_a_mistyped_year_gives_a_readable_credential(api: ApiClient) -> None:
    created = api.post("/v1/credentials", api.award(valid_from="0026-11-30T00:00:00Z"))
    assert created.status == 201
    assert api.client.get(f"/c/{created.json['id']}", accept="application/json").json["verdict"] == "valid"


def test_idempotency_keys_are_separate_per_tenant(api: ApiClient) -> None:
    from chalicelib.award import achievements
    from chalicelib.award.issuers import issuer_actions
    from chalicelib.award.issuers.issuer_actions import NewIssuer
    from tests.award.fakes import new_achievement

    issuer_actions.create(api.laurel.issuer_context, NewIssuer("other", "Other", "https://other.example/", "Teaches."))
    theirs = achievements.add(api.laurel.issuer_context, new_achievement(issuer_id="other"))
    first = api.post("/v1/credentials", api.award(), idempotency_key="k-1")
    sent = json.dumps(api.award(achievement=theirs.id)).encode()
    token = as_token(api.laurel, "other", Role.EDITOR)
    second = api.client.post("/v1/credentials", sent, content_type="application/json", idempotency_key="k-1", **token)
    assert (first.status, second.status) == (201, 201)
    assert first.json["id"] != second.json["id"]


@pytest.mark.parametrize("key", ["", "k" * 256, "é", "a\tb"])
def test_an_invalid_idempotency_key_is_refused(api: ApiClient, key: str) -> None:
    assert api.post("/v1/credentials", api.award(), idempotency_key=key).status == 422
    assert api.get("/v1/credentials?name=eve").json["items"] == []


def test_a_refused_body_does_not_use_up_the_idempotency_key(api: ApiClient) -> None:
    assert api.post("/v1/credentials", {"achievement": 1}, idempotency_key="k-1").status == 400
    assert api.post("/v1/credentials", api.award(), idempotency_key="k-1").status == 201


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"achievement": "nothing"}, 404), ({"holder": {"name": "Eve", "zone": "Mars/Olympus"}}, 422)],
    ids=["not found", "refused"],
)
def test_a_corrected_request_may_use_the_idempotency_key_of_a_failed_one(
    api: ApiClient, wrong: dict[str, object], status: int
) -> None:
    assert api.post("/v1/credentials", api.award(**wrong), idempotency_key="k-1").status == status
    created = api.post("/v1/credentials", api.award(), idempotency_key="k-1")
    again = api.post("/v1/credentials", api.award(), idempotency_key="k-1")
    assert (created.status, again.body) == (201, created.body)
    # From now on the key is used up, also for the request that failed.
    failed = api.post("/v1/credentials", api.award(**wrong), idempotency_key="k-1")
    assert failed.json["code"] == "idempotency_key_reused"
    assert len(api.get("/v1/credentials?name=eve").json["items"]) == 1


def test_a_failed_correction_or_renewal_does_not_use_up_the_idempotency_key(api: ApiClient) -> None:
    path = f"/v1/credentials/{api.post('/v1/credentials', api.award()).json['id']}"
    same = {"holder": {"name": "Eve Adeyemi"}}
    assert api.post(f"{path}/correct", same, idempotency_key="k-1").json["code"] == "nothing_to_correct"
    assert api.post("/v1/credentials/nothing/renew", {}, idempotency_key="k-1").status == 404
    assert api.post(f"{path}/correct", {"holder": {"name": "Eve A."}}, idempotency_key="k-1").status == 201


def test_concurrent_requests_with_one_idempotency_key_issue_one_credential(api: ApiClient) -> None:
    api.laurel.__dict__["claims"] = Locked(api.laurel.claims)
    api.laurel.issuer_store = Locked(api.laurel.issuer_store)  # type: ignore[assignment]
    api.laurel.session_store = Locked(api.laurel.session_store)  # type: ignore[assignment]
    api.laurel.member_store = Locked(api.laurel.member_store)  # type: ignore[assignment]
    apps = [Gateway(create_app(api.laurel)) for _ in range(8)]
    sent = json.dumps(api.award()).encode()

    def post(client: Gateway) -> Response:
        headers = {**api.headers, "content_type": "application/json", "idempotency_key": "k"}
        return client.post("/v1/credentials", sent, **headers)

    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(post, apps))
    assert {(response.status, response.body) for response in responses} == {(201, responses[0].body)}
    assert len(api.get("/v1/credentials?name=eve").json["items"]) == 1


@pytest.mark.parametrize(
    ("sent", "pointers"),
    [
        ({}, ["/achievement", "/holder"]),
        ({"achievement": "a", "holder": {}}, ["/holder/name"]),
        ({"achievement": "a", "holder": {"name": "E", "phone": "1"}, "until": 1}, ["/holder/phone", "/until"]),
        (VALID_BODY | {"valid_from": "tomorrow", "jwt": "yes"}, ["/jwt", "/valid_from"]),
        (VALID_BODY | {"evidence": [{"url": "https://x.example"}]}, ["/evidence/0/name"]),
        ({"achievement": "a", "holder": {"name": "E" * 201}}, ["/holder/name"]),
        (VALID_BODY | {"a/b~": 1}, ["/a~1b~0"]),
    ],
)  # fmt: skip
def test_each_invalid_member_is_named(api: ApiClient, sent: object, pointers: list[str]) -> None:
    response = api.post("/v1/credentials", sent)
    assert (response.status, response.json["code"]) == (400, "invalid_request")
    assert sorted(error["pointer"] for error in response.json["errors"]) == pointers


def test_status_changes_return_the_state_and_only_revocation_is_final(api: ApiClient) -> None:
    path = f"/v1/credentials/{id_of('valid')}"
    suspended = api.post(f"{path}/suspend", {"reason": "An appeal."})
    assert (suspended.json["state"], suspended.json["reason"], suspended.json["changed"]) == (
        "suspended", "An appeal.", True,
    )  # fmt: skip
    assert api.client.post(f"{path}/reinstate", b"", **api.headers).json["state"] == "active"
    assert api.post(f"{path}/revoke", {}).json["state"] == "revoked"
    assert api.post(f"{path}/revoke", {}).json["changed"] is False
    assert api.post(f"{path}/reinstate", {}).json["code"] == "revoked_is_final"


@pytest.mark.parametrize(
    ("act", "status", "code"),
    [("revoke", 200, None), ("suspend", 422, "revoked_is_final"), ("reinstate", 422, "revoked_is_final")],
)
def test_an_action_on_a_revoked_credential_never_says_that_it_does_not_exist(
    api: ApiClient, act: str, status: int, code: str | None
) -> None:
    response = api.post(f"/v1/credentials/{id_of('revoked')}/{act}", {"reason": "Again."})
    assert (response.status, response.json.get("code")) == (status, code)
    if code is None:
        assert (response.json["state"], response.json["changed"]) == ("revoked", False)
        assert response.json["reason"] == "Issued to the wrong person."


def test_a_corrected_credential_is_revoked_and_links_to_its_replacement(api: ApiClient) -> None:
    old = f"/v1/credentials/{id_of('valid')}"
    sent = {"holder": {"name": "Ada Nwosu-Okafor"}, "reason": "Her name."}
    created = api.post(f"{old}/correct", sent, idempotency_key="c-1")
    assert created.status == 201
    assert created.json["supersedes"] == id_of("valid")
    assert api.post(f"{old}/correct", sent, idempotency_key="c-1").body == created.body
    assert api.post(f"{old}/correct", sent).json["code"] == "superseded"

    replaced = api.client.get(old).json
    assert replaced["verdict"] == "revoked"
    assert replaced["replaced_by"] == {"id": created.json["id"], "url": created.json["url"]}
    assert replaced["status"]["reason"] == "Her name."
    assert api.client.get(f"{old}/report").json["replaced_by"] == replaced["replaced_by"]
    page = api.client.get(f"/c/{id_of('valid')}", accept="text/html").text
    assert f'href="{created.json["url"]}"' in page
    assert "Replaced by a corrected version." in page
    assert "The issuer corrected this credential on" in page
    assert "This credential has been revoked." not in page
    assert 'class="verdict bad"' not in page
    new = api.client.get(f"/v1/credentials/{created.json['id']}").json
    assert (new["verdict"], new["credential"]["holder"]["name"]) == ("valid", "Ada Nwosu-Okafor")
    assert new["replaced_by"] is None


@pytest.mark.parametrize(("lang", "status"), [("tl", 422), ("DE", 422), ("english", 400), ("ar", 201)])
def test_only_a_language_of_emails_can_be_that_of_a_holder(api: ApiClient, lang: str, status: int) -> None:
    sent = api.award(holder={"name": "Eve", "email": "eve@example.org", "lang": lang})
    assert api.post("/v1/credentials", sent).status == status


@pytest.mark.parametrize("zone", ["Nowhere/None", "europe/berlin", "Berlin", "../etc/passwd", "Europe"])
def test_an_unknown_timezone_is_refused(api: ApiClient, zone: str) -> None:
    sent = api.award(holder={"name": "Eve", "email": "eve@example.org", "zone": zone})
    refused = api.post("/v1/credentials", sent)
    assert (refused.status, refused.json["code"]) == (422, "bad_zone")


@pytest.mark.parametrize("name", ["Eve\nAdeyemi", "\u202eeyeda evE", "\u200b\u200d", "Eve\x1b[2J"])
def test_a_name_with_control_or_bidi_characters_is_refused(api: ApiClient, name: str) -> None:
    refused = api.post("/v1/credentials", api.award(holder={"name": name}))
    assert (refused.status, refused.json["code"]) == (422, "bad_text")


@pytest.mark.parametrize("act", ["correct", "suspend", "revoke"])
def test_reason_length_limit_is_the_same_for_every_action(api: ApiClient, act: str) -> None:
    path = f"/v1/credentials/{id_of('valid')}/{act}"
    more = {"holder": {"name": "Ada N."}} if act == "correct" else {}
    assert api.post(path, {**more, "reason": "x" * 501}).json["errors"][0]["pointer"] == "/reason"
    assert api.post(path, {**more, "reason": "x" * 500}).status in (200, 201)


def test_null_removes_an_optional_member_and_an_absent_one_is_kept(api: ApiClient) -> None:
    created = api.post(
        "/v1/credentials",
        {
            "achievement": api.achievement,
            "holder": {"name": "Ida", "email": "ida@example.org", "did": "did:example:ida"},
            "valid_until": "2099-01-01T00:00:00Z",
            "evidence": [{"url": "https://work.example/1", "name": "A gate"}],
        },
    ).json
    first = api.post(f"/v1/credentials/{created['id']}/correct", {"holder": {"name": "Ida B."}}).json
    assert first["valid_until"] == "2099-01-01T00:00:00Z"
    removals = {"holder": {"email": None, "did": None}, "valid_until": None, "evidence": None}
    second = api.post(f"/v1/credentials/{first['id']}/correct", removals)
    assert (second.status, second.json["valid_until"]) == (201, None)
    document = api.client.get(f"/c/{second.json['id']}", accept="application/vc").json
    assert not {"validUntil", "evidence"} & document.keys()
    assert "id" not in document["credentialSubject"]
    assert [one["identityType"] for one in document["credentialSubject"]["identifier"]] == ["name"]


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"holder": {"name": None}}, "/holder/name"),
        ({"valid_from": None}, "/valid_from"),
        ({"holder": None}, "/holder"),
    ],
)
def test_null_for_a_required_member_is_refused(api: ApiClient, sent: object, pointer: str) -> None:
    refused = api.post(f"/v1/credentials/{id_of('valid')}/correct", sent)
    assert (refused.status, refused.json["code"]) == (400, "invalid_request")
    assert [error["pointer"] for error in refused.json["errors"]] == [pointer]


@pytest.mark.parametrize("sent", [{}, {"reason": "A slip."}, {"holder": {"name": "Ada Nwosu"}}])
def test_a_correction_that_changes_nothing_is_refused(api: ApiClient, sent: object) -> None:
    refused = api.post(f"/v1/credentials/{id_of('valid')}/correct", sent)
    assert (refused.status, refused.json["code"]) == (422, "nothing_to_correct")
    assert api.client.get(f"/v1/credentials/{id_of('valid')}").json["verdict"] == "valid"


def test_a_renewed_credential_keeps_its_status_and_names_its_replacement(api: ApiClient) -> None:
    old = f"/v1/credentials/{id_of('expired')}"
    created = api.post(f"{old}/renew", {"valid_until": "2099-01-01T00:00:00Z"})
    assert (created.status, created.json["valid_until"]) == (201, "2099-01-01T00:00:00Z")
    replaced = api.client.get(old).json
    assert (replaced["verdict"], replaced["replaced_by"]["id"]) == ("expired", created.json["id"])
    assert api.client.get(f"/v1/credentials/{created.json['id']}").json["verdict"] == "valid"


def test_credentials_issued_within_one_second_are_listed_newest_first(api: ApiClient) -> None:
    for number in range(9):
        api.laurel.now += timedelta(milliseconds=1)
        api.post("/v1/credentials", api.award(holder={"name": f"Pupil {number}", "email": "p@example.org"}))
    newest_first = [f"Pupil {number}" for number in reversed(range(9))]
    for query in ("limit=9", "email=p@example.org", "name=pupil"):
        items = api.get(f"/v1/credentials?{query}").json["items"]
        assert [item["holder"]["name"] for item in items] == newest_first


def test_rows_of_one_upload_are_listed_in_their_order(api: ApiClient) -> None:
    people = [{"name": f"Pupil {number}"} for number in range(9)]
    api.post(f"/v1/jobs?achievement={api.achievement}", people)
    items = api.get("/v1/credentials?name=pupil").json["items"]
    assert [item["holder"]["name"] for item in items] == [f"Pupil {number}" for number in reversed(range(9))]


def test_credentials_are_paginated(api: ApiClient) -> None:
    for number in range(7):
        api.laurel.now += timedelta(seconds=1)
        api.post("/v1/credentials", api.award(holder={"name": f"Pupil {number}"}))
    all_items = api.get("/v1/credentials?limit=100").json
    assert all_items["next"] is None
    assert [item["holder"]["name"] for item in all_items["items"][:2]] == ["Pupil 6", "Pupil 5"]
    pages, cursor = [], ""
    while True:
        page = api.get(f"/v1/credentials?limit=4{cursor}").json
        pages += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert pages == all_items["items"]


def test_search_by_name_email_and_state(api: ApiClient) -> None:
    api.post("/v1/credentials", api.award())
    found = api.get("/v1/credentials?email=eve@example.org").json["items"]
    assert [item["holder"]["name"] for item in found] == ["Eve Adeyemi"]
    assert api.get("/v1/credentials?email=eve@example").json["items"] == []
    assert len(api.get("/v1/credentials?name=ADEY").json["items"]) == 1
    revoked = api.get("/v1/credentials?state=revoked").json["items"]
    assert [item["id"] for item in revoked] == [id_of("revoked")]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("state=gone", "invalid_request"),
        ("who=me", "invalid_request"),
        ("limit=0", "invalid_request"),
        ("limit=101", "invalid_request"),
        ("name=", "invalid_request"),
        ("cursor=x", "bad_cursor"),
        ("cursor=AAAA", "bad_cursor"),
    ],
)
def test_an_invalid_query_is_refused(api: ApiClient, query: str, code: str) -> None:
    response = api.get(f"/v1/credentials?{query}")
    assert (response.status, response.json["code"]) == (400, code)
