"""Nobody who founds an issuer by themselves writes to strangers without end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.access.models import Member
from chalicelib.access.roles import Role
from chalicelib.credential.issuer import DomainProof, Place
from chalicelib.delivery import mailbox, quota
from chalicelib.delivery.emails.email_content import Kind
from chalicelib.delivery.emails.invitation import invite
from chalicelib.delivery.ports import NotSent
from tests.delivery.world import EMAIL, World


def known(world: World, **changes: Any) -> None:
    issuer = world.issuer_store.issuer("north")
    world.issuer_store.replace_issuer(replace(issuer, version=issuer.version + 1, **changes))


def deliver(world: World, times: int) -> int:
    """Letters that go out for so many new credentials of Ada's."""
    before = len(world.emails(Kind.ISSUED))
    for number in range(times):
        credential_id = "".join("abcdefghij"[int(digit)] for digit in f"{number + 1:04}").ljust(26, "z")
        world.give(credential_id, 100 + number)
        world.do("deliver", credential_id)
    return len(world.emails(Kind.ISSUED)) - before


def test_one_reader_is_not_flooded_by_an_issuer_that_nobody_knows() -> None:
    world = World()
    assert deliver(world, quota.ONE_READER.most + 3) == quota.ONE_READER.most


def test_letters_over_the_allowance_wait_for_the_next_day() -> None:
    world = World()
    known(world, registered_as=None, domains=())
    world.tasks.standing.clear()
    world.counted["letters", int(world.now.timestamp() // 86_400), "north"] = quota.UNKNOWN.most
    world.do("deliver")
    assert world.mailer.sent == []
    [task] = world.tasks.standing
    assert (task.kind, task.attempts) == ("deliver", 0)
    assert timedelta() < task.due - world.now <= timedelta(days=1)
    world.work(task.due)
    assert [letter.kind for letter in world.mailer.sent] == [Kind.ISSUED]


def test_a_domain_raises_the_allowance_and_the_operators_lift_it() -> None:
    world = World()
    today = int(world.now.timestamp() // 86_400)
    world.counted["letters", today, "north"] = quota.UNKNOWN.most
    proof = DomainProof("north.example", Place.DNS, world.now, "0" * 64)
    known(world, registered_as="Another name", domains=(proof,))
    assert deliver(world, 1) == 1
    world.counted["letters-named", today, "north"] = quota.NAMED.most
    assert deliver(world, 2) == 0
    known(world, registered_as=world.issuer_store.issuer("north").name)
    world.do("deliver")
    assert len(world.emails(Kind.ISSUED)) == 2


def test_who_is_added_again_and_again_is_told_twice_a_day() -> None:
    world = World()
    member = Member("north", EMAIL, Role.VIEWER, world.now)
    told = [invite(world.delivery_context, member) for _ in range(10)]
    assert told == [True] * quota.ONE_INVITED.most + [False] * (10 - quota.ONE_INVITED.most)
    assert len(world.mailer.sent) == quota.ONE_INVITED.most
    world.now += timedelta(days=1)
    invite(world.delivery_context, member)
    assert len(world.mailer.sent) == quota.ONE_INVITED.most + 1


def test_an_issuer_invites_so_many_people_a_day() -> None:
    world = World()
    for number in range(quota.INVITATIONS.most + 5):
        invite(world.delivery_context, Member("north", f"p{number}@example.org", Role.VIEWER, world.now))
    assert len(world.mailer.sent) == quota.INVITATIONS.most


@pytest.mark.parametrize("wish", ["forgotten", "unsubscribed"])
def test_who_wants_no_mail_is_not_invited_either(wish: str) -> None:
    world = World()
    box = mailbox.Mailbox(mailbox.digest(EMAIL))
    world.store.save_mailbox(
        mailbox.forgotten(box, world.now) if wish == "forgotten" else mailbox.unsubscribed(box, "north")
    )
    assert not invite(world.delivery_context, Member("north", EMAIL, Role.OWNER, world.now))
    assert world.mailer.sent == []


def test_an_invitation_that_the_mail_service_does_not_take_is_said_and_no_fault() -> None:
    world = World()
    world.mailer.fault = lambda: NotSent("not now")
    assert not invite(world.delivery_context, Member("north", EMAIL, Role.OWNER, world.now))
