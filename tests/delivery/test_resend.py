from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.credential.record import CredentialStatus, State
from chalicelib.delivery import resend
from chalicelib.delivery.emails.email_content import Kind
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
