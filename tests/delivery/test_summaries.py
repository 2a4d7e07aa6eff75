"""The monthly summary: to subscribed members only, once, and with the sentences of the dashboard."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.access.models import Member
from chalicelib.access.roles import Role
from chalicelib.analytics.counts.reading import CountReader
from chalicelib.analytics.event import NEW, Kind
from chalicelib.analytics.kpi import changes
from chalicelib.analytics.kpi.tables import Request, kpi_figures
from chalicelib.delivery import mailbox, summaries
from chalicelib.delivery.ports import NotSent
from chalicelib.delivery.summaries import Subscription, SummaryContext, SummaryRun
from chalicelib.errors import NotFound
from tests.analytics.counts.makers import event
from tests.analytics.counts.simulated import counted
from tests.delivery.fake_delivery import DeliveryFixture
from tests.delivery.summary_fakes import SubscriptionStore

NOW = datetime(2026, 12, 2, 9, 10, tzinfo=UTC)
OWNER, EDITOR = "olu@north.example", "edi@north.example"


@dataclass
class World:
    """An issuer with two members and a month of events."""

    fixture: DeliveryFixture = field(default_factory=lambda: DeliveryFixture(now=NOW))
    store: SubscriptionStore = field(default_factory=SubscriptionStore)
    members: set[str] = field(default_factory=lambda: {OWNER, EDITOR})
    many: int = 12

    @property
    def context(self) -> SummaryContext:
        at = NOW - timedelta(days=10)
        acts = [event(Kind.ISSUED, at, credential_id=f"{n}", target=NEW, visitor_class=None) for n in range(self.many)]
        return SummaryContext(
            self.store, self.member, counted(acts, NOW.date() - timedelta(days=1)), self.fixture.delivery_context
        )

    def member(self, issuer_id: str, email: str) -> Member:
        if email not in self.members:
            raise NotFound("no member")
        return Member(issuer_id, email, Role.OWNER, NOW)

    def run(self) -> SummaryRun:
        return summaries.run(self.context, NOW + timedelta(minutes=13))

    @property
    def recipients(self) -> list[str]:
        return [each.to for each in self.fixture.mailer.sent]


@pytest.fixture
def world() -> World:
    world = World()
    world.store.add(Subscription("north", OWNER))
    return world


def test_only_who_subscribed_gets_the_sentences_of_the_dashboard(world: World) -> None:
    assert world.run() == SummaryRun(sent=1)
    (email,) = world.fixture.mailer.sent
    assert email.to == OWNER
    assert "November 2026" in email.subject
    days = summaries.last_month(NOW)
    said = changes.sentences(kpi_figures(CountReader(world.context.counts), Request("north", days)), days, NOW.date())
    assert email.paragraphs[1:] == said
    assert "12 credentials were issued" in said[0]
    assert email.main.url.endswith("/console/north")


def test_a_summary_is_sent_once_however_often_the_task_runs(world: World) -> None:
    world.store.add(Subscription("north", EDITOR))
    for _ in range(3):
        world.run()
    assert sorted(world.recipients) == [EDITOR, OWNER]


def test_two_runs_at_the_same_time_send_one(world: World) -> None:
    stale = world.store.stored["north", OWNER]
    world.run()
    assert not world.store.mark(stale, "2026-11")
    assert world.recipients == [OWNER]


def test_an_email_whose_result_is_unknown_is_not_sent_again(world: World) -> None:
    world.fixture.mailer.after = lambda: RuntimeError("the reply was lost")
    with pytest.raises(RuntimeError):
        world.run()
    world.fixture.mailer.after = lambda: None
    world.run()
    assert world.recipients == [OWNER]


def test_an_email_that_was_certainly_not_sent_is_sent_by_the_next_run(world: World) -> None:
    world.fixture.mailer.failure = lambda: NotSent("throttled")
    assert world.run() == SummaryRun(failed=1)
    world.fixture.mailer.failure = lambda: None
    assert world.run() == SummaryRun(sent=1)


def test_who_is_no_longer_a_member_gets_none_and_is_forgotten(world: World) -> None:
    world.members.remove(OWNER)
    assert world.run() == SummaryRun(ended=1)
    assert (world.recipients, world.store.stored) == ([], {})


def test_the_link_to_unsubscribe_works_without_signing_in(world: World) -> None:
    world.run()
    (email,) = world.fixture.mailer.sent
    assert email.unsubscribe is not None
    secret = email.unsubscribe.rpartition("/")[2]
    from chalicelib.delivery.holder import actions

    actions.unsubscribe(world.fixture.delivery_context, secret)
    world.store.stored["north", OWNER] = Subscription("north", OWNER)
    assert world.run() == SummaryRun()
    assert summaries.is_blocked(world.context, "north", OWNER)


def test_a_month_in_which_nothing_happened_sends_nothing(world: World) -> None:
    world.many = 0
    assert world.run() == SummaryRun()


def test_new_subscription_begins_with_the_month_that_is_not_over(world: World) -> None:
    world.store.stored["north", OWNER] = Subscription("north", OWNER, "2026-11")
    assert world.run() == SummaryRun()


def test_run_begins_none_after_its_time(world: World) -> None:
    assert summaries.run(world.context, NOW) == SummaryRun()


def test_unidentified_issuer_is_not_named_by_its_own_words(world: World) -> None:
    issuer = world.fixture.issuer_store.issuer("north")
    changed = replace(issuer, registered_as=None, domains=(), name="Click here", version=issuer.version + 1)
    world.fixture.issuer_store.replace_issuer(changed)
    world.run()
    (email,) = world.fixture.mailer.sent
    assert "Click here" not in f"{email.subject} {email.why} {email.paragraphs}"


def test_bounced_address_gets_none(world: World) -> None:
    box = world.fixture.delivery_context.mailbox(OWNER)
    world.fixture.store.mailboxes[mailbox.digest(OWNER)] = replace(box, complained_at=NOW)
    assert world.run() == SummaryRun()
