from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.award.pathways.pathway import PathwayLink, Step
from chalicelib.credential.record import CredentialStatus, State
from chalicelib.delivery import (
    delivery_status,
    holder_actions,
    mailbox,
    reminders,
)
from chalicelib.delivery.emails.email_content import Kind
from chalicelib.delivery.ports import NotSent
from chalicelib.errors import Refused, Unavailable
from tests.contract import samples
from tests.delivery.world import EMAIL, ISSUED_AT, World

UNTIL = ISSUED_AT + timedelta(days=60)


def kinds(world: World) -> list[Kind]:
    return [letter.kind for letter in world.mailer.sent]


def test_new_credential_is_emailed_at_once_and_only_once() -> None:
    world = World()
    world.do("deliver")
    world.do("deliver")
    assert kinds(world) == [Kind.ISSUED]
    assert world.delivery.state is delivery_status.State.SENT
    assert world.store.mails["mail-1@ses.example"].credential_id == world.delivery.credential_id


@pytest.mark.parametrize("changes", [{"notify": False}, {"email": None}])
def test_holder_without_email_or_notification_gets_no_email(changes: dict[str, object]) -> None:
    world = World(**changes)  # type: ignore[arg-type]
    world.work(UNTIL)
    assert kinds(world) == []


def test_unopened_credential_gets_one_reminder_after_a_week_by_day() -> None:
    world = World()
    world.work(UNTIL)
    assert kinds(world) == [Kind.ISSUED, Kind.UNOPENED]
    reminded = world.delivery.emails[Kind.UNOPENED].sent_at
    assert reminded is not None
    # Issued at 0:30 of the reader's clock, so a week later it is 0:30 again: it waits for the morning.
    assert reminded.isoformat() == "2026-06-09T06:00:00+00:00"


def test_opened_but_unshared_credential_gets_a_reminder() -> None:
    world = World()
    world.do("deliver")
    world.now = world.after(days=2)
    holder_actions.view(world.delivery_context, world.token(), person=True)
    world.work(UNTIL)
    assert kinds(world) == [Kind.ISSUED, Kind.UNSHARED]
    assert world.delivery.emails[Kind.UNSHARED].sent_at == reminders.next_allowed(world.after(days=9), "Europe/Berlin")


def test_shared_credential_gets_no_reminder() -> None:
    world = World()
    world.do("deliver")
    world.now = world.after(days=2)
    holder_actions.view(world.delivery_context, world.token(), person=True)
    holder_actions.share(world.delivery_context, world.token(), world.delivery.credential_id, holder_actions.Target.X)
    world.work(UNTIL)
    assert kinds(world) == [Kind.ISSUED]


def test_expiry_reminder_is_sent_a_month_before() -> None:
    world = World(valid_until=ISSUED_AT + timedelta(days=365))
    world.work(ISSUED_AT + timedelta(days=400))
    assert kinds(world) == [Kind.ISSUED, Kind.UNOPENED, Kind.RENEWAL]
    renewal = world.delivery.emails[Kind.RENEWAL].sent_at
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
    world = World()
    world.change(**changes)
    world.now = world.after(days=2)
    for kind in ("deliver", "unopened", "renewal"):
        world.do(kind)
    assert kinds(world) == []


def test_task_ignores_a_credential_of_another_issuer() -> None:
    world = World()
    world.change(issuer_id="south")
    world.do("deliver")
    assert kinds(world) == []


def test_throttled_email_is_retried() -> None:
    world = World()
    world.mailer.failure = lambda: NotSent("not now")
    with pytest.raises(NotSent):
        world.do("deliver")
    assert world.delivery.state is delivery_status.State.WAITING
    world.mailer.failure = lambda: None
    world.do("deliver")
    assert kinds(world) == [Kind.ISSUED]


def test_rejected_address_fails_with_its_code() -> None:
    world = World()
    world.mailer.failure = lambda: Refused("no", code="address_rejected")
    world.do("deliver")
    world.mailer.failure = lambda: None
    world.work(UNTIL)
    assert kinds(world) == []
    assert world.delivery.state is delivery_status.State.FAILED
    assert world.delivery.first is not None
    assert world.delivery.first.given_up == "address_rejected"


def test_first_email_with_unknown_result_is_resent_after_the_claim_expires() -> None:
    world = World()
    world.mailer.after = lambda: Unavailable("silence")
    with pytest.raises(Unavailable):
        world.do("deliver")
    world.mailer.after = lambda: None
    world.now += delivery_status.CLAIM_TIMEOUT - timedelta(seconds=1)
    with pytest.raises(Unavailable, match="Another worker"):
        world.do("deliver")
    assert len(world.mailer.sent) == 1
    world.now += timedelta(seconds=1)
    world.do("deliver")
    assert kinds(world) == [Kind.ISSUED, Kind.ISSUED]


def test_reminder_with_unknown_result_is_not_resent() -> None:
    world = World()
    world.do("deliver")
    world.now = reminders.unopened_due(ISSUED_AT, world.zone)
    world.mailer.after = lambda: Unavailable("silence")
    with pytest.raises(Unavailable):
        world.do("unopened")
    world.mailer.after = lambda: None
    world.now += timedelta(days=1)
    world.do("unopened")
    assert kinds(world) == [Kind.ISSUED, Kind.UNOPENED]


def test_reminder_due_at_night_waits_for_the_morning() -> None:
    world = World()
    world.do("deliver")
    world.now = world.after(days=7)
    world.do("unopened")
    assert kinds(world) == [Kind.ISSUED]
    assert {task.due for task in world.tasks.status if task.kind == "unopened"} >= {
        reminders.next_allowed(world.now, world.zone)
    }


def test_timezone_of_the_holder_overrides_that_of_the_issuer() -> None:
    world = World(zone="America/Los_Angeles")
    world.do("deliver")
    holder_actions.choose_zone(world.delivery_context, world.token(), "Asia/Tokyo")
    world.work(UNTIL)
    sent_at = world.delivery.emails[Kind.UNOPENED].sent_at
    assert sent_at is not None
    assert reminders.allowed(sent_at, "Asia/Tokyo")


@pytest.mark.parametrize(
    "step",
    [
        lambda box: mailbox.bounced(box, ISSUED_AT),
        lambda box: mailbox.complained(box, ISSUED_AT),
        lambda box: mailbox.unsubscribed(box, "north"),
        lambda box: mailbox.forgotten(box, ISSUED_AT),
    ],
    ids=["bounced", "complained", "unsubscribed", "forgotten"],
)
def test_suppressed_mailbox_gets_no_email_and_the_status_says_why(step: object, request: pytest.FixtureRequest) -> None:
    world = World()
    world.delivery_context.change_mailbox(mailbox.digest(EMAIL), step)  # type: ignore[arg-type]
    world.work(UNTIL)
    assert kinds(world) == []
    assert world.delivery.first is not None
    assert world.delivery.first.given_up == request.node.callspec.id


def test_holder_without_reminders_gets_only_the_first_email() -> None:
    world = World()
    world.delivery_context.change_mailbox(mailbox.digest(EMAIL), lambda box: mailbox.choosing(box, "north", "new"))
    world.work(UNTIL)
    assert kinds(world) == [Kind.ISSUED]


def test_email_names_the_next_step_of_the_pathway() -> None:
    world = World()
    step = Step("deep", "Welding in the deep", url="https://north.example/deep")
    world.pathway_links.posts = (PathwayLink("p", "Diver", (step,), None),)
    world.do("deliver")
    letter = world.mailer.sent[0]
    assert (letter.next_step, letter.next_url) == (
        "Next step on “Diver”: Welding in the deep.",
        "https://north.example/deep",
    )
