"""The tasks of delivery: the first letter about a credential, and the reminders after it.

A letter is claimed before it is sent, and answered after. What lies between cannot be undone or asked about: if a
worker dies there, nobody knows whether the letter went out. So it is decided by what a double costs. The first letter
carries the credential: without it the award is lost on its holder, and a double is a nuisance. Its unanswered claim
falls back, and it is sent again. A reminder is a nuisance already: its claim stands for good; it may be lost, but it
never comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.credential.record import Record, State
from chalicelib.delivery import (
    delivery_status,
    email_events,
    quota,
    reminders,
)
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.emails.compose import EmailContext, Links, about_credential
from chalicelib.delivery.emails.email_content import REMINDERS, Kind
from chalicelib.delivery.links import Purpose
from chalicelib.delivery.mailbox import held_back
from chalicelib.delivery.ports import NotSent, SentEmail
from chalicelib.errors import NotFound, Refused, Unavailable
from chalicelib.tasks.task_queue import Task

DELIVER = "deliver"
"""The kind of the task that issuing adds; the others bear the names of their letters."""
KINDS = {DELIVER: Kind.ISSUED, **{kind.value: kind for kind in REMINDERS}}
"""Which letter a task of a kind sends."""


def handlers(delivery_context: DeliveryContext) -> Mapping[str, Callable[[Task], None]]:
    """What does each kind of task. All of them are safe to call again, and by two workers at once."""
    return {name: _handler(delivery_context, kind) for name, kind in KINDS.items()}


def _handler(delivery_context: DeliveryContext, kind: Kind) -> Callable[[Task], None]:
    def handle(task: Task) -> None:
        context = _email_context(delivery_context, task)
        if context is None:
            return
        if kind in REMINDERS:
            _remind(delivery_context, task, kind, context)
        else:
            _deliver(delivery_context, task, context)

    return handle


def _email_context(delivery_context: DeliveryContext, task: Task) -> EmailContext | None:
    """What the task is about; None when there is nothing (left) to write about."""
    archive = delivery_context.archive
    try:
        record = archive.record(task.subject)
        recipient = archive.recipient(record.id)
        if record.issuer_id != task.issuer_id or recipient.email is None:
            return None
        issuer = archive.issuer(record.issuer_id)
        achievement = archive.achievement_version(issuer.id, record.achievement_id, record.achievement_version)
    except NotFound:
        return None
    if not stands(record, delivery_context.now()):
        return None
    pathway_links = delivery_context.pathway_links.pathway_links(issuer.id, record.achievement_id)
    return EmailContext(
        record, issuer, achievement, recipient, recipient.email, pathway_links, delivery_context.base_url
    )


def stands(record: Record, now: datetime) -> bool:
    """Whether a credential is one to write about: active, not ended, and not replaced by another."""
    ended = record.valid_until is not None and record.valid_until <= now
    return record.standing.state is State.ACTIVE and record.superseded_by is None and not ended


def _deliver(delivery_context: DeliveryContext, task: Task, context: EmailContext) -> None:
    before = delivery_context.store.delivery(context.record.issuer_id, context.record.id)
    if not context.recipient.notify and not before.asked:
        return
    if before.first is None and not quota.may_write(delivery_context, context.issuer, context.email):
        later = quota.next_day(delivery_context.now())
        delivery_context.tasks.add([replace(task, due=later, attempts=0)])
        return
    delivery = _send(delivery_context, Kind.ISSUED, context)
    if delivery.first is not None and delivery.first.sent_at is not None:
        # Also when it was sent by an earlier call that did not come this far: the tasks are the same ones then.
        delivery_context.tasks.add(_followers(context, delivery.first.sent_at))


def _followers(context: EmailContext, sent_at: datetime) -> list[Task]:
    # By the zone that came with the award, and not by the mailbox's, which may change: the same tasks every time.
    record, zone = context.record, context.recipient.zone
    due = {Kind.UNOPENED: reminders.unopened_due(sent_at, zone)}
    if record.valid_until is not None:
        renewal = reminders.renewal_due(record.issued_at, record.valid_until, zone)
        if sent_at < renewal < record.valid_until:
            due[Kind.RENEWAL] = renewal
    return [Task(kind.value, record.issuer_id, record.id, when) for kind, when in due.items()]


def _remind(delivery_context: DeliveryContext, task: Task, kind: Kind, context: EmailContext) -> None:
    now = delivery_context.now()
    delivery = delivery_context.store.delivery(context.record.issuer_id, context.record.id)
    if not _called_for(kind, delivery):
        return
    zone = delivery_context.mailbox(context.email).zone or context.recipient.zone
    if not reminders.allowed(now, zone):
        delivery_context.tasks.add([replace(task, due=reminders.next_allowed(now, zone), attempts=0)])
        return
    _send(delivery_context, kind, context)


def _called_for(kind: Kind, delivery: Delivery) -> bool:
    """Whether what the reminder reminds of is still undone."""
    match kind:
        case Kind.UNOPENED:
            return delivery.opened_at is None and delivery.shared_at is None
        case Kind.UNSHARED:
            return delivery.opened_at is not None and delivery.shared_at is None
        case _:
            return True


def _send(delivery_context: DeliveryContext, kind: Kind, context: EmailContext) -> Delivery:
    """Send the letter, unless it was sent, is held back, or is not to be sent twice. How the delivery stands then.

    Raises `Unavailable` when it is to be tried again.
    """
    barred = held_back(delivery_context.mailbox(context.email), kind, context.record.issuer_id)
    now, by = delivery_context.now(), delivery_context.entropy(16).hex()

    def take(one: Delivery) -> Delivery:
        if not delivery_status.may_claim(one, kind, now):
            return one
        mine = delivery_status.claimed(one, kind, now, by)
        return delivery_status.given_up(mine, kind, barred, by) if barred else mine

    before, after = delivery_context.change(context.record.issuer_id, context.record.id, take)
    if before == after:
        return _not_ours(after, kind)
    if barred:
        return after
    return _hand_over(delivery_context, kind, context, by)


def _not_ours(delivery: Delivery, kind: Kind) -> Delivery:
    attempt = delivery.emails[kind]
    if kind is Kind.ISSUED and not attempt.answered:
        raise Unavailable("Another worker is sending this email.", code="in_flight")
    return delivery


def _hand_over(delivery_context: DeliveryContext, kind: Kind, context: EmailContext, by: str) -> Delivery:
    record = context.record

    def change(step: Callable[[Delivery], Delivery]) -> Delivery:
        return delivery_context.change(record.issuer_id, record.id, step)[1]

    named = {"issuer_id": record.issuer_id, "credential_id": record.id}
    my, my_kept = delivery_context.link(Purpose.MY, context.email, **named)
    stop, stop_kept = delivery_context.link(Purpose.UNSUBSCRIBE, context.email, **named)
    try:
        delivery_context.store.add_links((my_kept, stop_kept))
        letter = about_credential(kind, context, Links(my, stop))
    except Unavailable:
        # Nothing was sent, for certain, so the claim need not stand.
        change(lambda one: delivery_status.released(one, kind, by))
        raise
    try:
        message_id = delivery_context.mailer().send(letter)
    except NotSent:
        change(lambda one: delivery_status.released(one, kind, by))
        raise
    except Refused as error:
        code = error.code
        return change(lambda one: delivery_status.given_up(one, kind, code, by))
    at = delivery_context.now()
    sent = change(lambda one: delivery_status.sent(one, kind, at))
    sent_email = SentEmail(record.id, record.issuer_id, kind)
    delivery_context.store.add_sent_email(message_id, sent_email, at)
    email_events.catch_up(delivery_context, message_id, sent_email)
    return sent
