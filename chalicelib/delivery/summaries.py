"""The monthly summary that members of an issuer can subscribe to: what changed in the month before.

Each subscription stores the month of its last email before the email is sent, so repeated or overlapping runs send
nothing twice. The next run retries emails that were certainly not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.access.models import Member
from chalicelib.analytics.counts.ports import CountStore
from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.kpi import changes
from chalicelib.analytics.kpi.tables import Request, kpi_figures
from chalicelib.credential.issuer import Issuer
from chalicelib.delivery import email_events
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import summary
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.limits.reputation import SIGN_IN
from chalicelib.delivery.links import Purpose
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.delivery.ports import NotSent
from chalicelib.errors import NotFound, Refused


@dataclass(frozen=True, slots=True)
class Subscription:
    """A member who wants the summaries of an issuer."""

    issuer_id: str
    email: str
    sent: str = ""
    """The month of the last summary, such as 2026-11; empty before the first."""


class SubscriptionStore(Protocol):
    """Stores subscriptions. All methods raise `Unavailable`."""

    def subscriptions(self) -> Iterator[Subscription]:
        """All subscriptions by issuer, strongly consistent."""

    def subscription(self, issuer_id: str, email: str) -> Subscription | None:
        """One subscription, strongly consistent."""

    def add(self, subscription: Subscription) -> None:
        """Store a new subscription; an existing one does not change."""

    def remove(self, issuer_id: str, email: str) -> None:
        """Delete a subscription if it exists."""

    def mark(self, subscription: Subscription, month: str) -> bool:
        """Store that the summary of ``month`` is sent; False if the subscription was changed or deleted since."""


@dataclass(frozen=True, slots=True)
class SummaryContext:
    """Dependencies of summaries."""

    store: SubscriptionStore
    member: Callable[[str, str], Member]
    """A member of an issuer. Raises `NotFound`."""
    counts: CountStore
    delivery_context: DeliveryContext


@dataclass(slots=True)
class SummaryRun:
    """What a run did."""

    sent: int = 0
    ended: int = 0
    """Subscriptions of people who are no longer members."""
    failed: int = 0
    """Emails that were not sent and will be retried."""


def run(context: SummaryContext, until: datetime) -> SummaryRun:
    """Send last month's summaries that have not been sent yet; starts none after ``until``.

    Raises `Unavailable`: the next run continues.
    """
    result, found = SummaryRun(), _Sentences(context)
    for subscription in context.store.subscriptions():
        if context.delivery_context.now() >= until:
            break
        try:
            context.member(subscription.issuer_id, subscription.email)
            issuer = context.delivery_context.archive.issuer(subscription.issuer_id)
        except NotFound:
            context.store.remove(subscription.issuer_id, subscription.email)
            result.ended += 1
            continue
        days = last_month(context.delivery_context.now())
        if subscription.sent < f"{days.first:%Y-%m}":
            _send(context, subscription, issuer, days, found.of(issuer.id, days), result)
    return result


def is_blocked(context: SummaryContext, issuer_id: str, email: str) -> bool:
    """Whether the address gets no summary, because it unsubscribed or could not be reached."""
    delivery = context.delivery_context
    return suppression_reason(delivery.mailbox(email), Kind.SUMMARY, delivery.now(), issuer_id) is not None


def last_month(now: datetime) -> Days:
    """The whole month before ``now``."""
    last = now.date().replace(day=1) - timedelta(days=1)
    return Days(last.replace(day=1), last)


class _Sentences:
    """What changed, read once for each issuer, because subscriptions come sorted by issuer."""

    def __init__(self, context: SummaryContext) -> None:
        self._context = context
        self._issuer_id, self._found = "", tuple[str, ...]()

    def of(self, issuer_id: str, days: Days) -> tuple[str, ...]:
        if issuer_id != self._issuer_id:
            figures = kpi_figures(CountReader(self._context.counts), Request(issuer_id, days))
            self._issuer_id, self._found = issuer_id, changes.sentences(figures, days, days.last + timedelta(days=1))
        return self._found


def _send(
    context: SummaryContext,
    subscription: Subscription,
    issuer: Issuer,
    days: Days,
    sentences: tuple[str, ...],
    result: SummaryRun,
) -> None:
    delivery, email, month = context.delivery_context, subscription.email, f"{days.first:%Y-%m}"
    if not sentences or is_blocked(context, issuer.id, email) or not context.store.mark(subscription, month):
        return
    unsubscribe, link = delivery.link(Purpose.UNSUBSCRIBE, email, issuer_id=issuer.id)
    delivery.store.add_links((link,))
    content = summary.monthly(email, issuer, days.first, sentences, delivery.base_url, unsubscribe, delivery.now())
    try:
        message_id = delivery.mailer().send(content)
    except Refused:  # the address will never be accepted
        return
    except NotSent:
        context.store.mark(Subscription(issuer.id, email, month), subscription.sent)
        result.failed += 1
        return
    email_events.count_sent(delivery, message_id, SIGN_IN, content)
    result.sent += 1
