"""Who belongs to an issuer, and that it is never without an owner."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access import members
from chalicelib.access.models import Member, Membership
from chalicelib.access.roles import Role
from chalicelib.errors import Conflict, LaurelError, NotFound, Refused
from tests.access import fakes
from tests.access.fakes import NOW, AccessFixture


def roles(around: AccessFixture, issuer_id: str = "acme") -> dict[str, Role]:
    return {member.email: member.role for member in members.of_issuer(around.access_context, issuer_id)}


def test_members_come_change_and_go(around: AccessFixture) -> None:
    assert members.add(around.access_context, "acme", " Ada@Example.org", Role.OWNER) == Member(
        "acme", "ada@example.org", Role.OWNER, NOW
    )
    members.add(around.access_context, "acme", "bo@example.org", Role.VIEWER)
    assert members.change(around.access_context, "acme", "BO@example.org", Role.EDITOR).role is Role.EDITOR
    assert roles(around) == {"ada@example.org": Role.OWNER, "bo@example.org": Role.EDITOR}
    members.remove(around.access_context, "acme", "bo@example.org")
    assert roles(around) == {"ada@example.org": Role.OWNER}


def test_a_person_may_belong_to_several_issuers(around: AccessFixture) -> None:
    for issuer_id in ("zeta", "acme"):
        members.add(around.access_context, issuer_id, "ada@example.org", Role.OWNER)
    assert members.issuers_of(around.access_context, "ada@example.org") == ["acme", "zeta"]
    assert members.issuers_of(around.access_context, "bo@example.org") == []


def test_the_first_member_has_to_be_an_owner(around: AccessFixture) -> None:
    with pytest.raises(Conflict) as caught:
        members.add(around.access_context, "acme", "ada@example.org", Role.EDITOR)
    assert caught.value.code == "last_owner"
    assert roles(around) == {}


def test_an_address_that_no_path_can_name_is_not_let_in(around: AccessFixture) -> None:
    members.add(around.access_context, "acme", "ada@example.org", Role.OWNER)
    with pytest.raises(Refused) as caught:
        members.add(around.access_context, "acme", "bo/sales@example.org", Role.EDITOR)
    assert caught.value.code == "bad_email"
    assert roles(around) == {"ada@example.org": Role.OWNER}


def test_the_last_owner_can_neither_go_nor_step_down(around: AccessFixture) -> None:
    members.add(around.access_context, "acme", "ada@example.org", Role.OWNER)
    members.add(around.access_context, "acme", "bo@example.org", Role.EDITOR)
    for act in (
        lambda: members.remove(around.access_context, "acme", "ada@example.org"),
        lambda: members.change(around.access_context, "acme", "ada@example.org", Role.VIEWER),
    ):
        with pytest.raises(Conflict) as caught:
            act()
        assert caught.value.code == "last_owner"
    assert roles(around)["ada@example.org"] is Role.OWNER


def test_nobody_is_added_twice(around: AccessFixture) -> None:
    members.add(around.access_context, "acme", "ada@example.org", Role.OWNER)
    with pytest.raises(Conflict) as caught:
        members.add(around.access_context, "acme", "ADA@example.org", Role.VIEWER)
    assert caught.value.code == "member_exists"


def test_who_is_no_member_can_neither_be_changed_nor_removed(around: AccessFixture) -> None:
    members.add(around.access_context, "acme", "ada@example.org", Role.OWNER)
    with pytest.raises(NotFound):
        members.change(around.access_context, "acme", "bo@example.org", Role.VIEWER)
    with pytest.raises(NotFound):
        members.remove(around.access_context, "zeta", "ada@example.org")


def test_an_issuer_has_only_so_many_members(around: AccessFixture) -> None:
    for number in range(members.MAX_MEMBERS):
        members.add(around.access_context, "acme", f"m{number}@example.org", Role.OWNER)
    with pytest.raises(Refused) as caught:
        members.add(around.access_context, "acme", "one-more@example.org", Role.VIEWER)
    assert caught.value.code == "too_many"
    members.change(around.access_context, "acme", "m7@example.org", Role.VIEWER)


@dataclass
class Meddled(fakes.MemberStore):
    """Somebody else removes the other owner just before a write."""

    def __init__(self) -> None:
        super().__init__()
        self.meddle = True

    def replace_member(self, before: Member | None, after: Member | None, membership: Membership) -> None:
        if self.meddle and membership.owners == 1 and membership.version > 2:
            self.meddle = False
            other = self.member("acme", "bo@example.org")
            held = self.membership("acme")
            super().replace_member(
                other, None, replace(held, owners=1, members=1, version=held.version + 1, last="bo goes")
            )
        super().replace_member(before, after, membership)


def test_two_owners_cannot_leave_at_the_same_moment() -> None:
    around = AccessFixture(member_store=Meddled())
    members.add(around.access_context, "acme", "ada@example.org", Role.OWNER)
    members.add(around.access_context, "acme", "bo@example.org", Role.OWNER)
    with pytest.raises(Conflict) as caught:
        members.remove(around.access_context, "acme", "ada@example.org")
    assert caught.value.code == "last_owner"
    assert roles(around) == {"ada@example.org": Role.OWNER}


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
def test_whatever_happens_an_owner_stays_and_the_counts_are_true(steps: list[tuple]) -> None:
    around, founded = AccessFixture(), False
    for act, *arguments in steps:
        try:
            act(around.access_context, "acme", *arguments)
        except LaurelError:
            pass
        else:
            founded = True
        now, membership = roles(around), around.member_store.membership("acme")
        owners = sum(role is Role.OWNER for role in now.values())
        assert (membership.owners, membership.members) == (owners, len(now))
        assert owners >= int(founded)
