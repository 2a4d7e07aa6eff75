"""Bounces and complaints pause an issuer's emails; nothing is lost, and nobody else is affected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access.models import Member
from chalicelib.access.roles import Role
from chalicelib.credential.public_id import ISSUER_ID
from chalicelib.delivery import email_events
from chalicelib.delivery.email_events import EmailEvent, EmailEventType
from chalicelib.delivery.emails.invitation import invite
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.emails.sign_in import SignInMailer
from chalicelib.delivery.limits import deferred, pausing, reputation
from chalicelib.delivery.limits.reputation import (
    MAX_BOUNCED,
    MAX_COMPLAINED,
    MIN_BOUNCED,
    MIN_COMPLAINED,
    MIN_SIGN_IN_PROBLEMS,
    PERIOD,
    SIGN_IN,
    SIGN_IN_PAUSE,
    Counts,
    Problem,
    Reputation,
)
from tests.delivery.fake_delivery import CREDENTIAL, ISSUED_AT, DeliveryFixture

NOW = ISSUED_AT


def after(sent: int, bounced: int, complained: int = 0) -> Reputation:
    """The reputation after these emails and events."""
    found = Reputation("north", NOW, Counts(sent))
    for number in range(bounced):
        found = reputation.with_problem(found, Problem.BOUNCED, f"b{number}", NOW)
    for number in range(complained):
        found = reputation.with_problem(found, Problem.COMPLAINED, f"c{number}", NOW)
    return found


@pytest.mark.parametrize(
    ("sent", "bounced", "complained", "reason"),
    [
        (4, 4, 0, None), (5, 5, 0, Problem.BOUNCED), (100, 5, 0, Problem.BOUNCED), (101, 5, 0, None),
        (10_000, 499, 0, None), (10_000, 500, 0, Problem.BOUNCED),
        (10, 0, 2, None), (3000, 0, 3, Problem.COMPLAINED), (3001, 0, 3, None), (10_000, 0, 10, Problem.COMPLAINED),
        (0, 5, 0, Problem.BOUNCED),
    ],
)  # fmt: skip
def test_emails_are_paused_at_the_rates_at_which_ses_reviews_an_account(
    sent: int, bounced: int, complained: int, reason: Problem | None
) -> None:
    found = after(sent, bounced, complained)
    assert found.reason == reason
    assert (found.paused_at is not None) == (reason is not None)


def test_an_event_that_arrives_twice_counts_once() -> None:
    found = after(10, 4)
    for _ in range(10):
        assert reputation.with_problem(found, Problem.BOUNCED, "b2", NOW) == found


def test_rates_are_those_of_the_last_two_weeks() -> None:
    found = reputation.with_sent(after(100, 4), NOW + PERIOD)
    assert (found.previous, found.current) == (Counts(100, 4), Counts(1))
    assert reputation.with_problem(found, Problem.BOUNCED, "x", NOW + PERIOD).paused_at is None
    assert reputation.with_sent(found, NOW + 2 * PERIOD).total == Counts(2)
    assert reputation.with_sent(found, NOW + 10 * PERIOD).total == Counts(1)


@given(st.lists(st.sampled_from(["sent", "bounced", "complained", "week"]), max_size=200))
def test_a_pause_stays_until_it_is_resumed_and_needs_its_minimum(steps: list[str]) -> None:
    found, now = Reputation("north"), NOW
    for number, step in enumerate(steps):
        paused = found.paused_at
        match step:
            case "week":
                now += PERIOD
            case "sent":
                found = reputation.with_sent(found, now)
            case _:
                found = reputation.with_problem(found, Problem(step), str(number), now)
        if paused is not None:
            assert found.paused_at == paused
        elif found.paused_at is not None:
            total = found.total
            assert total.bounced >= MIN_BOUNCED or total.complained >= MIN_COMPLAINED
            rates = (total.bounced / max(total.sent, 1), total.complained / max(total.sent, 1))
            assert rates[0] >= MAX_BOUNCED or rates[1] >= MAX_COMPLAINED
    resumed = reputation.resumed(found)
    assert (resumed.paused_at, resumed.total) == (None, Counts())


def send_many(fixture: DeliveryFixture, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        fixture.email = f"p{number}@made-up.example"
        credential_id = f"{chr(97 + number // 10)}{chr(97 + number % 10)}".ljust(26, "z")
        fixture.issue(credential_id, 100 + number)
        fixture.run_task("deliver", credential_id)


def bounce_all(fixture: DeliveryFixture) -> None:
    for number, email in enumerate(fixture.mailer.sent, 1):
        event = EmailEvent(EmailEventType.BOUNCED, f"mail-{number}@ses.example", (email.to,), fixture.now)
        email_events.apply(fixture.delivery_context, event)


def test_made_up_addresses_that_bounce_pause_the_issuer_and_its_emails_wait() -> None:
    fixture = DeliveryFixture()
    fixture.register()
    fixture.tasks.status.clear()
    send_many(fixture, 6)
    bounce_all(fixture)
    assert pausing.is_paused(fixture.delivery_context, "north")
    send_many(fixture, 4, first=6)
    assert len(fixture.mailer.sent) == 6
    assert not invite(fixture.delivery_context, Member("north", "eve@example.org", Role.VIEWER, fixture.now))
    fixture.now += timedelta(days=3)
    for task in [task for task in fixture.tasks.status if task.kind == deferred.KIND and task.due <= fixture.now]:
        fixture.run_task(deferred.KIND, task.subject)
    assert len(fixture.mailer.sent) == 6
    assert len(fixture.store.waiting) == 4
    before = deferred.resume(fixture.delivery_context, "north")
    assert (before.reason, before.total) == (Problem.BOUNCED, Counts(6, 6))
    fixture.run_task(deferred.KIND, "")
    assert len(fixture.mailer.sent) == 10
    assert not fixture.store.waiting


def test_a_reminder_waits_while_emails_are_paused() -> None:
    fixture = DeliveryFixture()
    fixture.register()
    fixture.run_task("deliver")
    fixture.tasks.done(next(task for task in fixture.tasks.status if task.kind == "deliver"))
    fixture.store.save_reputation(replace(after(5, 5), version=1))
    fixture.run_tasks(fixture.after_issuing(days=20))
    assert [email.kind for email in fixture.mailer.sent] == [Kind.ISSUED]
    assert [email.kind for email in fixture.store.waiting] == ["unopened"]
    deferred.resume(fixture.delivery_context, "north")
    fixture.run_tasks(fixture.after_issuing(days=22))
    assert [email.kind for email in fixture.mailer.sent] == [Kind.ISSUED, Kind.UNOPENED]


def test_another_issuer_is_not_paused() -> None:
    fixture = DeliveryFixture()
    fixture.store.save_reputation(after(5, 5))
    assert not pausing.is_paused(fixture.delivery_context, "south")


def test_an_event_that_arrives_before_its_email_is_stored_counts() -> None:
    fixture = DeliveryFixture()
    event = EmailEvent(EmailEventType.BOUNCED, "mail-1@ses.example", (fixture.email or "",), fixture.now)
    fixture.mailer.after = lambda: email_events.apply(fixture.delivery_context, event)  # type: ignore[func-returns-value]
    fixture.run_task("deliver")
    assert fixture.store.reputation("north").total == Counts(1, 1)
    email_events.apply(fixture.delivery_context, event)
    assert fixture.store.reputation("north").total == Counts(1, 1)
    assert fixture.store.delivery("north", CREDENTIAL).bounced_at is not None


@pytest.mark.parametrize("event_type", [EmailEventType.COMPLAINED, EmailEventType.BOUNCED])
def test_a_holder_of_many_credentials_cannot_stop_an_issuers_emails(event_type: EmailEventType) -> None:
    """Each email of one recipient can be reported as spam, also after the first report."""
    fixture = DeliveryFixture()
    fixture.register()
    for number in range(MIN_BOUNCED + MIN_COMPLAINED):
        credential_id = f"{number}".rjust(26, "z")
        fixture.issue(credential_id, 100 + number)
        fixture.run_task("deliver", credential_id)
    for number, email in enumerate(fixture.mailer.sent, 1):
        event = EmailEvent(event_type, f"mail-{number}@ses.example", (email.to,), fixture.now)
        email_events.apply(fixture.delivery_context, event)
    assert not pausing.is_paused(fixture.delivery_context, "north")
    total = fixture.store.reputation("north").total
    assert (total.sent, total.bounced + total.complained) == (MIN_BOUNCED + MIN_COMPLAINED, 1)


@pytest.mark.parametrize("event_type", [EmailEventType.COMPLAINED, EmailEventType.BOUNCED])
def test_addresses_of_one_mailbox_with_different_tags_count_once(event_type: EmailEventType) -> None:
    fixture = DeliveryFixture()
    for number in range(MIN_BOUNCED + MIN_COMPLAINED):
        fixture.email = f"ada+{number}@example.org"
        credential_id = f"{number}".rjust(26, "z")
        fixture.issue(credential_id, 100 + number)
        fixture.run_task("deliver", credential_id)
    for number, email in enumerate(fixture.mailer.sent, 1):
        event = EmailEvent(event_type, f"mail-{number}@ses.example", (email.to,), fixture.now)
        email_events.apply(fixture.delivery_context, event)
    assert not pausing.is_paused(fixture.delivery_context, "north")
    total = fixture.store.reputation("north").total
    assert total.bounced + total.complained == 1


def test_invitations_to_made_up_addresses_pause_the_issuer() -> None:
    fixture = DeliveryFixture()
    for number in range(2 * MIN_BOUNCED):
        member = Member("north", f"p{number}@made-up.example", Role.VIEWER, fixture.now)
        if invite(fixture.delivery_context, member):
            event = EmailEvent(EmailEventType.BOUNCED, f"mail-{number + 1}@ses.example", (member.email,), fixture.now)
            email_events.apply(fixture.delivery_context, event)
            email_events.apply(fixture.delivery_context, event)
    assert len(fixture.mailer.sent) == MIN_BOUNCED
    assert fixture.store.reputation("north").total == Counts(MIN_BOUNCED, MIN_BOUNCED)
    assert fixture.store.deliveries == {}


def test_a_delivered_invitation_is_not_an_event_of_a_credential() -> None:
    fixture = DeliveryFixture()
    member = Member("north", "ada@example.org", Role.VIEWER, fixture.now)
    event = EmailEvent(EmailEventType.DELIVERED, "mail-1@ses.example", (member.email,), fixture.now)
    email_events.apply(fixture.delivery_context, event)
    assert invite(fixture.delivery_context, member)
    assert fixture.store.deliveries == {}
    assert fixture.store.reputation("north").total == Counts(1)


def sign_in_bounces(fixture: DeliveryFixture, first: int, number: int) -> None:
    """Send ``number`` sign-in emails, of which all bounce."""
    mailer = SignInMailer(fixture.delivery_context)
    for one in range(first, first + number):
        mailer.send_sign_in(f"m{one}@made-up.example", "https://laurel.example/sign-in/x", 15)
        message_id = f"mail-{len(fixture.mailer.sent)}@ses.example"
        event = EmailEvent(EmailEventType.BOUNCED, message_id, (f"m{one}@made-up.example",), fixture.now)
        email_events.apply(fixture.delivery_context, event)


def test_bounces_of_sign_in_emails_are_counted_and_forgotten_after_a_day() -> None:
    fixture = DeliveryFixture()
    mailer = SignInMailer(fixture.delivery_context)
    sign_in_bounces(fixture, 0, MIN_SIGN_IN_PROBLEMS - 1)
    assert not mailer.too_many_bounce()
    sign_in_bounces(fixture, MIN_SIGN_IN_PROBLEMS, 1)
    assert mailer.too_many_bounce()
    fixture.now += SIGN_IN_PAUSE
    assert not mailer.too_many_bounce()
    pausing.count_sent(fixture.delivery_context, SIGN_IN)
    assert fixture.store.reputation(SIGN_IN).total == Counts(sent=1)


def test_a_bounce_rate_of_sign_in_emails_below_five_percent_is_harmless() -> None:
    found = Reputation(SIGN_IN, NOW, Counts(MIN_SIGN_IN_PROBLEMS * 21))
    for number in range(MIN_SIGN_IN_PROBLEMS):
        found = reputation.with_problem(found, Problem.BOUNCED, f"b{number}", NOW)
    assert not reputation.is_paused(found, NOW)


def test_no_issuer_can_have_the_id_of_sign_in_emails() -> None:
    assert not ISSUER_ID.fullmatch(SIGN_IN)
