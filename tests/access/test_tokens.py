"""What programs bring."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.access import tokens
from chalicelib.access.roles import Role
from chalicelib.errors import NotFound, Refused, Unauthenticated
from tests.access.fakes import NOW, AccessFixture


def test_a_token_opens_what_it_was_made_for(around: AccessFixture) -> None:
    token, text = tokens.make(around.access_context, "acme", Role.EDITOR, " Moodle ", "ada@example.org")
    assert text.startswith(f"laurel_{token.id}_")
    found = tokens.authenticate(around.access_context, text)
    assert (found.id, found.issuer_id, found.role, found.name) == (token.id, "acme", Role.EDITOR, "Moodle")


def test_the_secret_has_256_bits_and_is_kept_nowhere(around: AccessFixture) -> None:
    token, text = tokens.make(around.access_context, "acme", Role.EDITOR, "Moodle", "ada@example.org")
    secret = text.rpartition("_")[2]
    assert len(secret) * 5 >= 256
    assert secret not in repr(around.member_store.token(token.id))


@pytest.mark.parametrize(
    "spoil",
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
def test_any_other_text_opens_nothing(around: AccessFixture, spoil) -> None:
    _, text = tokens.make(around.access_context, "acme", Role.EDITOR, "Moodle", "ada@example.org")
    with pytest.raises(Unauthenticated):
        tokens.authenticate(around.access_context, spoil(text))


def test_the_secret_of_one_token_does_not_open_another(around: AccessFixture) -> None:
    first, _ = tokens.make(around.access_context, "acme", Role.OWNER, "first", "x")
    _, text = tokens.make(around.access_context, "zeta", Role.VIEWER, "second", "x")
    with pytest.raises(Unauthenticated):
        tokens.authenticate(around.access_context, f"laurel_{first.id}_{text.rpartition('_')[2]}")


def test_a_revoked_token_opens_nothing_at_once(around: AccessFixture) -> None:
    token, text = tokens.make(around.access_context, "acme", Role.EDITOR, "Moodle", "ada@example.org")
    tokens.authenticate(around.access_context, text)
    tokens.revoke(around.access_context, "acme", token.id)
    with pytest.raises(Unauthenticated):
        tokens.authenticate(around.access_context, text)
    with pytest.raises(NotFound):
        tokens.revoke(around.access_context, "acme", token.id)


def test_nobody_revokes_a_token_of_somebody_else(around: AccessFixture) -> None:
    token, text = tokens.make(around.access_context, "acme", Role.EDITOR, "Moodle", "x")
    for other in ("zeta", None):
        with pytest.raises(NotFound):
            tokens.revoke(around.access_context, other, token.id)
    assert tokens.authenticate(around.access_context, text)


def test_its_use_is_noted_once_an_hour(around: AccessFixture) -> None:
    token, text = tokens.make(around.access_context, "acme", Role.EDITOR, "Moodle", "x")
    assert around.member_store.token(token.id).used is None
    for minutes, noted in ((0, 0), (59, 0), (60, 60), (119, 60), (120, 120)):
        around.now = NOW + timedelta(minutes=minutes)
        tokens.authenticate(around.access_context, text)
        assert around.member_store.token(token.id).used == NOW + timedelta(minutes=noted)


def test_a_token_belongs_to_an_issuer_with_a_role_or_to_the_operators_without(around: AccessFixture) -> None:
    operators, _ = tokens.make(around.access_context, None, None, "terminal", "operator")
    assert (operators.issuer_id, operators.role) == (None, None)
    assert [token.id for token in tokens.of_issuer(around.access_context, None)] == [operators.id]
    for issuer_id, role in (("acme", None), (None, Role.OWNER)):
        with pytest.raises(ValueError, match="neither"):
            tokens.make(around.access_context, issuer_id, role, "half", "x")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines", "\x1b[31m"])
def test_a_token_has_a_name_that_can_be_shown(around: AccessFixture, name: str) -> None:
    with pytest.raises(Refused) as caught:
        tokens.make(around.access_context, "acme", Role.EDITOR, name, "x")
    assert caught.value.code == "bad_name"


def test_an_issuer_has_only_so_many_tokens(around: AccessFixture) -> None:
    for number in range(tokens.MAX_TOKENS):
        tokens.make(around.access_context, "acme", Role.VIEWER, f"number {number}", "x")
    with pytest.raises(Refused) as caught:
        tokens.make(around.access_context, "acme", Role.VIEWER, "one more", "x")
    assert caught.value.code == "too_many_tokens"
    assert tokens.make(around.access_context, "zeta", Role.VIEWER, "another issuer's", "x")
