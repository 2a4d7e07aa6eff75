"""Commands for members and tokens."""

from __future__ import annotations

import pytest

from chalicelib.access import sessions, tokens
from chalicelib.access.roles import Role
from chalicelib.errors import Unauthenticated
from tests.cli.conftest import FakeServices, Run

ABOUT = ("--name", "Acme", "--url", "https://acme.example/", "--description", "Makers.")


def test_issuer_is_created_with_its_owner(run: Run) -> None:
    assert run("issuer", "create", "acme", *ABOUT, "--owner", "Ada@acme.example").code == 0
    assert [(row["email"], row["role"]) for row in run("member", "list", "acme", "--json").rows] == [
        ("ada@acme.example", "owner")
    ]


def test_invalid_owner_address_creates_no_issuer(run: Run, services: FakeServices) -> None:
    result = run("issuer", "create", "acme", *ABOUT, "--owner", "ada")
    assert (result.code, "bad_email" in result.err) == (1, True)
    assert list(services.issuer_store.issuers()) == []


def test_members_are_added_changed_and_removed(run: Run, issuer: str) -> None:
    assert run("member", "add", issuer, "ada@acme.example", "--role", "owner").code == 0
    assert run("member", "add", issuer, "bo@acme.example", "--role", "viewer").code == 0
    assert (
        run("member", "set-role", issuer, "bo@acme.example", "--role", "editor", "--json").rows[0]["role"] == "editor"
    )
    assert "bo@acme.example   editor  2026-11-21T09:30:00Z" in run("member", "list", issuer).out
    assert run("member", "remove", issuer, "bo@acme.example").code == 0
    assert len(run("member", "list", issuer, "--json").rows) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("member", "add", "acme", "bo@acme.example", "--role", "editor"), "last_owner"),
        (("member", "add", "nobody", "bo@acme.example", "--role", "owner"), "not_found"),
        (("member", "list", "nobody"), "not_found"),
        (("member", "remove", "acme", "bo@acme.example"), "not_found"),
        (("token", "create", "nobody", "--name", "x", "--role", "owner"), "not_found"),
        (("token", "revoke", "acme", "a" * 16), "not_found"),
        (("operator", "revoke", "a" * 16), "not_found"),
        (("member", "sign-out", "ada"), "bad_email"),
    ],
)
def test_failed_commands_report_the_reason(run: Run, issuer: str, arguments: tuple[str, ...], code: str) -> None:
    result = run(*arguments)
    assert (result.code, code in result.err) == (1, True)


def test_unknown_role_is_a_usage_error(run: Run, issuer: str) -> None:
    assert run("member", "add", issuer, "ada@acme.example", "--role", "boss").code == 2


def test_token_is_shown_once_and_can_be_revoked(run: Run, services: FakeServices, issuer: str) -> None:
    result = run("token", "create", issuer, "--name", "Moodle", "--role", "editor")
    text = result.out.strip()
    token = tokens.authenticate(services.access_context, text)
    assert (token.issuer_id, token.role, token.name) == (issuer, Role.EDITOR, "Moodle")
    assert "cannot be shown again" in result.err
    listed = run("token", "list", issuer)
    assert token.id in listed.out
    assert text.rpartition("_")[2] not in listed.out
    assert run("token", "revoke", issuer, token.id).code == 0
    with pytest.raises(Unauthenticated):
        tokens.authenticate(services.access_context, text)


def test_operator_token_belongs_to_no_issuer(run: Run, services: FakeServices, issuer: str) -> None:
    row = run("operator", "create", "--name", "Grace's terminal", "--json").rows[0]
    assert (row["issuer"], row["role"]) == (None, None)
    assert tokens.authenticate(services.access_context, row["token"]).issuer_id is None
    assert [each["id"] for each in run("operator", "list", "--json").rows] == [row["id"]]
    assert run("token", "list", issuer, "--json").rows == []
    assert run("token", "revoke", issuer, row["id"]).code == 1
    assert run("operator", "revoke", row["id"]).code == 0
    assert run("operator", "list").out == ""


def test_user_is_signed_out_everywhere(run: Run, services: FakeServices) -> None:
    _, cookie = sessions.sign_in(services.access_context, "ada@acme.example")
    assert "sessions ended: 1" in run("member", "sign-out", "Ada@acme.example").out
    with pytest.raises(Unauthenticated):
        sessions.person(services.access_context, cookie)


def test_removed_members_keys_are_revoked_and_organization_keys_named(
    run: Run, services: FakeServices, issuer: str
) -> None:
    for email in ("ada@acme.example", "bo@acme.example"):
        run("member", "add", issuer, email, "--role", "owner")
    own = run("token", "create", issuer, "--name", "own", "--role", "editor", "--member", "Bo@acme.example", "--json")
    known, kept = (
        run("token", "create", issuer, "--name", name, "--role", "editor", "--json").rows[0] for name in ("LMS", "CRM")
    )
    assert (own.rows[0]["member"], known["member"]) == ("bo@acme.example", None)
    assert "bo@acme.example" in run("token", "list", issuer).out
    result = run("member", "remove", issuer, "bo@acme.example", "--revoke", known["id"], "--json")
    assert set(result.rows[0]["revoked"]) == {own.rows[0]["id"], known["id"]}
    assert f"{kept['id']} (CRM)" in result.err
    for text in (own.rows[0]["token"], known["token"]):
        with pytest.raises(Unauthenticated):
            tokens.authenticate(services.access_context, text)
    assert tokens.authenticate(services.access_context, kept["token"])


def test_key_of_a_person_who_is_not_a_member_is_refused(run: Run, issuer: str) -> None:
    result = run("token", "create", issuer, "--name", "x", "--role", "viewer", "--member", "eve@acme.example")
    assert (result.code, "bad_member" in result.err) == (1, True)
