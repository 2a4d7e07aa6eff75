"""Emails about reports: strangers cause them, so they say nothing of the reporter's and there are few."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.delivery import mailbox
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.ports import NotSent
from chalicelib.errors import Unavailable
from chalicelib.moderation import notices
from chalicelib.tasks.task_queue import Task
from tests.delivery.fake_delivery import CREDENTIAL, DeliveryFixture

CONTACT, OPERATOR = "office@north.example", "op@laurel.example"


@pytest.fixture
def fixture() -> DeliveryFixture:
    made = DeliveryFixture()
    made.register()
    return made


def notify(
    fixture: DeliveryFixture,
    credential_id: str = CREDENTIAL,
    kind: str = notices.TO_ISSUER,
    operator: str = OPERATOR,
    issuer_id: str = "north",
) -> None:
    handlers = notices.handlers(fixture.delivery_context, operator)
    handlers[kind](Task(kind, issuer_id, credential_id, fixture.now))


def recipients(fixture: DeliveryFixture) -> list[str]:
    assert {one.kind for one in fixture.mailer.sent} <= {Kind.REPORTED}
    return [one.to for one in fixture.mailer.sent]


def test_issuer_and_operator_are_emailed_with_links(fixture: DeliveryFixture) -> None:
    notify(fixture)
    notify(fixture, kind=notices.TO_OPERATOR)
    assert recipients(fixture) == [CONTACT, OPERATOR]
    assert fixture.mailer.sent[0].main.url == "https://laurel.example/console/north/reports"
    assert all(f"/c/{CREDENTIAL}" in " ".join(one.paragraphs) for one in fixture.mailer.sent)


@pytest.mark.parametrize(("kind", "to"), [(notices.TO_ISSUER, CONTACT), (notices.TO_OPERATOR, OPERATOR)])
def test_one_credential_causes_one_email_a_day(fixture: DeliveryFixture, kind: str, to: str) -> None:
    for _ in range(5):
        notify(fixture, kind=kind)
    assert recipients(fixture) == [to]
    fixture.now += timedelta(days=1)
    notify(fixture, kind=kind)
    assert recipients(fixture) == [to, to]


def test_reports_of_many_credentials_do_not_flood_a_mailbox(fixture: DeliveryFixture) -> None:
    for number in range(50):
        credential_id = f"{number}".rjust(26, "a")
        notify(fixture, credential_id)
        notify(fixture, credential_id, notices.TO_OPERATOR, issuer_id=f"issuer{number}")
    assert recipients(fixture).count(CONTACT) == notices.PER_ISSUER.max_count
    assert recipients(fixture).count(OPERATOR) == notices.PER_DEPLOYMENT.max_count


def test_the_credentials_of_one_issuer_do_not_use_up_the_emails_of_the_operators(fixture: DeliveryFixture) -> None:
    for number in range(50):
        notify(fixture, f"{number}".rjust(26, "a"), notices.TO_OPERATOR)
    assert len(recipients(fixture)) == notices.PER_REPORTED_ISSUER.max_count < notices.PER_DEPLOYMENT.max_count
    notify(fixture, kind=notices.TO_OPERATOR, issuer_id="south")
    assert len(recipients(fixture)) == notices.PER_REPORTED_ISSUER.max_count + 1


def test_an_issuer_that_no_one_identified_cannot_have_its_contact_emailed() -> None:
    """It may have entered anyone's address, and report its own credentials."""
    fixture = DeliveryFixture()
    issuer = fixture.issuer_store.issuer("north")
    fixture.issuer_store.replace_issuer(replace(issuer, domains=(), version=issuer.version + 1))
    notify(fixture)
    assert recipients(fixture) == []


@pytest.mark.parametrize(
    ("address", "is_emailed"),
    [("office@north.example", True), ("office@mail.north.example", True), ("victim@elsewhere.example", False),
     ("victim@evilnorth.example", False)],
)  # fmt: skip
def test_an_issuer_with_only_a_proven_domain_is_emailed_only_there(address: str, is_emailed: bool) -> None:
    fixture = DeliveryFixture()
    issuer = fixture.issuer_store.issuer("north")
    fixture.issuer_store.replace_issuer(replace(issuer, email=address, version=issuer.version + 1))
    notify(fixture)
    assert recipients(fixture) == [address] * is_emailed


def test_issuers_that_share_a_contact_do_not_flood_it(fixture: DeliveryFixture) -> None:
    issuer = fixture.issuer_store.issuer("north")
    for number in range(30):
        name = f"North {number}"
        changed = replace(issuer, name=name, registered_as=name, version=issuer.version + 1 + number)
        fixture.issuer_store.replace_issuer(changed)
        notify(fixture, f"{number}".rjust(26, "a"))
    assert len(recipients(fixture)) == notices.PER_MAILBOX.max_count


def test_no_email_without_an_address(fixture: DeliveryFixture) -> None:
    issuer = fixture.issuer_store.issuer("north")
    fixture.issuer_store.replace_issuer(replace(issuer, email=None, version=issuer.version + 1))
    notify(fixture)
    notify(fixture, kind=notices.TO_OPERATOR, operator="")
    assert recipients(fixture) == []


def test_a_contact_that_complained_gets_no_more(fixture: DeliveryFixture) -> None:
    digest = mailbox.digest(CONTACT)
    fixture.delivery_context.change_mailbox(digest, lambda one: replace(one, complained_at=fixture.now))
    notify(fixture)
    assert recipients(fixture) == []


def test_an_email_that_was_not_sent_is_tried_again(fixture: DeliveryFixture) -> None:
    fixture.mailer.failure = lambda: NotSent("not now")
    with pytest.raises(NotSent):
        notify(fixture)
    fixture.mailer.failure = lambda: None
    notify(fixture)
    assert recipients(fixture) == [CONTACT]


def test_an_email_whose_result_is_unknown_is_not_sent_twice(fixture: DeliveryFixture) -> None:
    fixture.mailer.after = lambda: Unavailable("lost")
    with pytest.raises(Unavailable):
        notify(fixture)
    notify(fixture)
    assert recipients(fixture) == [CONTACT]
