"""Every spelling of an address leads to the same mailbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.credential.record import State
from chalicelib.delivery import mailbox
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.emails.sign_in import SignInMailer
from chalicelib.delivery.mailbox import RETRY_AFTER, Mailbox, suppression_reason
from tests.delivery.fake_delivery import DeliveryFixture

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BOX = Mailbox(mailbox.digest("ada@example.org"))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.org", " Ada@Example.ORG "),
        ("ada@example.org", "ada@\u24d4xample.org"),
        ("ada@example.org", "ada@example\u3002org"),
        ("ada@example.org", "ada@exam\u00adple.org"),
        ("ada@b\u00fccher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_unicode_and_punycode_domain_share_a_mailbox(one: str, other: str) -> None:
    assert mailbox.digest(one) == mailbox.digest(other)


@pytest.mark.parametrize("email", ["ada@", "@", "ada", "ada@example..org", "ada@" + "a" * 70 + ".org"])
def test_invalid_address_has_its_own_mailbox(email: str) -> None:
    assert mailbox.digest(email) != mailbox.digest("ada@example.org")


def test_a_bounce_does_not_bar_sign_in_email_for_ever() -> None:
    """A mailbox that was full, or a domain that was misconfigured for an hour, must not lock its owner out."""
    fixture = DeliveryFixture(now=NOW)
    store, mailer, sign_in = fixture.store, fixture.mailer, SignInMailer(fixture.delivery_context)
    store.save_mailbox(mailbox.bounced(store.mailbox(BOX.digest), NOW, requested=True))

    def is_sent() -> bool:
        before = len(mailer.sent)
        sign_in.send_sign_in("ada@example.org", "https://laurel.example/sign-in/x", 15)
        return len(mailer.sent) > before

    fixture.now = NOW + RETRY_AFTER - SECOND
    assert not is_sent()
    fixture.now = NOW + RETRY_AFTER
    assert is_sent()
    store.save_mailbox(mailbox.bounced(store.mailbox(BOX.digest), fixture.now, requested=True))
    fixture.now += RETRY_AFTER * 100
    assert not is_sent()
    store.save_mailbox(mailbox.reopened(store.mailbox(BOX.digest), fixture.now))
    assert is_sent()


def test_simultaneous_bounces_count_once_in_any_order() -> None:
    """An email to fifty recipients, or one notification delivered twice, is not a second chance that was used."""
    first = mailbox.bounced(BOX, NOW)
    for at in (NOW, NOW + SECOND, NOW - RETRY_AFTER * 2, NOW + RETRY_AFTER - SECOND):
        assert mailbox.bounced(first, at) == first
    second = mailbox.bounced(first, NOW + RETRY_AFTER)
    assert (second.bounces, second.bounced_at) == (2, NOW + RETRY_AFTER)
    assert mailbox.bounced(second, NOW + RETRY_AFTER) == second


def test_reopening_keeps_what_the_recipient_decided() -> None:
    box = mailbox.complained(mailbox.unsubscribed(mailbox.bounced(BOX, NOW, requested=True), "acme"), NOW)
    reopened = mailbox.reopened(box, NOW)
    assert suppression_reason(reopened, Kind.SIGN_IN, NOW) is None
    assert suppression_reason(reopened, Kind.ISSUED, NOW, "acme") == "complained"
    assert (reopened.unsubscribed, reopened.complained_at) == (frozenset({"acme"}), NOW)


def test_deleting_the_data_of_a_holder_does_not_reopen_a_mailbox() -> None:
    box = mailbox.bounced(mailbox.bounced(BOX, NOW, requested=True), NOW + RETRY_AFTER, requested=True)
    for requested in (False, True):
        assert mailbox.is_blocked(mailbox.with_data_deleted(box, NOW), NOW + RETRY_AFTER * 9, requested=requested)


def test_after_deleting_the_data_only_the_issuers_that_are_chosen_again_email() -> None:
    box = mailbox.with_data_deleted(mailbox.choose(BOX, "acme", "all"), NOW)
    assert (mailbox.choice(box, "acme"), mailbox.choices_with_fewer_emails(box, "acme")) == ("none", ("none",))
    assert mailbox.choice(mailbox.choose(box, "acme", "none"), "acme") == "none"
    chosen = mailbox.choose(box, "acme", "new")
    assert [mailbox.choice(chosen, one) for one in ("acme", "north")] == ["new", "none"]
    reasons = [suppression_reason(chosen, Kind.ISSUED, NOW, one) for one in ("acme", "north")]
    assert reasons == [None, "forgotten"]
    assert mailbox.choice(mailbox.unsubscribed(chosen, "acme"), "acme") == "none"
    assert mailbox.with_data_deleted(chosen, NOW + SECOND).subscribed == frozenset()


def test_after_deleting_the_data_a_new_profile_allows_messages_but_no_other_emails_from_laurel() -> None:
    box = mailbox.with_data_deleted(BOX, NOW)
    reasons = [suppression_reason(box, kind, NOW) for kind in (Kind.CONTACT, Kind.SAVED_NEWS)]
    assert reasons == [None, "forgotten"]
    assert suppression_reason(mailbox.choose(box, "acme", "all"), Kind.SAVED_NEWS, NOW) is None


def test_a_notice_that_arrives_again_after_an_operator_reopened_the_mailbox_does_not_block_it() -> None:
    box = mailbox.reopened(mailbox.bounced(BOX, NOW), NOW + SECOND)
    assert mailbox.bounced(box, NOW) == box
    assert mailbox.is_blocked(mailbox.bounced(box, NOW + SECOND * 2), NOW + SECOND * 3)


def test_the_chosen_language_is_used_for_every_email_about_a_credential_and_deleted_with_the_mailbox() -> None:
    fixture = DeliveryFixture(now=NOW)
    fixture.store.save_mailbox(Mailbox(BOX.digest, lang="es"))
    fixture.run_task("deliver")
    fixture.change_status(State.SUSPENDED)
    fixture.run_task("status_changed")
    assert [(email.kind, email.language) for email in fixture.mailer.sent] == [
        (Kind.ISSUED, "es"),
        (Kind.SUSPENDED, "es"),
    ]
    assert mailbox.with_data_deleted(fixture.store.mailbox(BOX.digest), NOW).lang is None
