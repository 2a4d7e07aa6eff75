"""Members of an issuer, which always has at least one owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access import members
from chalicelib.access.models import Member, Membership, Token
from chalicelib.access.roles import Role
from chalicelib.errors import Conflict, LaurelError, NotFound, Refused
from tests.access import fakes
from tests.access.fakes import NOW, AccessFixture


def roles(access: AccessFixture, issuer_id: str = "acme") -> dict[str, Role]:
    return {member.email: member.role for member in members.of_issuer(access.access_context, issuer_id)}


def test_members_are_added_changed_and_removed(access: AccessFixture) -> None:
    assert members.add(access.access_context, "acme", " Ada@Example.org", Role.OWNER) == Member(
        "acme", "ada@example.org", Role.OWNER, NOW
    )
    members.add(access.access_context, "acme", "bo@example.org", Role.VIEWER)
    assert members.change(access.access_context, "acme", "BO@example.org", Role.EDITOR).role is Role.EDITOR
    assert roles(access) == {"ada@example.org": Role.OWNER, "bo@example.org": Role.EDITOR}
    members.remove(access.access_context, "acme", "bo@example.org")
    assert roles(access) == {"ada@example.org": Role.OWNER}


def test_a_person_may_belong_to_several_issuers(access: AccessFixture) -> None:
    for issuer_id in ("zeta", "acme"):
        members.add(access.access_context, issuer_id, "ada@example.org", Role.OWNER)
    assert members.issuers_of(access.access_context, "ada@example.org") == ["acme", "zeta"]
    assert members.issuers_of(access.access_context, "bo@example.org") == []


def test_first_member_must_be_an_owner(access: AccessFixture) -> None:
    with pytest.raises(Conflict) as caught:
        members.add(access.access_context, "acme", "ada@example.org", Role.EDITOR)
    assert caught.value.code == "last_owner"
    assert roles(access) == {}


def test_address_with_a_slash_is_refused(access: AccessFixture) -> None:
    members.add(access.access_context, "acme", "ada@example.org", Role.OWNER)
    with pytest.raises(Refused) as caught:
        members.add(access.access_context, "acme", "bo/sales@example.org", Role.EDITOR)
    assert caught.value.code == "bad_email"
    assert roles(access) == {"ada@example.org": Role.OWNER}


def test_last_owner_cannot_be_removed_or_demoted(access: AccessFixture) -> None:
    members.add(access.access_context, "acme", "ada@example.org", Role.OWNER)
    members.add(access.access_context, "acme", "bo@example.org", Role.EDITOR)
    for act in (
        lambda: members.remove(access.access_context, "acme", "ada@example.org"),
        lambda: members.change(access.access_context, "acme", "ada@example.org", Role.VIEWER),
    ):
        with pytest.raises(Conflict) as caught:
            act()
        assert caught.value.code == "last_owner"
    assert roles(access)["ada@example.org"] is Role.OWNER


def test_member_cannot_be_added_twice(access: AccessFixture) -> None:
    members.add(access.access_context, "acme", "ada@example.org", Role.OWNER)
    with pytest.raises(Conflict) as caught:
        members.add(access.access_context, "acme", "ADA@example.org", Role.VIEWER)
    assert caught.value.code == "member_exists"


def test_changing_or_removing_a_non_member_raises_not_found(access: AccessFixture) -> None:
    members.add(access.access_context, "acme", "ada@example.org", Role.OWNER)
    with pytest.raises(NotFound):
        members.change(access.access_context, "acme", "bo@example.org", Role.VIEWER)
    with pytest.raises(NotFound):
        members.remove(access.access_context, "zeta", "ada@example.org")


def test_number_of_members_is_limited(access: AccessFixture) -> None:
    for number in range(members.MAX_MEMBERS):
        members.add(access.access_context, "acme", f"m{number}@example.org", Role.OWNER)
    with pytest.raises(Refused) as caught:
        members.add(access.access_context, "acme", "one-more@example.org", Role.VIEWER)
    assert caught.value.code == "too_many"
    members.change(access.access_context, "acme", "m7@example.org", Role.VIEWER)


@dataclass
class ConcurrentRemoval(fakes.MemberStore):
    """A store in which a concurrent request removes the other owner just before a write."""

    def __init__(self) -> None:
        super().__init__()
        self.armed = True

    def replace_member(
        self, before: Member | None, after: Member | None, membership: Membership, ended: Sequence[Token] = ()
    ) -> None:
        if self.armed and membership.owners == 1 and membership.version > 2:
            self.armed = False
            other = self.member("acme", "bo@example.org")
            current = self.membership("acme")
            super().replace_member(
                other, None, replace(current, owners=1, members=1, version=current.version + 1, last="bo goes")
            )
        super().replace_member(before, after, membership, ended)


def test_two_owners_cannot_leave_concurrently() -> None:
    access = AccessFixture(member_store=ConcurrentRemoval())
    members.add(access.access_context, "acme", "ada@example.org", Role.OWNER)
    members.add(access.access_context, "acme", "bo@example.org", Role.OWNER)
    with pytest.raises(Conflict) as caught:
        members.remove(access.access_context, "acme", "ada@example.org")
    assert caught.value.code == "last_owner"
    assert roles(access) == {"ada@example.org": Role.OWNER}


PEOPLE = st.sampled_from(["a@x.example", "b@x.example", "c@x.example"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just(members.add), PEOPLE, st.sampled_from(Role)),
        st.tuples(st.just(members.change), PEOPLE, st.sampled_from(Role)),
        st.tuples(st.just(members.remove), PEOPLE),
    ),
    max_size=25,
)


@given(STEPS)
def test_an_owner_always_remains_and_the_counts_are_correct(steps: list[tuple]) -> None:
    access, created = AccessFixture(), False
    for act, *arguments in steps:
        try:
            act(access.access_context, "acme", *arguments)
        except LaurelError:
            pass
        else:
            created = True
        current, membership = roles(access), access.member_store.membership("acme")
        owners = sum(role is Role.OWNER for role in current.values())
        assert (membership.owners, membership.members) == (owners, len(current))
        assert owners >= int(created)
