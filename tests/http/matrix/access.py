"""Entries for issuers, members, tokens and sign-in."""

from __future__ import annotations

from chalicelib.access import members, tokens
from chalicelib.access.roles import Role
from tests.http.matrix import Builder, Call, EntryContext


def create_member(at: EntryContext) -> str:
    email = f"m{at.laurel.member_store.membership(at.owner).version}@canary.example"
    members.add(at.laurel.access_context, at.owner, email, Role.VIEWER)
    return email


def create_owner(at: EntryContext) -> str:
    members.add(at.laurel.access_context, at.console_issuer, email := new_email(at), Role.OWNER)
    return email


def create_token(at: EntryContext) -> str:
    return tokens.make(at.laurel.access_context, at.owner, Role.VIEWER, "canary token", "tests")[0].id


def new_issuer_body(at: EntryContext) -> dict[str, str]:
    number = len(list(at.laurel.issuer_store.issuers()))
    return {
        "id": f"new-{number}", "name": "New", "url": "https://new.example/", "description": "Teaches.",
        "owner": "new@new.example",
    }  # fmt: skip


def new_email(at: EntryContext) -> str:
    return f"n{at.laurel.entropy(6).hex()}@new.example"


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/issuers"): lambda at: Call("/v1/issuers"),
    ("POST", "/v1/issuers"): lambda at: Call("/v1/issuers", json=new_issuer_body(at), allowed_status=201),
    ("GET", "/v1/issuers/{id}"): lambda at: Call(f"/v1/issuers/{at.owner}"),
    ("PATCH", "/v1/issuers/{id}"): lambda at: Call(
        f"/v1/issuers/{at.owner}",
        json={
            "description": "Teaches.",
            "version": at.laurel.issuer_store.issuer(at.owner).profile_version,
        },
    ),
    ("PUT", "/v1/holders/{id}/takedown"): lambda _: Call(
        f"/v1/holders/{'h' * 26}/takedown", json={"taken_down": False}
    ),
    ("PUT", "/v1/credentials/{id}/takedown"): lambda at: Call(
        f"/v1/credentials/{at.credential}/takedown", json={"taken_down": True}
    ),
    ("GET", "/v1/members"): lambda at: Call("/v1/members"),
    ("POST", "/v1/members"): lambda at: Call(
        "/v1/members", json={"email": new_email(at), "role": "viewer"}, allowed_status=201
    ),
    ("PUT", "/v1/members/{id}"): lambda at: Call(f"/v1/members/{create_member(at)}", json={"role": "editor"}),
    ("DELETE", "/v1/members/{id}"): lambda at: Call(f"/v1/members/{create_member(at)}"),
    ("GET", "/v1/tokens"): lambda at: Call("/v1/tokens"),
    ("POST", "/v1/tokens"): lambda at: Call("/v1/tokens", json={"name": "LMS", "role": "editor"}, allowed_status=201),
    ("DELETE", "/v1/tokens/{id}"): lambda at: Call(f"/v1/tokens/{create_token(at)}", allowed_status=204),
    ("GET", "/sign-in/{token}"): lambda at: Call("/sign-in/" + "a" * 52, allowed_status=404),
    ("POST", "/sign-in/{token}"): lambda at: Call("/sign-in/" + "a" * 52, form={}, allowed_status=404),
    ("POST", "/sign-out"): lambda at: Call("/sign-out", form={}, allowed_status=303),
}
