"""For any sequence of tasks, crashes and events: each reminder is sent at most once, and never at night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.delivery import delivery_status, email_events, reminders, resend
from chalicelib.delivery.email_events import EmailEvent, EmailEventType
from chalicelib.delivery.emails.parts.email_content import REMINDERS, EmailContent, Kind
from chalicelib.delivery.holder import actions as holder_actions
from chalicelib.delivery.ports import NotSent
from chalicelib.errors import LaurelError, Unavailable
from tests.delivery.fake_delivery import CREDENTIAL, EMAIL, ISSUED_AT, DeliveryFixture
from tests.delivery.fakes import Mailer, Store
from tests.examples import examples

KINDS = ("deliver", *(kind.value for kind in REMINDERS))
WRITES = {"save", "add_sent_email", "add_early_event", "save_mailbox", "add_links"}


class CrashError(Exception):
    """The worker crashed."""


class Fuse:
    """Counts external calls and makes one of them fail, before or after its effect."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.after = False
        self.error: Exception = CrashError()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if self.left is None:
            return function(*arguments)
        self.left -= 1
        if self.left >= 0:
            return function(*arguments)
        self.left = None
        if self.after:
            function(*arguments)
        raise self.error


class UnreliableStore(Store):
    """A store that may fail at any write."""

    fuse: Fuse

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        if name not in WRITES:
            return found
        return lambda *arguments: self.fuse.call(found, *arguments)


class UnreliableMailer(Mailer):
    """A mailer that may fail and records when each email was sent."""

    fuse: Fuse
    fixture: DeliveryFixture
    log: list[tuple[EmailContent, datetime]]

    def send(self, email: EmailContent) -> str:
        self.log.append((email, self.fixture.now))
        before = len(self.sent)
        try:
            answer: str = self.fuse.call(super().send, email)
        except Exception:
            if len(self.sent) == before:
                self.log.pop()
            raise
        return answer


FAILURES = st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from([CrashError(), Unavailable("no response")]))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 60 * 24 * 12)),
        st.tuples(st.just("task"), st.sampled_from(sorted(KINDS)), st.none() | FAILURES),
        st.tuples(st.sampled_from(["throttle", "lose_response"]), st.sampled_from(sorted(KINDS))),
        st.tuples(st.just("email_event"), st.sampled_from(EmailEventType)),
        st.tuples(st.sampled_from(["open", "share", "resend_email", "run_tasks", "next_day"])),
    ),
    min_size=8,
    max_size=60,
)


class Scenario:
    """A delivery context in which everything may fail."""

    def __init__(self, zone: str | None) -> None:
        self.fixture = DeliveryFixture(zone=zone, valid_until=ISSUED_AT + timedelta(days=200))
        self.fuse = Fuse()
        self.store, self.mailer = UnreliableStore(), UnreliableMailer()
        self.store.fuse = self.mailer.fuse = self.fuse
        self.mailer.fixture, self.mailer.log = self.fixture, []
        self.fixture.store, self.fixture.mailer = self.store, self.mailer
        self.unknown_results = self.resends = 0

    def wait(self, minutes: int) -> None:
        self.fixture.now += timedelta(minutes=minutes)

    def task(self, kind: str, failure: tuple[int, bool, Exception] | None) -> None:
        sent = len(self.mailer.sent)
        if failure is not None:
            self.fuse.left, self.fuse.after, self.fuse.error = failure
        try:
            self.fixture.run_task(kind)
        except (LaurelError, CrashError):
            self.unknown_results += len(self.mailer.sent) - sent
            raise
        finally:
            self.fuse.left = None

    def next_day(self) -> None:
        tomorrow = self.fixture.now + timedelta(days=1)
        self.fixture.now = reminders.next_allowed(tomorrow, self.fixture.zone)

    def lose_response(self, kind: str) -> None:
        """The email is sent, but the response is lost."""
        self.mailer.after = CrashError
        try:
            self.task(kind, None)
        finally:
            self.mailer.after = lambda: None

    def throttle(self, kind: str) -> None:
        self.mailer.failure = lambda: NotSent("not now")
        try:
            self.fixture.run_task(kind)
        finally:
            self.mailer.failure = lambda: None

    def email_event(self, event_type: EmailEventType) -> None:
        for number in range(len(self.mailer.sent)):
            email_event = EmailEvent(event_type, f"mail-{number + 1}@ses.example", (EMAIL,), self.fixture.now)
            email_events.apply(self.fixture.delivery_context, email_event)

    def open(self) -> None:
        if self.mailer.sent:
            holder_actions.view(self.fixture.delivery_context, self.fixture.token(), person=True)

    def share(self) -> None:
        if self.mailer.sent:
            holder_actions.share(
                self.fixture.delivery_context, self.fixture.token(), CREDENTIAL, holder_actions.SharePlatform.X
            )

    def resend_email(self) -> None:
        resend.resend_email(self.fixture.delivery_context, "north", CREDENTIAL)
        self.resends += 1

    def run_tasks(self) -> None:
        self.fixture.run_tasks(self.fixture.now + timedelta(days=3))


@pytest.mark.slow
@examples(300)
@example(
    steps=[("next_day",), ("lose_response", "unopened"), ("next_day",), ("task", "unopened", None)],
    zone="Europe/Berlin",
)
@given(steps=STEPS, zone=st.none() | st.sampled_from(["Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati"]))
def test_each_reminder_at_most_once_and_never_at_night(steps: list[tuple[Any, ...]], zone: str | None) -> None:
    scenario = Scenario(zone)
    for name, *arguments in steps:
        with suppress(LaurelError, CrashError):
            getattr(scenario, name)(*arguments)
    counted = Counter(email.kind for email in scenario.mailer.sent)
    assert all(counted[kind] <= 1 for kind in REMINDERS), counted
    for email, at in scenario.mailer.log:
        assert email.kind not in REMINDERS or reminders.allowed(at, zone), (email.kind, at)
    # The first email is duplicated only if its result was unknown or it was resent on request.
    assert counted[Kind.ISSUED] <= 1 + scenario.unknown_results + scenario.resends


def test_claim_of_a_reminder_never_expires() -> None:
    """Unlike the claim of a first email, the claim of a reminder never expires."""
    fixture = DeliveryFixture()
    delivery = delivery_status.claimed(fixture.delivery, Kind.UNOPENED, ISSUED_AT, "one")
    assert not delivery_status.may_claim(delivery, Kind.UNOPENED, ISSUED_AT + timedelta(days=365))
    assert delivery_status.may_claim(
        delivery_status.claimed(fixture.delivery, Kind.ISSUED, ISSUED_AT, "one"),
        Kind.ISSUED,
        ISSUED_AT + delivery_status.CLAIM_TIMEOUT,
    )
