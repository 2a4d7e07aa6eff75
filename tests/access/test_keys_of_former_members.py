"""Attacks: a person who has left, or has fewer permissions now, uses an API key that they have kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.access import members, tokens
from chalicelib.access.models import Token
from chalicelib.access.roles import Role
from chalicelib.errors import Conflict, Forbidden, NotFound, Refused, Unauthenticated
from tests.access.fakes import NOW, AccessFixture

ADA, BO = "ada@example.org", "bo@example.org"


@pytest.fixture
def access() -> AccessFixture:
    fixture = AccessFixture()
    members.add(fixture.access_context, "acme", ADA, Role.OWNER)
    members.add(fixture.access_context, "acme", BO, Role.OWNER)
    return fixture


def make(
    access: AccessFixture, role: Role = Role.OWNER, member: str | None = BO, name: str = "key"
) -> tuple[Token, str]:
    return tokens.make(access.access_context, "acme", role, name, BO, member=member)


def works(access: AccessFixture, text: str) -> bool:
    try:
        tokens.authenticate(access.access_context, text)
    except (Unauthenticated, Forbidden):
        return False
    return True


def test_removed_owners_key_stops_working(access: AccessFixture) -> None:
    token, text = make(access)
    assert works(access, text)
    assert [each.id for each in members.remove(access.access_context, "acme", BO)] == [token.id]
    with pytest.raises(Unauthenticated):
        tokens.authenticate(access.access_context, text)
    assert list(tokens.of_issuer(access.access_context, "acme")) == []


def test_key_that_a_removal_missed_is_worth_nothing(access: AccessFixture) -> None:
    """A key that is created while its member is being removed."""
    token, text = make(access)
    members.remove(access.access_context, "acme", BO)
    access.member_store.add_token(token)
    assert not works(access, text)


def test_key_of_an_earlier_membership_stays_invalid_when_the_person_rejoins(access: AccessFixture) -> None:
    token, text = make(access)
    members.remove(access.access_context, "acme", BO)
    access.member_store.add_token(token)
    access.now = NOW + timedelta(seconds=1)
    members.add(access.access_context, "acme", BO, Role.OWNER)
    assert not works(access, text)
    assert works(access, make(access)[1])


def test_demoted_owners_key_is_refused_until_the_role_covers_it_again(access: AccessFixture) -> None:
    (_, owner_key), (_, viewer_key) = make(access), make(access, Role.VIEWER)
    for role in (Role.EDITOR, Role.VIEWER):
        members.change(access.access_context, "acme", BO, role)
        with pytest.raises(Forbidden):
            tokens.authenticate(access.access_context, owner_key)
        assert works(access, viewer_key)
    members.change(access.access_context, "acme", BO, Role.OWNER)
    assert works(access, owner_key)


def test_refused_key_does_not_count_as_used(access: AccessFixture) -> None:
    token, text = make(access)
    members.change(access.access_context, "acme", BO, Role.VIEWER)
    assert not works(access, text)
    assert access.member_store.token(token.id).used is None


def test_keys_of_others_and_of_the_organization_keep_working(access: AccessFixture) -> None:
    _, of_ada = make(access, member=ADA)
    organization, of_organization = make(access, member=None)
    make(access)
    members.remove(access.access_context, "acme", BO)
    assert works(access, of_ada)
    assert works(access, of_organization)
    assert tokens.of_organization(access.access_context, "acme") == (access.member_store.token(organization.id),)


def test_organization_keys_that_the_leaver_knows_end_with_them(access: AccessFixture) -> None:
    known, text = make(access, member=None, name="Moodle")
    _, other = make(access, member=None, name="LMS")
    own, _ = make(access)
    assert set(members.remove(access.access_context, "acme", BO, [known.id])) == {known, own}
    assert not works(access, text)
    assert works(access, other)


def test_organization_keys_that_a_demoted_owner_knows_end_with_the_role(access: AccessFixture) -> None:
    """With such a key, the person could make themselves an owner again."""
    known, text = make(access, member=None, name="Moodle")
    _, other = make(access, member=None, name="LMS")
    with pytest.raises(Refused, match="does not exist"):
        members.change(access.access_context, "acme", BO, Role.VIEWER, ["a" * 16])
    assert access.member_store.member("acme", BO).role is Role.OWNER
    assert members.change(access.access_context, "acme", BO, Role.VIEWER, [known.id]).role is Role.VIEWER
    assert not works(access, text)
    assert works(access, other)


def test_nothing_changes_when_a_key_to_revoke_does_not_exist(access: AccessFixture) -> None:
    tokens.make(access.access_context, "acme", Role.VIEWER, "theirs", "x")
    elsewhere, _ = tokens.make(access.access_context, "zeta", Role.VIEWER, "theirs", "x")
    for unknown in ("a" * 16, elsewhere.id):
        with pytest.raises(Refused) as caught:
            members.remove(access.access_context, "acme", BO, [unknown])
        assert caught.value.code == "unknown_token"
    assert access.member_store.member("acme", BO)
    assert access.member_store.token(elsewhere.id)


def test_membership_of_another_issuer_does_not_help(access: AccessFixture) -> None:
    _, text = make(access)
    members.add(access.access_context, "zeta", BO, Role.OWNER)
    members.remove(access.access_context, "acme", BO)
    assert not works(access, text)


def test_last_owner_who_cannot_be_removed_keeps_their_keys(access: AccessFixture) -> None:
    members.remove(access.access_context, "acme", ADA)
    _, text = make(access)
    with pytest.raises(Conflict, match="at least one owner"):
        members.remove(access.access_context, "acme", BO)
    assert works(access, text)


def test_key_permits_no_more_than_its_member(access: AccessFixture) -> None:
    members.change(access.access_context, "acme", BO, Role.EDITOR)
    with pytest.raises(Refused) as caught:
        make(access, Role.OWNER)
    assert caught.value.code == "bad_member"
    assert works(access, make(access, Role.EDITOR)[1])


def test_key_cannot_belong_to_someone_who_is_not_a_member(access: AccessFixture) -> None:
    with pytest.raises(Refused) as caught:
        make(access, member="eve@example.org")
    assert caught.value.code == "bad_member"
    with pytest.raises(ValueError, match="no member"):
        tokens.make(access.access_context, None, None, "terminal", "operator", member=BO)
    with pytest.raises(NotFound):
        access.member_store.token("a" * 16)


def test_organization_key_that_is_created_while_its_creator_is_removed_does_not_work(access: AccessFixture) -> None:
    """The request was authorised before the removal, and the key is stored after it."""
    store = access.member_store
    _, known = make(access)

    def still_allowed() -> None:
        members.remove(access.access_context, "acme", BO)
        tokens.authenticate(access.access_context, known)

    with pytest.raises(Unauthenticated):
        tokens.make(access.access_context, "acme", Role.OWNER, "late", BO, still_allowed=still_allowed)
    assert list(store.tokens("acme")) == []
