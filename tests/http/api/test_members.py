"""Issuers, members and tokens through the API."""

from __future__ import annotations

import json
from functools import partial

import pytest

from chalicelib.access import members, tokens
from chalicelib.access.roles import Role
from chalicelib.award.keys import rotation
from tests.http.api.test_webhooks import draft as webhook_draft
from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway, Response
from tests.http.signed_in import add_member, as_operator, as_token

NEW = {
    "id": "riverside", "name": "Riverside", "url": "https://riverside.example/", "description": "Teaches.",
    "owner": "Ada@Riverside.example",
}  # fmt: skip


@pytest.fixture
def owner(laurel: Laurel) -> dict[str, str]:
    add_member(laurel.access_context, "fernhill", "ada@fernhill.example", Role.OWNER)
    return as_token(laurel, "fernhill", Role.OWNER)


def send(client: Gateway, method: str, path: str, who: dict[str, str], sent: object = None) -> Response:
    body = None if sent is None else json.dumps(sent).encode()
    return client(method, path, body=body, content_type="application/json", **who)


def test_an_operator_creates_an_issuer_with_its_owner(laurel: Laurel, client: Gateway) -> None:
    operator = as_operator(laurel)
    created = send(client, "POST", "/v1/issuers", operator, NEW)
    assert (created.status, created.headers["location"]) == (201, "http://localhost:8000/v1/issuers/riverside")
    assert created.json["did"] == "did:web:localhost%3A8000:issuers:riverside"
    assert created.json == send(client, "GET", "/v1/issuers/riverside", operator).json
    assert [each["id"] for each in send(client, "GET", "/v1/issuers", operator).json["items"]] == [
        "fernhill",
        "riverside",
    ]
    assert members.issuers_of(laurel.access_context, "ada@riverside.example") == ["riverside"]
    again = send(client, "POST", "/v1/issuers", operator, {**NEW, "owner": "eve@evil.example"})
    assert (again.status, again.json["code"]) == (409, "conflict")
    assert members.issuers_of(laurel.access_context, "eve@evil.example") == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"owner": None}, 400),
        ({"owner": "ada"}, 422),
        ({"id": "Not A Slug"}, 422),
        ({"url": "javascript:alert(1)"}, 422),
        ({"name": 7}, 400),
        ({"nmae": "x"}, 400),
    ],
)
def test_an_invalid_issuer_is_not_created(
    laurel: Laurel, client: Gateway, changes: dict[str, object], status: int
) -> None:
    assert send(client, "POST", "/v1/issuers", as_operator(laurel), {**NEW, **changes}).status == status
    assert len(list(laurel.issuer_store.issuers())) == 1


def test_a_token_sees_only_its_own_issuer(laurel: Laurel, client: Gateway) -> None:
    send(client, "POST", "/v1/issuers", as_operator(laurel), NEW)
    viewer = as_token(laurel, "fernhill", Role.VIEWER)
    assert [each["id"] for each in send(client, "GET", "/v1/issuers", viewer).json["items"]] == ["fernhill"]
    assert send(client, "GET", "/v1/issuers/riverside", viewer).status == 404
    assert (
        send(client, "GET", "/v1/issuers/nobody", viewer).json
        == send(client, "GET", "/v1/issuers/riverside", viewer).json
    )


def test_an_issuer_updates_its_details(laurel: Laurel, client: Gateway, owner: dict[str, str]) -> None:
    before = laurel.issuer_store.issuer("fernhill")
    changes = {"description": "Courses by the river.", "email": "a@fernhill.example", "version": 1}
    changed = send(client, "PATCH", "/v1/issuers/fernhill", owner, changes)
    assert (changed.json["description"], changed.json["email"], changed.json["url"]) == (
        "Courses by the river.",
        "a@fernhill.example",
        before.url,
    )
    assert send(client, "PATCH", "/v1/issuers/fernhill", owner, {"email": None, "version": 2}).json["email"] is None
    after = laurel.issuer_store.issuer("fernhill")
    assert (after.did, after.keys, after.version) == (before.did, before.keys, before.version + 2)
    for refused, status in (
        ({"name": ""}, 400),
        ({"name": None}, 422),
        ({"did": "did:web:x"}, 400),
        ({"url": "x"}, 422),
    ):
        assert send(client, "PATCH", "/v1/issuers/fernhill", owner, {**refused, "version": 3}).status == status
    assert laurel.issuer_store.issuer("fernhill") == after


def test_two_people_do_not_overwrite_each_others_profile(
    laurel: Laurel, client: Gateway, owner: dict[str, str]
) -> None:
    version = send(client, "GET", "/v1/issuers/fernhill", owner).json["version"]
    first = {"description": "Courses by the river.", "version": version}
    changed = send(client, "PATCH", "/v1/issuers/fernhill", owner, first)
    assert changed.json["version"] == version + 1
    assert send(client, "PATCH", "/v1/issuers/fernhill", owner, first).json == changed.json, "it was sent again"
    second = {"description": "Courses by the sea.", "version": version}
    refused = send(client, "PATCH", "/v1/issuers/fernhill", owner, second)
    assert (refused.status, refused.json["code"]) == (409, "version_conflict")
    missing = send(client, "PATCH", "/v1/issuers/fernhill", owner, {"description": "Courses by the sea."})
    assert (missing.status, missing.json["errors"][0]["pointer"]) == (400, "/version")
    assert laurel.issuer_store.issuer("fernhill").description == "Courses by the river."


def test_a_new_key_is_not_a_change_to_the_profile(laurel: Laurel, client: Gateway, owner: dict[str, str]) -> None:
    version = send(client, "GET", "/v1/issuers/fernhill", owner).json["version"]
    rotation.rotate_key(laurel.issuer_context, "fernhill")
    changes = {"description": "Courses by the river.", "version": version}
    assert send(client, "PATCH", "/v1/issuers/fernhill", owner, changes).status == 200


def test_an_owner_cannot_change_a_registered_name(laurel: Laurel, client: Gateway, owner: dict[str, str]) -> None:
    before = laurel.issuer_store.issuer("fernhill")
    response = send(client, "PATCH", "/v1/issuers/fernhill", owner, {"name": "University of Oxford", "version": 1})
    assert (response.status, response.json["code"]) == (403, "name_change_needs_operator")
    assert "Contact the operator" in response.json["detail"]
    assert laurel.issuer_store.issuer("fernhill") == before


def test_an_operator_changes_a_registered_name(laurel: Laurel, client: Gateway) -> None:
    changes = {"name": "Fernhill University", "version": 1}
    changed = send(client, "PATCH", "/v1/issuers/fernhill", as_operator(laurel), changes)
    assert (changed.status, changed.json["name"]) == (200, "Fernhill University")
    assert laurel.issuer_store.issuer("fernhill").registered_as == "Fernhill University"


def test_members_are_added_changed_and_removed(laurel: Laurel, client: Gateway, owner: dict[str, str]) -> None:
    created = send(client, "POST", "/v1/members", owner, {"email": " Bo@Fernhill.example", "role": "viewer"})
    assert (created.status, created.json["email"], created.json["role"]) == (201, "bo@fernhill.example", "viewer")
    assert created.json["notified"] is True
    assert send(client, "PUT", "/v1/members/bo%40fernhill.example", owner, {"role": "editor"}).json["role"] == "editor"
    listed = send(client, "GET", "/v1/members", owner).json["items"]
    assert {each["email"]: each["role"] for each in listed} == {
        "ada@fernhill.example": "owner",
        "bo@fernhill.example": "editor",
    }
    removed = send(client, "DELETE", "/v1/members/bo@fernhill.example", owner)
    assert (removed.status, removed.json["revoked"]) == (200, [])
    assert send(client, "DELETE", "/v1/members/bo@fernhill.example", owner).status == 404
    assert send(client, "DELETE", "/v1/members/no-address", owner).status == 404


def test_the_last_owner_cannot_be_removed_or_demoted(laurel: Laurel, client: Gateway, owner: dict[str, str]) -> None:
    for method, sent in (("DELETE", None), ("PUT", {"role": "viewer"})):
        response = send(client, method, "/v1/members/ada@fernhill.example", owner, sent)
        assert (response.status, response.json["code"]) == (409, "conflict")
        assert "Make someone else an owner first" in response.json["detail"]


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"email": "bo@x.example"}, "/role"),
        ({"email": "bo@x.example", "role": "boss"}, "/role"),
        ({"role": "viewer"}, "/email"),
        ({"email": 7, "role": "viewer"}, "/email"),
        ({"email": "bo@x.example", "role": "viewer", "a/b": 1}, "/a~1b"),
    ],
)
def test_an_invalid_field_is_named(
    client: Gateway, owner: dict[str, str], sent: dict[str, object], pointer: str
) -> None:
    response = send(client, "POST", "/v1/members", owner, sent)
    assert (response.status, response.json["errors"][0]["pointer"]) == (400, pointer)


def test_a_token_works_in_its_role_until_revoked(laurel: Laurel, client: Gateway, owner: dict[str, str]) -> None:
    created = send(client, "POST", "/v1/tokens", owner, {"name": "LMS", "role": "viewer"})
    assert created.status == 201
    viewer = {"authorization": f"Bearer {created.json['token']}"}
    assert send(client, "GET", "/v1/issuers/fernhill", viewer).status == 200
    assert send(client, "GET", "/v1/tokens", viewer).status == 403
    listed = send(client, "GET", "/v1/tokens", owner).json["items"]
    assert {each["name"]: each["role"] for each in listed} == {"tests": "owner", "LMS": "viewer"}
    assert created.json.keys() - listed[0].keys() == {"token"}
    assert created.json["token"].rpartition("_")[2] not in json.dumps(listed)
    assert send(client, "DELETE", f"/v1/tokens/{created.json['id']}", owner).status == 204
    assert send(client, "GET", "/v1/issuers/fernhill", viewer).status == 401
    assert send(client, "DELETE", f"/v1/tokens/{created.json['id']}", owner).status == 404


def test_a_token_records_its_creator(laurel: Laurel, client: Gateway, owner: dict[str, str]) -> None:
    maker = next(iter(tokens.of_issuer(laurel.access_context, "fernhill"))).id
    created = send(client, "POST", "/v1/tokens", owner, {"name": "LMS", "role": "editor"})
    assert created.json["created_by"] == f"token:{maker}"


def test_the_authorization_scheme_is_case_insensitive(laurel: Laurel, client: Gateway, owner: dict[str, str]) -> None:
    text = owner["authorization"].partition(" ")[2]
    for header in (f"bearer {text}", f"BEARER  {text} "):
        assert client.get("/v1/members", authorization=header).status == 200
    for header in (text, f"Bearer {text} {text}", f"Bearer={text}", f"Token {text}"):
        assert client.get("/v1/members", authorization=header).status == 401


def owner_with_own_key(laurel: Laurel, email: str) -> dict[str, str]:
    add_member(laurel.access_context, "fernhill", email, Role.OWNER)
    _, text = tokens.make(laurel.access_context, "fernhill", Role.OWNER, "own", email, member=email)
    return {"authorization": f"Bearer {text}"}


def test_removed_owner_keeps_no_access_through_keys_made_with_their_key(
    laurel: Laurel, client: Gateway, owner: dict[str, str]
) -> None:
    """The keys that a member's key creates belong to the member, unless they ask for an organization key."""
    leaver = owner_with_own_key(laurel, "bo@fernhill.example")
    own = send(client, "POST", "/v1/tokens", leaver, {"name": "mine", "role": "owner"}).json
    shared = send(client, "POST", "/v1/tokens", leaver, {"name": "LMS", "role": "editor", "organization": True}).json
    assert (own["member"], shared["member"]) == ("bo@fernhill.example", None)
    removed = send(client, "DELETE", f"/v1/members/bo@fernhill.example?revoke={shared['id']}", owner)
    assert {each["name"] for each in removed.json["revoked"]} == {"own", "mine", "LMS"}
    assert [each["name"] for each in removed.json["organization"]] == ["tests"]
    for text in (own["token"], shared["token"], leaver["authorization"].partition(" ")[2]):
        assert send(client, "GET", "/v1/members", {"authorization": f"Bearer {text}"}).status == 401


def test_organization_keys_are_named_when_a_member_is_removed(
    laurel: Laurel, client: Gateway, owner: dict[str, str]
) -> None:
    leaver = owner_with_own_key(laurel, "bo@fernhill.example")
    send(client, "POST", "/v1/tokens", leaver, {"name": "LMS", "role": "editor", "organization": True})
    removed = send(client, "DELETE", "/v1/members/bo@fernhill.example", owner).json
    assert {each["name"]: each["created_by"] for each in removed["organization"]} == {
        "tests": "tests",
        "LMS": "bo@fernhill.example",
    }
    assert "token" not in removed["organization"][0]


def test_unknown_keys_to_revoke_change_nothing(laurel: Laurel, client: Gateway, owner: dict[str, str]) -> None:
    owner_with_own_key(laurel, "bo@fernhill.example")
    refused = send(client, "DELETE", f"/v1/members/bo@fernhill.example?revoke={'a' * 16}", owner)
    assert (refused.status, refused.json["code"]) == (422, "refused")
    assert len(send(client, "GET", "/v1/members", owner).json["items"]) == 2


def test_demoted_owners_key_is_refused(laurel: Laurel, client: Gateway, owner: dict[str, str]) -> None:
    demoted = owner_with_own_key(laurel, "bo@fernhill.example")
    send(client, "PUT", "/v1/members/bo@fernhill.example", owner, {"role": "viewer"})
    response = send(client, "GET", "/v1/members", demoted)
    assert (response.status, response.json["code"]) == (403, "forbidden")


def test_organization_key_creates_organization_keys_only(client: Gateway, owner: dict[str, str]) -> None:
    created = send(client, "POST", "/v1/tokens", owner, {"name": "LMS", "role": "editor"})
    assert created.json["member"] is None
    refused = send(client, "POST", "/v1/tokens", owner, {"name": "LMS", "role": "editor", "organization": False})
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (400, "/organization")


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("POST", "/v1/members", {"email": "eve@fernhill.example", "role": "owner"}),
        ("PUT", "/v1/members/vi@fernhill.example", {"role": "owner"}),
        ("DELETE", "/v1/members/vi@fernhill.example", None),
        ("POST", "/v1/tokens", {"name": "late", "role": "owner", "organization": True}),
    ],
)
def test_an_owner_who_is_removed_during_the_request_changes_nothing(
    laurel: Laurel, client: Gateway, owner: dict[str, str], method: str, path: str, sent: dict[str, object] | None
) -> None:
    """The request was authorised, and then the removal was faster."""
    leaver = owner_with_own_key(laurel, "bo@fernhill.example")
    add_member(laurel.access_context, "fernhill", "vi@fernhill.example", Role.VIEWER)

    def remove_leaver() -> None:
        members.remove(laurel.access_context, "fernhill", "bo@fernhill.example")

    def removal_is_noticed(response: Response) -> None:
        found = {each["email"]: each["role"] for each in send(client, "GET", "/v1/members", owner).json["items"]}
        assert response.status == 401
        assert "bo@fernhill.example" not in found
        assert (found.get("eve@fernhill.example"), found["vi@fernhill.example"]) == (None, "viewer")
        assert [each["name"] for each in send(client, "GET", "/v1/tokens", owner).json["items"]] == ["tests"]

    store = laurel.member_store
    (store.meanwhile_tokens if path == "/v1/tokens" else store.meanwhile).append(remove_leaver)
    removal_is_noticed(send(client, method, path, leaver, sent))


def test_a_change_of_role_revokes_organization_keys_and_lists_the_others(
    laurel: Laurel, client: Gateway, owner: dict[str, str]
) -> None:
    owner_with_own_key(laurel, "bo@fernhill.example")
    made = send(client, "POST", "/v1/tokens", owner, {"name": "LMS", "role": "owner"}).json
    path = f"/v1/members/bo@fernhill.example?revoke={made['id']}"
    changed = send(client, "PUT", path, owner, {"role": "viewer"}).json
    assert (changed["role"], [each["name"] for each in changed["organization"]]) == ("viewer", ["tests"])
    assert send(client, "GET", "/v1/members", {"authorization": f"Bearer {made['token']}"}).status == 401


def test_an_owner_who_is_removed_during_the_request_gets_no_webhook_secret(
    laurel: Laurel, client: Gateway, owner: dict[str, str]
) -> None:
    for number, rotates in enumerate((False, True)):
        email = f"bo{number}@fernhill.example"
        leaver = owner_with_own_key(laurel, email)
        made = send(client, "POST", "/v1/webhooks", owner, webhook_draft(laurel)).json
        stored = dict(laurel.webhooks.stored)
        laurel.webhooks.meanwhile.append(partial(members.remove, laurel.access_context, "fernhill", email))
        path = f"/v1/webhooks/{made['id']}/rotate" if rotates else "/v1/webhooks"
        response = send(
            client, "POST", path, leaver, {"version": made["version"]} if rotates else webhook_draft(laurel)
        )
        assert (response.status, "secret" in response.json) == (401, False)
        assert {key: one.secrets for key, one in laurel.webhooks.stored.items()} == {
            key: one.secrets for key, one in stored.items()
        }
