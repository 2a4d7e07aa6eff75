"""API keys: secrets, ownership, revocation and limits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.access import tokens
from chalicelib.access.roles import Role
from chalicelib.errors import NotFound, Refused, Unauthenticated
from tests.access.fakes import NOW, AccessFixture


def test_token_authenticates_for_its_issuer_and_role(access: AccessFixture) -> None:
    token, text = tokens.make(access.access_context, "acme", Role.EDITOR, " Moodle ", "ada@example.org")
    assert text.startswith(f"laurel_{token.id}_")
    found = tokens.authenticate(access.access_context, text)
    assert (found.id, found.issuer_id, found.role, found.name) == (token.id, "acme", Role.EDITOR, "Moodle")


def test_secret_has_256_bits_and_is_not_stored(access: AccessFixture) -> None:
    token, text = tokens.make(access.access_context, "acme", Role.EDITOR, "Moodle", "ada@example.org")
    secret = text.rpartition("_")[2]
    assert len(secret) * 5 >= 256
    assert secret not in repr(access.member_store.token(token.id))


@pytest.mark.parametrize(
    "alter",
    [
        lambda text: "",
        lambda text: text[:-1],
        lambda text: text + "a",
        lambda text: text + "\n",
        lambda text: text[:-1] + ("a" if text[-1] != "a" else "b"),
        lambda text: text.replace("laurel_", "laurel-"),
        lambda text: text.upper(),
        lambda text: "laurel_" + "a" * 16 + text[23:],
        lambda text: text.rpartition("_")[0],
        lambda text: text * 1000,
    ],
)
def test_altered_token_is_refused(access: AccessFixture, alter) -> None:
    _, text = tokens.make(access.access_context, "acme", Role.EDITOR, "Moodle", "ada@example.org")
    with pytest.raises(Unauthenticated):
        tokens.authenticate(access.access_context, alter(text))


def test_secret_of_one_token_is_refused_for_another(access: AccessFixture) -> None:
    first, _ = tokens.make(access.access_context, "acme", Role.OWNER, "first", "x")
    _, text = tokens.make(access.access_context, "zeta", Role.VIEWER, "second", "x")
    with pytest.raises(Unauthenticated):
        tokens.authenticate(access.access_context, f"laurel_{first.id}_{text.rpartition('_')[2]}")


def test_revoked_token_is_refused_immediately(access: AccessFixture) -> None:
    token, text = tokens.make(access.access_context, "acme", Role.EDITOR, "Moodle", "ada@example.org")
    tokens.authenticate(access.access_context, text)
    tokens.revoke(access.access_context, "acme", token.id)
    with pytest.raises(Unauthenticated):
        tokens.authenticate(access.access_context, text)
    with pytest.raises(NotFound):
        tokens.revoke(access.access_context, "acme", token.id)


def test_token_of_another_issuer_cannot_be_revoked(access: AccessFixture) -> None:
    token, text = tokens.make(access.access_context, "acme", Role.EDITOR, "Moodle", "x")
    for other in ("zeta", None):
        with pytest.raises(NotFound):
            tokens.revoke(access.access_context, other, token.id)
    assert tokens.authenticate(access.access_context, text)


def test_last_use_is_recorded_once_an_hour(access: AccessFixture) -> None:
    token, text = tokens.make(access.access_context, "acme", Role.EDITOR, "Moodle", "x")
    assert access.member_store.token(token.id).used is None
    for minutes, recorded in ((0, 0), (59, 0), (60, 60), (119, 60), (120, 120)):
        access.now = NOW + timedelta(minutes=minutes)
        tokens.authenticate(access.access_context, text)
        assert access.member_store.token(token.id).used == NOW + timedelta(minutes=recorded)


def test_token_has_an_issuer_and_a_role_or_neither(access: AccessFixture) -> None:
    operators, _ = tokens.make(access.access_context, None, None, "terminal", "operator")
    assert (operators.issuer_id, operators.role) == (None, None)
    assert [token.id for token in tokens.of_issuer(access.access_context, None)] == [operators.id]
    for issuer_id, role in (("acme", None), (None, Role.OWNER)):
        with pytest.raises(ValueError, match="neither"):
            tokens.make(access.access_context, issuer_id, role, "half", "x")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines", "\x1b[31m"])
def test_invalid_token_name_is_refused(access: AccessFixture, name: str) -> None:
    with pytest.raises(Refused) as caught:
        tokens.make(access.access_context, "acme", Role.EDITOR, name, "x")
    assert caught.value.code == "bad_name"


def test_number_of_tokens_is_limited(access: AccessFixture) -> None:
    for number in range(tokens.MAX_TOKENS):
        tokens.make(access.access_context, "acme", Role.VIEWER, f"number {number}", "x")
    with pytest.raises(Refused) as caught:
        tokens.make(access.access_context, "acme", Role.VIEWER, "one more", "x")
    assert caught.value.code == "too_many_tokens"
    assert tokens.make(access.access_context, "zeta", Role.VIEWER, "another issuer's", "x")
