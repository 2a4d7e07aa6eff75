from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.access.rate_limits import TooMany
from chalicelib.credential.record import CredentialStatus, State
from chalicelib.delivery import delivery_status, resend
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.errors import Refused
from tests.contract import samples
from tests.delivery.fake_delivery import CREDENTIAL, ISSUED_AT, DeliveryFixture

ENDED = ISSUED_AT + timedelta(days=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": CredentialStatus(State.REVOKED, samples.NOW, "In error.")},
        {"status": CredentialStatus(State.SUSPENDED, samples.NOW)},
        {"superseded_by": "d" * 26},
        {"valid_until": ENDED},
    ],
    ids=["revoked", "suspended", "replaced", "expired"],
)
def test_resend_that_cannot_succeed_is_refused(changes: dict[str, object]) -> None:
    fixture = DeliveryFixture()
    fixture.change_record(**changes)
    fixture.now = fixture.after_issuing(days=2)
    with pytest.raises(Refused) as caught:
        resend.resend_email(fixture.delivery_context, "north", CREDENTIAL)
    assert caught.value.code == "not_active"
    assert fixture.delivery.resend_requests == ()


def test_resend_emails_a_holder_who_was_not_notified_before() -> None:
    fixture = DeliveryFixture(notify=False)
    resend.resend_email(fixture.delivery_context, "north", CREDENTIAL)
    fixture.run_task("deliver")
    assert [email.kind for email in fixture.mailer.sent] == [Kind.ISSUED]


def sent_a_day_ago() -> DeliveryFixture:
    fixture = DeliveryFixture()
    fixture.run_task("deliver")
    fixture.tasks.status.clear()
    fixture.now += timedelta(days=1)
    return fixture


@pytest.mark.parametrize("stored", [True, False])
def test_resend_that_crashes_leaves_no_email_waiting_without_a_task(stored: bool) -> None:
    fixture = sent_a_day_ago()
    save = fixture.store.save

    def save_and_crash(delivery: Delivery) -> Delivery:
        if stored:
            save(delivery)
        raise KeyboardInterrupt

    fixture.store.save = save_and_crash  # type: ignore[method-assign] # simulates the crash
    with pytest.raises(KeyboardInterrupt):
        resend.resend_email(fixture.delivery_context, "north", CREDENTIAL)
    fixture.store.save = save  # type: ignore[method-assign]
    fixture.run_tasks(fixture.now + timedelta(hours=1))
    assert fixture.delivery.state is delivery_status.State.SENT
    assert len(fixture.emails(Kind.ISSUED)) == (2 if stored else 1)


def test_resend_that_is_refused_adds_no_task() -> None:
    fixture = sent_a_day_ago()
    resend.resend_email(fixture.delivery_context, "north", CREDENTIAL)
    tasks = dict(fixture.tasks.status)
    fixture.now += timedelta(minutes=1)
    with pytest.raises(TooMany):
        resend.resend_email(fixture.delivery_context, "north", CREDENTIAL)
    assert fixture.tasks.status == tasks
