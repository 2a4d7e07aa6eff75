"""Email quotas of issuers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.access.models import Member
from chalicelib.access.roles import Role
from chalicelib.credential.issuer import DomainProof, Issuer, ProofLocation
from chalicelib.delivery import mailbox
from chalicelib.delivery.emails.invitation import invite
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.limits import quota
from chalicelib.delivery.ports import NotSent
from tests.contract import samples
from tests.delivery.fake_delivery import EMAIL, DeliveryFixture


def update_issuer(fixture: DeliveryFixture, **changes: Any) -> None:
    issuer = fixture.issuer_store.issuer("north")
    fixture.issuer_store.replace_issuer(replace(issuer, version=issuer.version + 1, **changes))


def deliver(fixture: DeliveryFixture, times: int) -> int:
    """Issue ``times`` new credentials to Ada; returns how many emails were sent."""
    before = len(fixture.emails(Kind.ISSUED))
    for number in range(times):
        credential_id = "".join("abcdefghij"[int(digit)] for digit in f"{number + 1:04}").ljust(26, "z")
        fixture.issue(credential_id, 100 + number)
        fixture.run_task("deliver", credential_id)
    return len(fixture.emails(Kind.ISSUED)) - before


def test_emails_to_one_recipient_are_limited() -> None:
    fixture = DeliveryFixture()
    assert deliver(fixture, quota.PER_RECIPIENT.max_count + 3) == quota.PER_RECIPIENT.max_count


def test_emails_over_the_quota_wait_for_the_next_day() -> None:
    fixture = DeliveryFixture()
    update_issuer(fixture, registered_as=None, domains=())
    fixture.tasks.status.clear()
    fixture.counted["emails", int(fixture.now.timestamp() // 86_400), "north"] = quota.UNPROVEN_ISSUER.max_count
    fixture.run_task("deliver")
    assert fixture.mailer.sent == []
    [task] = fixture.tasks.status
    assert (task.kind, task.subject, task.attempts) == ("deferred_emails", "", 0)
    assert timedelta() < task.due - fixture.now <= timedelta(days=2)
    fixture.run_tasks(task.due)
    assert [email.kind for email in fixture.mailer.sent] == [Kind.ISSUED]


def test_domain_proof_raises_the_quota_and_registration_lifts_it() -> None:
    fixture = DeliveryFixture()
    today = int(fixture.now.timestamp() // 86_400)
    fixture.counted["emails", today, "north"] = quota.UNPROVEN_ISSUER.max_count
    proof = DomainProof("north.example", ProofLocation.DNS, fixture.now, "0" * 64)
    update_issuer(fixture, registered_as="Another name", domains=(proof,))
    assert deliver(fixture, 1) == 1
    fixture.counted["emails-proven", today, "north.example"] = quota.PROVEN_ISSUER.max_count
    assert deliver(fixture, 2) == 0
    update_issuer(fixture, registered_as=fixture.issuer_store.issuer("north").name)
    fixture.run_task("deliver")
    assert len(fixture.emails(Kind.ISSUED)) == 2


def test_repeated_invitations_to_one_address_are_limited() -> None:
    fixture = DeliveryFixture()
    member = Member("north", EMAIL, Role.VIEWER, fixture.now)
    on_failure = [invite(fixture.delivery_context, member) for _ in range(10)]
    assert on_failure == [True] * quota.INVITATIONS_PER_ADDRESS.max_count + [False] * (
        10 - quota.INVITATIONS_PER_ADDRESS.max_count
    )
    assert len(fixture.mailer.sent) == quota.INVITATIONS_PER_ADDRESS.max_count
    fixture.now += timedelta(days=1)
    invite(fixture.delivery_context, member)
    assert len(fixture.mailer.sent) == quota.INVITATIONS_PER_ADDRESS.max_count + 1


def test_invitations_per_issuer_are_limited() -> None:
    fixture = DeliveryFixture()
    for number in range(quota.INVITATIONS.max_count + 5):
        invite(fixture.delivery_context, Member("north", f"p{number}@example.org", Role.VIEWER, fixture.now))
    assert len(fixture.mailer.sent) == quota.INVITATIONS.max_count


@pytest.mark.parametrize("preference", ["forgotten", "unsubscribed"])
def test_suppressed_mailbox_gets_no_invitation(preference: str) -> None:
    fixture = DeliveryFixture()
    box = mailbox.Mailbox(mailbox.digest(EMAIL))
    fixture.store.save_mailbox(
        mailbox.with_data_deleted(box, fixture.now) if preference == "forgotten" else mailbox.unsubscribed(box, "north")
    )
    assert not invite(fixture.delivery_context, Member("north", EMAIL, Role.OWNER, fixture.now))
    assert fixture.mailer.sent == []


def test_failed_invitation_is_reported_without_an_error() -> None:
    fixture = DeliveryFixture()
    fixture.mailer.failure = lambda: NotSent("not now")
    assert not invite(fixture.delivery_context, Member("north", EMAIL, Role.OWNER, fixture.now))


@pytest.mark.slow
def test_issuers_that_one_domain_confirms_share_its_quota() -> None:
    """A wildcard record proves the domain for any number of issuers at as many names."""
    fixture = DeliveryFixture()
    fixture.now = fixture.now.replace(hour=1)
    context = fixture.delivery_context
    sent = 0
    for number in range(3):
        proof = DomainProof(f"n{number}.evil.example", ProofLocation.DNS, fixture.now, "0" * 64)
        issuer = replace(samples.issuer(f"evil-{number}"), registered_as=None, former_names=(), domains=(proof,))
        for each in range(quota.INVITATIONS.max_count):
            with suppress(quota.Exceeded), quota.counted_invitation(context, issuer, f"p{each}@example.org"):
                sent += 1
        with suppress(quota.Exceeded):
            for each in range(quota.PROVEN_ISSUER.max_count // 2):
                quota.count(context, issuer, f"p{each}@example.org")
    assert sent == quota.INVITATIONS.max_count
    assert sum(count for (name, _, _), count in fixture.counted.items() if name == "emails-proven") == (
        quota.PROVEN_ISSUER.max_count
    )


def test_addresses_with_different_tags_are_one_recipient() -> None:
    fixture = DeliveryFixture()
    issuer = replace(fixture.issuer_store.issuer("north"), registered_as=None, former_names=())
    for number in range(quota.PER_RECIPIENT.max_count):
        quota.count(fixture.delivery_context, issuer, f"ada+{number}@example.org")
    with pytest.raises(quota.Exceeded):
        quota.count(fixture.delivery_context, issuer, "ada@example.org")
    quota.count(fixture.delivery_context, issuer, "bob@example.org")


def test_an_invitation_that_was_not_sent_uses_up_no_quota() -> None:
    fixture = DeliveryFixture()
    fixture.mailer.failure = lambda: NotSent("not now")
    for _ in range(quota.INVITATIONS_PER_ADDRESS.max_count + 1):
        assert not invite(fixture.delivery_context, Member("north", EMAIL, Role.VIEWER, fixture.now))
    fixture.mailer.failure = lambda: None
    assert invite(fixture.delivery_context, Member("north", EMAIL, Role.VIEWER, fixture.now))


def newcomer(number: int, *creator: str) -> Issuer:
    return replace(samples.issuer(f"new-{number}"), registered_as=None, former_names=(), domains=(), creator=creator)


def send_all(fixture: DeliveryFixture, issuer: Issuer) -> int:
    """Send as many emails as the quotas of ``issuer`` allow; how many."""
    sent = 0
    with suppress(quota.Exceeded):
        for number in range(quota.UNPROVEN_ISSUER.max_count + 1):
            quota.count(fixture.delivery_context, issuer, f"p{number}@example.org")
            sent += 1
    return sent


@pytest.mark.parametrize("common", ["mailbox", "network"])
def test_one_mailbox_or_network_cannot_fill_the_budget_of_new_issuers(common: str) -> None:
    fixture = DeliveryFixture()
    fixture.now = fixture.now.replace(hour=1)
    creators = [("m1", f"n{one}") if common == "mailbox" else (f"m{one}", "n1") for one in range(100)]
    sent = sum(send_all(fixture, newcomer(number, *creator)) for number, creator in enumerate(creators))
    assert sent == fixture.unproven_emails // quota.CREATOR_SHARE
    assert send_all(fixture, newcomer(100, "m-honest", "n-honest")) == quota.UNPROVEN_ISSUER.max_count


def test_one_mailbox_cannot_be_flooded_by_issuers_that_one_domain_confirms() -> None:
    """A wildcard record proves the domain for any number of issuers, and each sent one address ten emails a day."""
    fixture = DeliveryFixture()
    issuer, sent = fixture.issuer_store.issuer("north"), 0
    for number in range(3):
        proof = DomainProof(f"n{number}.evil.example", ProofLocation.DNS, fixture.now, "0" * 64)
        evil = replace(issuer, id=f"evil-{number}", registered_as=None, domains=(proof,))
        with suppress(quota.Exceeded):
            for _ in range(quota.PER_RECIPIENT.max_count):
                quota.count(fixture.delivery_context, evil, EMAIL)
                sent += 1
    assert sent == quota.PER_RECIPIENT.max_count
    quota.count(fixture.delivery_context, replace(issuer, registered_as=None, domains=()), EMAIL)
