"""For any sequence of tasks, crashes and events: each reminder is sent at most once, and never at night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.delivery import (
    delivery_status,
    email_events,
    holder_actions,
    reminders,
    resend,
)
from chalicelib.delivery.email_events import EmailEvent, EmailEventType
from chalicelib.delivery.emails.email_content import REMINDERS, EmailContent, Kind
from chalicelib.delivery.handlers import KINDS
from chalicelib.delivery.ports import NotSent
from chalicelib.errors import LaurelError, Unavailable
from tests.delivery.fakes import Mailer, Store
from tests.delivery.world import CREDENTIAL, EMAIL, ISSUED_AT, World

WRITES = {"save", "add_sent_email", "add_early_event", "save_mailbox", "add_links"}


class CrashError(Exception):
    """The worker crashed."""


class Fuse:
    """Counts down with each external call, then makes one fail, before or after its effect."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.after = False
        self.error: Exception = CrashError()

    def around(self, call: Callable[..., Any], *arguments: Any) -> Any:
        if self.left is None:
            return call(*arguments)
        self.left -= 1
        if self.left >= 0:
            return call(*arguments)
        self.left = None
        if self.after:
            call(*arguments)
        raise self.error


class BrittleStore(Store):
    """A store that may fail at any write."""

    fuse: Fuse

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        if name not in WRITES:
            return found
        return lambda *arguments: self.fuse.around(found, *arguments)


class BrittleMailer(Mailer):
    """A mailer that may fail and records when each email was sent."""

    fuse: Fuse
    world: World
    log: list[tuple[EmailContent, datetime]]

    def send(self, letter: EmailContent) -> str:
        self.log.append((letter, self.world.now))
        before = len(self.sent)
        try:
            answer: str = self.fuse.around(super().send, letter)
        except Exception:
            if len(self.sent) == before:
                self.log.pop()
            raise
        return answer


FAULTS = st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from([CrashError(), Unavailable("silence")]))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 60 * 24 * 12)),
        st.tuples(st.just("task"), st.sampled_from(sorted(KINDS)), st.none() | FAULTS),
        st.tuples(st.sampled_from(["throttled", "lost"]), st.sampled_from(sorted(KINDS))),
        st.tuples(st.just("notice"), st.sampled_from(EmailEventType)),
        st.tuples(st.sampled_from(["open", "share", "again", "work", "next_day"])),
    ),
    min_size=8,
    max_size=60,
)


class Play:
    """A delivery context in which everything may fail."""

    def __init__(self, zone: str | None) -> None:
        self.world = World(zone=zone, valid_until=ISSUED_AT + timedelta(days=200))
        self.fuse = Fuse()
        self.store, self.mailer = BrittleStore(), BrittleMailer()
        self.store.fuse = self.mailer.fuse = self.fuse
        self.mailer.world, self.mailer.log = self.world, []
        self.world.store, self.world.mailer = self.store, self.mailer
        self.unanswered = self.asked = 0

    def wait(self, minutes: int) -> None:
        self.world.now += timedelta(minutes=minutes)

    def task(self, kind: str, failure: tuple[int, bool, Exception] | None) -> None:
        sent = len(self.mailer.sent)
        if failure is not None:
            self.fuse.left, self.fuse.after, self.fuse.error = failure
        try:
            self.world.do(kind)
        except (LaurelError, CrashError):
            self.unanswered += len(self.mailer.sent) - sent
            raise
        finally:
            self.fuse.left = None

    def next_day(self) -> None:
        tomorrow = self.world.now + timedelta(days=1)
        self.world.now = reminders.next_allowed(tomorrow, self.world.zone)

    def lost(self, kind: str) -> None:
        """The email is sent, but the response is lost."""
        self.mailer.after = CrashError
        try:
            self.task(kind, None)
        finally:
            self.mailer.after = lambda: None

    def throttled(self, kind: str) -> None:
        self.mailer.failure = lambda: NotSent("not now")
        try:
            self.world.do(kind)
        finally:
            self.mailer.failure = lambda: None

    def notice(self, fate: EmailEventType) -> None:
        for number in range(len(self.mailer.sent)):
            notice = EmailEvent(fate, f"mail-{number + 1}@ses.example", (EMAIL,), self.world.now)
            email_events.apply(self.world.delivery_context, notice)

    def open(self) -> None:
        if self.mailer.sent:
            holder_actions.view(self.world.delivery_context, self.world.token(), person=True)

    def share(self) -> None:
        if self.mailer.sent:
            holder_actions.share(self.world.delivery_context, self.world.token(), CREDENTIAL, holder_actions.Target.X)

    def again(self) -> None:
        resend.resend_email(self.world.delivery_context, "north", CREDENTIAL)
        self.asked += 1

    def work(self) -> None:
        self.world.work(self.world.now + timedelta(days=3))


@settings(max_examples=300, deadline=None)
@example(steps=[("next_day",), ("lost", "unopened"), ("next_day",), ("task", "unopened", None)], zone="Europe/Berlin")
@given(steps=STEPS, zone=st.none() | st.sampled_from(["Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati"]))
def test_each_reminder_at_most_once_and_never_at_night(steps: list[tuple[Any, ...]], zone: str | None) -> None:
    play = Play(zone)
    for name, *arguments in steps:
        with suppress(LaurelError, CrashError):
            getattr(play, name)(*arguments)
    counted = Counter(letter.kind for letter in play.mailer.sent)
    assert all(counted[kind] <= 1 for kind in REMINDERS), counted
    for letter, at in play.mailer.log:
        assert letter.kind not in REMINDERS or reminders.allowed(at, zone), (letter.kind, at)
    # The first email is duplicated only if its result was unknown or it was resent on request.
    assert counted[Kind.ISSUED] <= 1 + play.unanswered + play.asked


def test_property_would_catch_an_expiring_reminder_claim() -> None:
    """A reminder whose claim expired like that of a first email would be caught."""
    world = World()
    delivery = delivery_status.claimed(world.delivery, Kind.UNOPENED, ISSUED_AT, "one")
    assert not delivery_status.may_claim(delivery, Kind.UNOPENED, ISSUED_AT + timedelta(days=365))
    assert delivery_status.may_claim(
        delivery_status.claimed(world.delivery, Kind.ISSUED, ISSUED_AT, "one"),
        Kind.ISSUED,
        ISSUED_AT + delivery_status.CLAIM_TIMEOUT,
    )
