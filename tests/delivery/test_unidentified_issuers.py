"""Attacks with the emails of issuers that nobody has identified: no words of theirs, and few emails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.access.models import Member
from chalicelib.access.roles import Role
from chalicelib.credential.issuer import DomainProof, ProofLocation
from chalicelib.credential.record import State
from chalicelib.delivery.emails import account
from chalicelib.delivery.emails.invitation import invite
from chalicelib.delivery.emails.parts import neutral
from chalicelib.delivery.emails.parts.email_content import EmailContent, Kind
from chalicelib.delivery.limits import quota
from chalicelib.email.message import message
from tests.delivery.fake_delivery import CREDENTIAL, EMAIL, DeliveryFixture

HOSTILE = "Your account is on hold, call 0800-123456 or visit evil.example"


def unidentified(name: str = "Harbour College", **settings: Any) -> DeliveryFixture:
    """A fixture whose issuer has written its own words wherever it can."""
    fixture = DeliveryFixture(**settings)
    store = fixture.issuer_store
    issuer = store.issuer("north")
    hostile = {"url": "https://evil.example/", "description": HOSTILE, "email": "reply@evil.example"}
    store.replace_issuer(
        replace(issuer, name=name, registered_as=None, domains=(), version=issuer.version + 1, **hostile)  # type: ignore[arg-type]
    )
    achievement = store.achievement("north", store.record(CREDENTIAL).achievement_id)
    store.replace_achievement(achievement, replace(achievement, name=HOSTILE, description=HOSTILE, criteria=HOSTILE))
    store._recipients[CREDENTIAL] = replace(store.recipient(CREDENTIAL), name=HOSTILE)
    return fixture


def everything(email: EmailContent) -> str:
    """All that a reader sees of ``email``, headers included."""
    built = message(email, "laurel@laurel.example")
    bodies = [str(part.get_content()) for part in built.walk() if not part.is_multipart()]  # type: ignore[attr-defined]
    return "\n".join([*(f"{name}: {value}" for name, value in built.items()), *bodies])


def assert_neutral(email: EmailContent) -> None:
    text = everything(email)
    for word in ("on hold", "evil", "0800", "your account", "images/", "Reply-To"):
        assert word not in text, word
    assert "not verified" in text


def test_a_copy_of_a_registered_name_emails_no_words_of_its_own() -> None:
    fixture = unidentified()
    fixture.run_task("deliver")
    [email] = fixture.mailer.sent
    assert_neutral(email)
    assert email.subject == "You have received a digital credential"
    assert "calls itself “Harbour College” (not verified)" in email.paragraphs[0]
    headers = dict(message(email, "laurel@laurel.example").items())
    assert headers["From"] == "Unverified sender via Laurel <laurel@laurel.example>"
    assert email.main.url.startswith("https://laurel.example/my/")
    assert email.unsubscribe


@pytest.mark.parametrize("state", [State.REVOKED, State.SUSPENDED])
def test_a_reason_of_a_status_is_not_emailed(state: State) -> None:
    fixture = unidentified()
    fixture.run_task("deliver")
    fixture.change_status(state, HOSTILE)
    fixture.run_task("status_changed")
    assert len(fixture.mailer.sent) == 2
    assert_neutral(fixture.mailer.sent[-1])


def test_each_neutral_email_says_what_happened() -> None:
    issuer = unidentified().issuer_store.issuer("north")
    kinds = (Kind.ISSUED, Kind.CORRECTED, Kind.RENEWED, Kind.REVOKED, Kind.SUSPENDED, Kind.REINSTATED)
    emails = [neutral.about_credential(kind, EMAIL, issuer, "https://my/", "https://stop/") for kind in kinds]
    for kind, email in zip(kinds[1:], emails[1:], strict=True):
        assert kind.value in email.subject
        assert f"has {kind.value} a digital credential" in email.paragraphs[0]
    assert len({email.subject for email in emails}) == len(kinds)


@pytest.mark.parametrize(
    "name",
    [
        HOSTILE, "evil.example", "https://evil.example", "Pay at www.evil.co", "reply@evil.example",
        "Call +44 20 7946 0958", "EVIL．EXAMPLE", "visit evil。example", "\u202e",
    ],
)  # fmt: skip
def test_a_name_with_a_link_is_not_shown(name: str) -> None:
    fixture = unidentified(name)
    fixture.run_task("deliver")
    assert "calls itself" not in everything(fixture.mailer.sent[0])
    assert "An organization whose identity is not verified" in fixture.mailer.sent[0].paragraphs[0]


@pytest.mark.parametrize("name", ["St. Mary’s", "U.S. Academy", "École 42", "Class of 2026", "北京大学"])
def test_an_ordinary_name_is_shown_as_claimed(name: str) -> None:
    assert f"“{name}” (not verified)" in neutral.claimed(unidentified(name).issuer_store.issuer("north"))


def test_a_long_name_is_cut() -> None:
    assert len(neutral.claimed(unidentified("word " * 40).issuer_store.issuer("north"))) < 120


def test_an_invitation_has_no_words_of_its_own_and_counts() -> None:
    fixture = unidentified()
    sent = [
        invite(fixture.delivery_context, Member("north", f"p{number}@example.org", Role.VIEWER, fixture.now))
        for number in range(30)
    ]
    assert sent.count(True) == quota.UNPROVEN_ISSUER.max_count == 20
    assert_neutral(fixture.mailer.sent[0])
    fixture.run_task("deliver")
    assert len(fixture.mailer.sent) == 20


def test_no_reminders_are_sent() -> None:
    fixture = unidentified()
    fixture.run_tasks(fixture.after_issuing(days=30))
    assert [email.kind for email in fixture.mailer.sent] == [Kind.ISSUED]


def test_twenty_made_up_addresses_a_day() -> None:
    fixture = unidentified()
    for number in range(50):
        fixture.email = f"p{number}@made-up.example"
        credential_id = f"{chr(97 + number // 10)}{chr(97 + number % 10)}".ljust(26, "z")
        fixture.issue(credential_id, 100 + number)
        fixture.run_task("deliver", credential_id)
    assert len(fixture.mailer.sent) == 20


def test_all_unidentified_issuers_share_one_budget_and_identified_ones_do_not() -> None:
    fixture = unidentified(unproven_emails=3)
    issuer = fixture.issuer_store.issuer("north")
    context = fixture.delivery_context
    for number in range(3):
        quota.count(context, replace(issuer, id=f"evil-{number}"), f"p{number}@made-up.example")
    for number in range(3, 10):
        with pytest.raises(quota.Exceeded) as caught:
            quota.count(context, replace(issuer, id=f"evil-{number}"), f"p{number}@made-up.example")
        assert not caught.value.of_recipient
    quota.count(context, replace(issuer, id="registered", registered_as=issuer.name), EMAIL)
    proof = DomainProof("north.example", ProofLocation.DNS, fixture.now, "0" * 64)
    quota.count(context, replace(issuer, id="proven", domains=(proof,)), EMAIL)


def test_an_identified_issuer_emails_in_its_own_name() -> None:
    fixture = unidentified()
    fixture.register()
    fixture.run_task("deliver")
    assert "Harbour College" in fixture.mailer.sent[0].subject


def test_an_invitation_quotes_a_name_that_only_a_domain_confirms() -> None:
    """The owner of a domain chooses the name: "Your bank" must not invite anyone in the voice of Laurel."""
    fixture = unidentified("Your bank” has suspended your account. “Call")
    issuer = fixture.issuer_store.issuer("north")
    proof = DomainProof("school.example", ProofLocation.DNS, fixture.now, "0" * 64)
    fixture.issuer_store.replace_issuer(replace(issuer, domains=(proof,), version=issuer.version + 1))
    assert invite(fixture.delivery_context, Member("north", EMAIL, Role.EDITOR, fixture.now))
    [email] = fixture.mailer.sent
    assert email.subject == "You have been added to “Your bank' has suspended your account. 'Call” on Laurel"
    assert "This organization has verified the domain school.example." in email.paragraphs[1]
    registered = replace(issuer, name="Fernhill College", registered_as="Fernhill College")
    plain = account.invitation(EMAIL, registered, "editor", "https://laurel.example", fixture.now)
    assert plain.subject == "You have been added to Fernhill College on Laurel"
