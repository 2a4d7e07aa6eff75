from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from chalicelib.award.pathways.pathway_link import PathwayLink, Step
from chalicelib.credential.issuer import DomainProof, ProofLocation
from chalicelib.credential.record import CredentialStatus, State
from chalicelib.delivery import delivery_status, mailbox, reminders
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.holder import actions as holder_actions
from chalicelib.delivery.holder import link_requests
from chalicelib.delivery.ports import NotSent
from chalicelib.errors import Refused, Unavailable
from chalicelib.tasks.task_queue import LEASE
from tests.contract import samples
from tests.delivery.fake_delivery import CREDENTIAL, EMAIL, ISSUED_AT, DeliveryFixture

UNTIL = ISSUED_AT + timedelta(days=60)


def kinds(fixture: DeliveryFixture) -> list[Kind]:
    return [email.kind for email in fixture.mailer.sent]


def test_new_credential_is_emailed_immediately_and_only_once() -> None:
    fixture = DeliveryFixture()
    fixture.run_task("deliver")
    fixture.run_task("deliver")
    assert kinds(fixture) == [Kind.ISSUED]
    assert fixture.delivery.state is delivery_status.State.SENT
    assert fixture.store.sent_emails["mail-1@ses.example"].credential_id == fixture.delivery.credential_id


@pytest.mark.parametrize("changes", [{"notify": False}, {"email": None}])
def test_holder_without_email_or_notification_gets_no_email(changes: dict[str, object]) -> None:
    fixture = DeliveryFixture(**changes)  # type: ignore[arg-type]
    fixture.run_tasks(UNTIL)
    assert kinds(fixture) == []


def test_logo_is_emailed_for_a_registered_name_only() -> None:
    """A domain confirms a key: its owner can copy any organization's logo."""
    for registered in (False, True):
        fixture = DeliveryFixture()
        issuer = fixture.issuer_store.issuer("north")
        proof = DomainProof("north.example", ProofLocation.DNS, ISSUED_AT, "0" * 64)
        known = replace(issuer, registered_as=issuer.name if registered else None, domains=(proof,), version=2)
        fixture.issuer_store.replace_issuer(known)
        fixture.run_task("deliver")
        [email] = fixture.mailer.sent
        assert (email.brand.picture is not None) == registered


def test_unopened_credential_gets_one_reminder_after_a_week_in_daytime() -> None:
    fixture = DeliveryFixture()
    fixture.run_tasks(UNTIL)
    assert kinds(fixture) == [Kind.ISSUED, Kind.UNOPENED]
    reminded = fixture.delivery.emails[Kind.UNOPENED].sent_at
    assert reminded is not None
    # Issued at 00:30 local time, so the reminder is due at 00:30 a week later and waits for the morning.
    assert reminded.isoformat() == "2026-06-09T06:00:00+00:00"


def test_opened_but_unshared_credential_gets_a_reminder() -> None:
    fixture = DeliveryFixture()
    fixture.run_task("deliver")
    fixture.now = fixture.after_issuing(days=2)
    holder_actions.view(fixture.delivery_context, fixture.token(), person=True)
    fixture.run_tasks(UNTIL)
    assert kinds(fixture) == [Kind.ISSUED, Kind.UNSHARED]
    assert fixture.delivery.emails[Kind.UNSHARED].sent_at == reminders.next_allowed(
        fixture.after_issuing(days=9), "Europe/Berlin"
    )


def test_shared_credential_gets_no_reminder() -> None:
    fixture = DeliveryFixture()
    fixture.run_task("deliver")
    fixture.now = fixture.after_issuing(days=2)
    holder_actions.view(fixture.delivery_context, fixture.token(), person=True)
    holder_actions.share(
        fixture.delivery_context, fixture.token(), fixture.delivery.credential_id, holder_actions.SharePlatform.X
    )
    fixture.run_tasks(UNTIL)
    assert kinds(fixture) == [Kind.ISSUED]


def test_expiry_reminder_is_sent_a_month_before() -> None:
    fixture = DeliveryFixture(valid_until=ISSUED_AT + timedelta(days=365))
    fixture.register()
    fixture.run_tasks(ISSUED_AT + timedelta(days=400))
    assert kinds(fixture) == [Kind.ISSUED, Kind.UNOPENED, Kind.RENEWAL]
    renewal = fixture.delivery.emails[Kind.RENEWAL].sent_at
    assert renewal is not None
    assert timedelta(days=29) <= ISSUED_AT + timedelta(days=365) - renewal <= timedelta(days=30)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": CredentialStatus(State.REVOKED, samples.NOW, "In error.")},
        {"status": CredentialStatus(State.SUSPENDED, samples.NOW)},
        {"superseded_by": "d" * 26},
        {"valid_until": ISSUED_AT + timedelta(days=1)},
    ],
    ids=["revoked", "suspended", "replaced", "expired"],
)
def test_inactive_credential_gets_no_email(changes: dict[str, object]) -> None:
    fixture = DeliveryFixture()
    fixture.change_record(**changes)
    fixture.now = fixture.after_issuing(days=2)
    for kind in ("deliver", "unopened", "renewal"):
        fixture.run_task(kind)
    assert kinds(fixture) == []


def test_task_ignores_a_credential_of_another_issuer() -> None:
    fixture = DeliveryFixture()
    fixture.change_record(issuer_id="south")
    fixture.run_task("deliver")
    assert kinds(fixture) == []


def test_throttled_email_is_retried() -> None:
    fixture = DeliveryFixture()
    fixture.mailer.failure = lambda: NotSent("not now")
    with pytest.raises(NotSent):
        fixture.run_task("deliver")
    assert fixture.delivery.state is delivery_status.State.WAITING
    fixture.mailer.failure = lambda: None
    fixture.run_task("deliver")
    assert kinds(fixture) == [Kind.ISSUED]


def test_rejected_address_fails_with_its_code() -> None:
    fixture = DeliveryFixture()
    fixture.mailer.failure = lambda: Refused("no", code="address_rejected")
    fixture.run_task("deliver")
    fixture.mailer.failure = lambda: None
    fixture.run_tasks(UNTIL)
    assert kinds(fixture) == []
    assert fixture.delivery.state is delivery_status.State.FAILED
    assert fixture.delivery.first is not None
    assert fixture.delivery.first.given_up == "address_rejected"


def test_first_email_with_unknown_result_is_resent_after_the_claim_expires() -> None:
    fixture = DeliveryFixture()
    fixture.mailer.after = lambda: Unavailable("no response")
    with pytest.raises(Unavailable):
        fixture.run_task("deliver")
    fixture.mailer.after = lambda: None
    fixture.now += delivery_status.CLAIM_TIMEOUT - timedelta(seconds=1)
    with pytest.raises(Unavailable, match="Another worker"):
        fixture.run_task("deliver")
    assert len(fixture.mailer.sent) == 1
    fixture.now += timedelta(seconds=1)
    fixture.run_task("deliver")
    assert kinds(fixture) == [Kind.ISSUED, Kind.ISSUED]


def test_email_of_a_worker_that_died_is_sent_when_the_lease_of_its_task_has_ended() -> None:
    fixture = DeliveryFixture()

    def die() -> None:
        raise KeyboardInterrupt

    fixture.mailer.after = die  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        fixture.run_task("deliver")
    fixture.mailer.after = lambda: None
    fixture.now += LEASE
    fixture.run_task("deliver")
    assert fixture.delivery.first is not None
    assert fixture.delivery.first.sent_at == fixture.now


def test_reminder_with_unknown_result_is_not_resent() -> None:
    fixture = DeliveryFixture()
    fixture.run_task("deliver")
    fixture.now = reminders.unopened_due(ISSUED_AT, fixture.zone)
    fixture.mailer.after = lambda: Unavailable("no response")
    with pytest.raises(Unavailable):
        fixture.run_task("unopened")
    fixture.mailer.after = lambda: None
    fixture.now += timedelta(days=1)
    fixture.run_task("unopened")
    assert kinds(fixture) == [Kind.ISSUED, Kind.UNOPENED]


def test_reminder_due_at_night_waits_for_the_morning() -> None:
    fixture = DeliveryFixture()
    fixture.run_task("deliver")
    fixture.now = fixture.after_issuing(days=7)
    fixture.run_task("unopened")
    assert kinds(fixture) == [Kind.ISSUED]
    assert {task.due for task in fixture.tasks.status if task.kind == "unopened"} >= {
        reminders.next_allowed(fixture.now, fixture.zone)
    }


def test_timezone_of_the_holder_overrides_that_of_the_issuer() -> None:
    fixture = DeliveryFixture(zone="America/Los_Angeles")
    fixture.run_task("deliver")
    link_requests.send_link_to_all(fixture.delivery_context, fixture.token())
    holder_actions.choose_zone(fixture.delivery_context, fixture.token(), "Asia/Tokyo")
    fixture.run_tasks(UNTIL)
    sent_at = fixture.delivery.emails[Kind.UNOPENED].sent_at
    assert sent_at is not None
    assert reminders.allowed(sent_at, "Asia/Tokyo")


@pytest.mark.parametrize(
    "step",
    [
        lambda box: mailbox.bounced(box, ISSUED_AT),
        lambda box: mailbox.complained(box, ISSUED_AT),
        lambda box: mailbox.unsubscribed(box, "north"),
        lambda box: mailbox.with_data_deleted(box, ISSUED_AT),
    ],
    ids=["bounced", "complained", "unsubscribed", "forgotten"],
)
def test_suppressed_mailbox_gets_no_email_and_the_status_says_why(step: object, request: pytest.FixtureRequest) -> None:
    fixture = DeliveryFixture()
    fixture.delivery_context.change_mailbox(mailbox.digest(EMAIL), step)  # type: ignore[arg-type]
    fixture.run_tasks(UNTIL)
    assert kinds(fixture) == []
    assert fixture.delivery.first is not None
    assert fixture.delivery.first.given_up == request.node.callspec.id


def test_holder_without_reminders_gets_only_the_first_email() -> None:
    fixture = DeliveryFixture()
    fixture.delivery_context.change_mailbox(mailbox.digest(EMAIL), lambda box: mailbox.choose(box, "north", "new"))
    fixture.run_tasks(UNTIL)
    assert kinds(fixture) == [Kind.ISSUED]


def emailed(**more: object) -> DeliveryFixture:
    """A fixture whose holder has received the first email."""
    fixture = DeliveryFixture(**more)  # type: ignore[arg-type]
    fixture.run_tasks(fixture.after_issuing(hours=1))
    return fixture


def test_holder_is_told_of_each_status_change_with_the_issuers_reason() -> None:
    fixture = emailed()
    for state, reason in (
        (State.SUSPENDED, "An appeal."),
        (State.ACTIVE, None),
        (State.SUSPENDED, "Another appeal."),
        (State.REVOKED, "Copied."),
    ):
        fixture.change_status(state, reason)
        fixture.run_tasks(fixture.now + timedelta(hours=1))
    assert kinds(fixture) == [Kind.ISSUED, Kind.SUSPENDED, Kind.REINSTATED, Kind.SUSPENDED, Kind.REVOKED]
    reasons = [" ".join(email.paragraphs) for email in fixture.mailer.sent[1:]]
    assert ["appeal" in text for text in reasons] == [True, False, True, False]
    assert "The issuer’s reason: “Copied.”" in reasons[-1]


def test_repeated_task_tells_the_holder_once() -> None:
    fixture = emailed()
    fixture.change_status(State.REVOKED)
    for _ in range(2):
        fixture.run_task("status_changed")
    assert kinds(fixture) == [Kind.ISSUED, Kind.REVOKED]


def test_suspension_that_ended_before_the_email_is_not_mentioned() -> None:
    fixture = emailed()
    fixture.change_status(State.SUSPENDED)
    fixture.now += timedelta(seconds=10)
    fixture.change_status(State.ACTIVE)
    fixture.run_tasks(fixture.now + timedelta(hours=1))
    assert kinds(fixture) == [Kind.ISSUED]


@pytest.mark.parametrize("notify", [True, False])
def test_holder_who_knows_of_no_credential_is_not_told_of_its_revocation(notify: bool) -> None:
    fixture = DeliveryFixture(notify=notify)
    fixture.change_status(State.REVOKED, "Sent to the wrong list.")
    fixture.run_tasks(fixture.after_issuing(hours=1))
    assert kinds(fixture) == []


def test_unsubscribed_holder_is_not_told_of_a_revocation() -> None:
    fixture = emailed()
    fixture.delivery_context.change_mailbox(mailbox.digest(EMAIL), lambda box: mailbox.unsubscribed(box, "north"))
    fixture.change_status(State.REVOKED)
    fixture.run_tasks(fixture.now + timedelta(hours=1))
    assert kinds(fixture) == [Kind.ISSUED]
    assert fixture.delivery.emails[Kind.REVOKED].given_up == "unsubscribed"


def test_status_email_with_unknown_result_is_resent_after_the_claim_expires() -> None:
    fixture = emailed()
    fixture.change_status(State.REVOKED)
    fixture.mailer.after = lambda: Unavailable("no response")
    with pytest.raises(Unavailable):
        fixture.run_task("status_changed")
    fixture.mailer.after = lambda: None
    with pytest.raises(Unavailable):
        fixture.run_task("status_changed")
    fixture.now += delivery_status.CLAIM_TIMEOUT
    fixture.run_task("status_changed")
    assert kinds(fixture) == [Kind.ISSUED, Kind.REVOKED, Kind.REVOKED]


REPLACED = "d" * 26


@pytest.mark.parametrize(("corrected", "kind"), [(True, Kind.CORRECTED), (False, Kind.RENEWED)])
def test_replacement_has_its_own_first_email(corrected: bool, kind: Kind) -> None:
    fixture = DeliveryFixture()
    fixture.issue(REPLACED, 8)
    status = CredentialStatus(State.REVOKED, ISSUED_AT, "Her name was misspelt.")
    before = replace(fixture.issuer_store.record(REPLACED), corrected=corrected, status=status)
    fixture.issuer_store._records[REPLACED] = before
    fixture.change_record(supersedes=REPLACED)
    fixture.run_task("deliver")
    # The correction revoked the old credential, but its holder gets one email, not two.
    fixture.run_task("status_changed", REPLACED) if corrected else None
    assert kinds(fixture) == [kind]
    assert ("Her name was misspelt." in " ".join(fixture.mailer.sent[0].paragraphs)) is corrected
    assert fixture.delivery.state is delivery_status.State.SENT


def test_correction_of_the_address_is_a_first_email_to_the_new_one() -> None:
    fixture = DeliveryFixture()
    fixture.issue(REPLACED, 8)
    status = CredentialStatus(State.REVOKED, ISSUED_AT, "The address was wrong.")
    before = replace(fixture.issuer_store.record(REPLACED), corrected=True, status=status)
    fixture.issuer_store._records[REPLACED] = before
    recipient = fixture.issuer_store.recipient(REPLACED)
    fixture.issuer_store._recipients[REPLACED] = replace(recipient, email="aba@example.org")
    fixture.change_record(supersedes=REPLACED)
    fixture.run_task("deliver")
    fixture.run_task("status_changed", REPLACED)
    assert kinds(fixture) == [Kind.ISSUED]
    assert [email.to for email in fixture.mailer.sent] == [EMAIL]  # the old address is not told


def test_email_names_the_next_step_of_the_pathway() -> None:
    fixture = DeliveryFixture()
    step = Step("deep", "Welding in the deep", url="https://north.example/deep")
    fixture.pathway_links.links = (PathwayLink("p", "Diver", (step,), None, 2, 1),)
    fixture.run_task("deliver")
    email = fixture.mailer.sent[0]
    assert (email.next_step, email.next_url) == (
        "Next step in “Diver”: Welding in the deep.",
        "https://north.example/deep",
    )


def during(fixture: DeliveryFixture, kind: Kind, act: Callable[[], None]) -> None:
    """Call ``act`` once, after the email service has accepted an email of ``kind`` and before that is recorded."""

    def after() -> None:
        if fixture.mailer.sent[-1].kind is kind:
            fixture.mailer.after = lambda: None
            act()

    fixture.mailer.after = after  # type: ignore[assignment]


def test_revocation_while_the_first_email_is_in_flight_is_emailed_after_it() -> None:
    fixture = DeliveryFixture()

    def revoke() -> None:
        fixture.change_status(State.REVOKED, "Sent to the wrong list.")
        with pytest.raises(Unavailable) as caught:
            fixture.run_task("status_changed")
        assert caught.value.code == "in_flight"

    during(fixture, Kind.ISSUED, revoke)
    fixture.run_task("deliver")
    fixture.run_task("status_changed")
    assert kinds(fixture) == [Kind.ISSUED, Kind.REVOKED]


def test_reinstatement_while_the_email_about_the_suspension_is_in_flight_is_emailed_after_it() -> None:
    fixture = emailed()

    def reinstate() -> None:
        fixture.now += timedelta(seconds=1)
        fixture.change_status(State.ACTIVE)
        with pytest.raises(Unavailable):
            fixture.run_task("status_changed")

    fixture.change_status(State.SUSPENDED)
    during(fixture, Kind.SUSPENDED, reinstate)
    fixture.run_task("status_changed")
    fixture.run_task("status_changed")
    assert kinds(fixture) == [Kind.ISSUED, Kind.SUSPENDED, Kind.REINSTATED]


def test_credential_that_was_suspended_before_its_first_email_is_emailed_when_it_is_reinstated() -> None:
    fixture = DeliveryFixture()
    fixture.change_status(State.SUSPENDED)
    fixture.run_task("deliver")
    fixture.run_task("status_changed")
    assert kinds(fixture) == []
    fixture.now += timedelta(minutes=1)
    fixture.change_status(State.ACTIVE)
    for _ in range(2):
        fixture.run_task("status_changed")
    assert kinds(fixture) == [Kind.ISSUED]


def test_revocation_after_a_first_email_whose_result_was_lost_is_emailed() -> None:
    fixture = DeliveryFixture()
    fixture.mailer.after = lambda: Unavailable("no response")
    with pytest.raises(Unavailable):
        fixture.run_task("deliver")
    fixture.mailer.after = lambda: None
    fixture.change_status(State.REVOKED)
    fixture.now += delivery_status.CLAIM_TIMEOUT
    fixture.run_task("deliver")
    fixture.run_task("status_changed")
    assert kinds(fixture) == [Kind.ISSUED, Kind.REVOKED]


def test_revocation_between_reading_the_credential_and_claiming_its_email_sends_nothing() -> None:
    """The task of the revocation sees no email, so the first email must see the revocation."""
    fixture = DeliveryFixture()
    read = fixture.store.delivery

    def revoke_and_read(issuer_id: str, credential_id: str) -> delivery_status.Delivery:
        fixture.store.delivery = read  # type: ignore[method-assign] # simulates the race once
        fixture.change_status(State.REVOKED)
        fixture.run_task("status_changed")
        return read(issuer_id, credential_id)

    fixture.store.delivery = revoke_and_read  # type: ignore[method-assign] # simulates the race
    with pytest.raises(NotSent):
        fixture.run_task("deliver")
    fixture.run_task("deliver")
    assert kinds(fixture) == []
    assert fixture.delivery.first is None


@pytest.mark.parametrize("kind", ["deliver", "status_changed"])
def test_an_email_that_the_email_service_does_not_accept_uses_up_no_quota(kind: str) -> None:
    fixture = emailed() if kind == "status_changed" else DeliveryFixture()
    issuer = fixture.issuer_store.issuer("north")
    unproven = replace(issuer, registered_as=None, domains=(), version=issuer.version + 1)
    fixture.issuer_store.replace_issuer(unproven)
    if kind == "status_changed":
        fixture.change_status(State.REVOKED)
    before = +fixture.counted
    fixture.mailer.failure = lambda: NotSent("not now")
    for _ in range(3):
        with pytest.raises(NotSent):
            fixture.run_task(kind)
    assert +fixture.counted == before
    fixture.mailer.failure = lambda: None
    fixture.run_task(kind)
    assert {name for name, _, _ in fixture.counted - before} == {"emails", "emails-recipient", "emails-unproven"}


def test_what_is_shared_from_an_email_has_the_host_of_the_issuer() -> None:
    fixture = DeliveryFixture()
    fixture.register()
    issuer = fixture.issuer_store.issuer("north")
    fixture.issuer_store.replace_issuer(replace(issuer, page_host="pages.north.example", version=issuer.version + 1))
    fixture.run_task("deliver")
    (email,) = fixture.mailer.sent
    shared = f"https://pages.north.example/c/{CREDENTIAL}"
    assert email.other is not None
    assert quote(shared, safe="") in email.other.url
    assert any(shared in tip.text for tip in email.tips)
    assert email.main.url.startswith("https://laurel.example/my/")
