"""Issuers, members, tokens, sign-in."""

from __future__ import annotations

from chalicelib.access import members, tokens
from chalicelib.access.roles import Role
from tests.http.matrix import At, Builder, Call


def a_member(at: At) -> str:
    email = f"m{at.laurel.member_store.membership(at.owner).version}@canary.example"
    members.add(at.laurel.access_context, at.owner, email, Role.VIEWER)
    return email


def a_token(at: At) -> str:
    return tokens.make(at.laurel.access_context, at.owner, Role.VIEWER, "canary token", "tests")[0].id


def a_new_issuer(at: At) -> dict[str, str]:
    number = len(list(at.laurel.issuer_store.issuers()))
    return {
        "id": f"new-{number}", "name": "New", "url": "https://new.example/", "description": "Teaches.",
        "owner": "new@new.example",
    }  # fmt: skip


def fresh_address(at: At) -> str:
    return f"n{at.laurel.entropy(6).hex()}@new.example"


ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/issuers"): lambda at: Call("/v1/issuers"),
    ("POST", "/v1/issuers"): lambda at: Call("/v1/issuers", json=a_new_issuer(at), good=201),
    ("GET", "/v1/issuers/{id}"): lambda at: Call(f"/v1/issuers/{at.owner}"),
    ("PATCH", "/v1/issuers/{id}"): lambda at: Call(f"/v1/issuers/{at.owner}", json={"name": "Fernhill"}),
    ("GET", "/v1/members"): lambda at: Call("/v1/members"),
    ("POST", "/v1/members"): lambda at: Call(
        "/v1/members", json={"email": fresh_address(at), "role": "viewer"}, good=201
    ),
    ("PUT", "/v1/members/{id}"): lambda at: Call(f"/v1/members/{a_member(at)}", json={"role": "editor"}),
    ("DELETE", "/v1/members/{id}"): lambda at: Call(f"/v1/members/{a_member(at)}", good=204),
    ("GET", "/v1/tokens"): lambda at: Call("/v1/tokens"),
    ("POST", "/v1/tokens"): lambda at: Call("/v1/tokens", json={"name": "LMS", "role": "editor"}, good=201),
    ("DELETE", "/v1/tokens/{id}"): lambda at: Call(f"/v1/tokens/{a_token(at)}", good=204),
    ("GET", "/sign-in/{token}"): lambda at: Call("/sign-in/" + "a" * 52, good=404),
    ("POST", "/sign-in/{token}"): lambda at: Call("/sign-in/" + "a" * 52, form={}, good=404),
    ("POST", "/sign-out"): lambda at: Call("/sign-out", form={}, good=303),
}
