"""Bounce and complaint rates of an issuer's emails, and the pause that follows.

The email service counts both against the whole deployment, and could then refuse the emails of all issuers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

PERIOD = timedelta(days=7)
"""The rates are those of the current and the previous period, so of one to two weeks."""
MAX_BOUNCED = 0.05
"""Share of emails that may bounce: Amazon SES reviews an account at 5% and pauses it at 10% (SES developer guide,
"Reputation metrics")."""
MIN_BOUNCED = 5
"""Minimum bounces before anything is paused: one typo is not a pattern."""
MAX_COMPLAINED = 0.001
"""Share of emails that may be reported as spam: Amazon SES reviews an account at 0.1% and pauses it at 0.5%."""
MIN_COMPLAINED = 3
"""Minimum recipients who complain before anything is paused: one recipient, or two, cannot stop an issuer's emails."""
SIGN_IN = "SIGN_IN"
"""The id under which requested emails (sign-in and holder links) are counted; no issuer can have it."""
MIN_SIGN_IN_PROBLEMS = 20
"""Minimum bounces, or complaints, of sign-in emails before anything happens, because anyone can request an email to any
address."""
SIGN_IN_PAUSE = timedelta(days=1)
"""How long sign-in emails to new addresses stay limited after too many bounces. The limit ends automatically, because
no one has to fix anything first."""
MAX_RECENT = 100
"""Maximum events remembered, so that one that arrives twice, or a recipient who reports several emails, counts once."""


class Problem(StrEnum):
    """A problem with an email, and the reason why emails are paused."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Counts:
    """Emails of one period."""

    sent: int = 0
    bounced: int = 0
    complained: int = 0


@dataclass(frozen=True, slots=True)
class Reputation:
    """An issuer's emails of the last two periods."""

    issuer_id: str
    since: datetime | None = None
    """The start of the current period; None before the first email."""
    current: Counts = field(default_factory=Counts)
    previous: Counts = field(default_factory=Counts)
    recent: tuple[str, ...] = ()
    """The last events that were counted, newest last."""
    paused_at: datetime | None = None
    reason: Problem | None = None
    version: int = 0

    @property
    def total(self) -> Counts:
        """The emails of both periods."""
        one, other = self.current, self.previous
        return Counts(one.sent + other.sent, one.bounced + other.bounced, one.complained + other.complained)


def with_sent(before: Reputation, now: datetime) -> Reputation:
    """Count one more email."""
    rolled = _rolled(before, now)
    return replace(rolled, current=replace(rolled.current, sent=rolled.current.sent + 1))


def with_problem(before: Reputation, problem: Problem, recipient: str, now: datetime) -> Reputation:
    """Count a bounce or complaint of a recipient once, and pause the emails if there are too many."""
    event = f"{problem} {recipient}"
    if event in before.recent:
        return before
    rolled = _rolled(before, now)
    name = problem.value
    current = replace(rolled.current, **{name: getattr(rolled.current, name) + 1})
    after = replace(rolled, current=current, recent=(*rolled.recent, event)[-MAX_RECENT:])
    reason = _too_many(after)
    return after if reason is None or after.paused_at else replace(after, paused_at=now, reason=reason)


def resumed(before: Reputation) -> Reputation:
    """End the pause and start counting from zero."""
    return Reputation(before.issuer_id, recent=before.recent, version=before.version)


def is_paused(one: Reputation, now: datetime) -> bool:
    """Whether the emails have to wait; for sign-in emails, whether those to new addresses are limited."""
    return one.paused_at is not None and (one.issuer_id != SIGN_IN or now - one.paused_at < SIGN_IN_PAUSE)


def _too_many(one: Reputation) -> Problem | None:
    # More than one event can follow one email.
    total, sent = one.total, max(one.total.sent, 1)
    is_sign_in = one.issuer_id == SIGN_IN
    min_bounced = MIN_SIGN_IN_PROBLEMS if is_sign_in else MIN_BOUNCED
    min_complained = MIN_SIGN_IN_PROBLEMS if is_sign_in else MIN_COMPLAINED
    if total.bounced >= min_bounced and total.bounced / sent >= MAX_BOUNCED:
        return Problem.BOUNCED
    if total.complained >= min_complained and total.complained / sent >= MAX_COMPLAINED:
        return Problem.COMPLAINED
    return None


def _rolled(before: Reputation, now: datetime) -> Reputation:
    if before.paused_at is not None and not is_paused(before, now):
        before = resumed(before)
    if before.since is None or now - before.since >= 2 * PERIOD:
        return replace(before, since=now, current=Counts(), previous=Counts())
    if now - before.since >= PERIOD:
        return replace(before, since=before.since + PERIOD, current=Counts(), previous=before.current)
    return before
