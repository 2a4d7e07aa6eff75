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


def test_emails_to_one_recipient_are_limited() -> None:
    world = World()
    assert deliver(world, quota.ONE_RECIPIENT.most + 3) == quota.ONE_RECIPIENT.most


def test_emails_over_the_quota_wait_for_the_next_day() -> None:
    world = World()
    known(world, registered_as=None, domains=())
    world.tasks.status.clear()
    world.counted["emails", int(world.now.timestamp() // 86_400), "north"] = quota.UNKNOWN.most
    world.do("deliver")
    assert world.mailer.sent == []
    [task] = world.tasks.status
    assert (task.kind, task.attempts) == ("deliver", 0)
    assert timedelta() < task.due - world.now <= timedelta(days=1)
    world.work(task.due)
    assert [letter.kind for letter in world.mailer.sent] == [Kind.ISSUED]


def test_domain_proof_raises_the_quota_and_registration_lifts_it() -> None:
    world = World()
    today = int(world.now.timestamp() // 86_400)
    world.counted["emails", today, "north"] = quota.UNKNOWN.most
    proof = DomainProof("north.example", Place.DNS, world.now, "0" * 64)
    known(world, registered_as="Another name", domains=(proof,))
    assert deliver(world, 1) == 1
    world.counted["emails-proven", today, "north"] = quota.NAMED.most
    assert deliver(world, 2) == 0
    known(world, registered_as=world.issuer_store.issuer("north").name)
    world.do("deliver")
    assert len(world.emails(Kind.ISSUED)) == 2


def test_repeated_invitations_to_one_address_are_limited() -> None:
    world = World()
    member = Member("north", EMAIL, Role.VIEWER, world.now)
    on_failure = [invite(world.delivery_context, member) for _ in range(10)]
    assert on_failure == [True] * quota.ONE_INVITED.most + [False] * (10 - quota.ONE_INVITED.most)
    assert len(world.mailer.sent) == quota.ONE_INVITED.most
    world.now += timedelta(days=1)
    invite(world.delivery_context, member)
    assert len(world.mailer.sent) == quota.ONE_INVITED.most + 1


def test_invitations_per_issuer_are_limited() -> None:
    world = World()
    for number in range(quota.INVITATIONS.most + 5):
        invite(world.delivery_context, Member("north", f"p{number}@example.org", Role.VIEWER, world.now))
    assert len(world.mailer.sent) == quota.INVITATIONS.most


@pytest.mark.parametrize("wish", ["forgotten", "unsubscribed"])
def test_suppressed_mailbox_gets_no_invitation(wish: str) -> None:
    world = World()
    box = mailbox.Mailbox(mailbox.digest(EMAIL))
    world.store.save_mailbox(
        mailbox.forgotten(box, world.now) if wish == "forgotten" else mailbox.unsubscribed(box, "north")
    )
    assert not invite(world.delivery_context, Member("north", EMAIL, Role.OWNER, world.now))
    assert world.mailer.sent == []


def test_failed_invitation_is_reported_without_an_error() -> None:
    world = World()
    world.mailer.failure = lambda: NotSent("not now")
    assert not invite(world.delivery_context, Member("north", EMAIL, Role.OWNER, world.now))
