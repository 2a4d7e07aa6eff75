"""Task handlers of delivery: the first email about a credential, emails about its status, and its reminders.

An email is claimed before it is sent, and its result is stored afterwards. If a worker crashes in between, it is
unknown whether the email was sent. For the first email and for one about the status a duplicate is better than a loss:
its claim expires, and it is sent again. For a reminder a loss is better than a duplicate: its claim never expires.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime

from chalicelib.award.issuing.storing import DELIVER, STATUS_CHANGED
from chalicelib.credential.record import Record, State
from chalicelib.credential.signed_content import issuer_as_signed
from chalicelib.delivery import delivery_status, reminders, status_emails
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.emails.credential_email import EmailContext
from chalicelib.delivery.emails.parts.email_content import REMINDERS, Kind
from chalicelib.delivery.limits import deferred, quota
from chalicelib.delivery.sending import claimed_by_another, send
from chalicelib.delivery.surveys import asking
from chalicelib.delivery.surveys.survey import MONTHS
from chalicelib.errors import NotFound, Unavailable
from chalicelib.tasks.task_queue import Task


def handlers(delivery_context: DeliveryContext) -> Mapping[str, Callable[[Task], None]]:
    """The handler of each kind of task, for a reminder that of its email. All are safe to repeat and to run
    concurrently."""
    reminding = {kind.value: _reminder(delivery_context, kind) for kind in REMINDERS - MONTHS.keys()}
    reminding |= {kind.value: _survey(delivery_context, kind) for kind in MONTHS}
    sending = {DELIVER: _first(delivery_context), STATUS_CHANGED: _status_changed(delivery_context), **reminding}
    return {
        **{kind: deferred.deferring(delivery_context, handler) for kind, handler in sending.items()},
        deferred.KIND: deferred.sender(delivery_context, sending),
    }


def _first(delivery_context: DeliveryContext) -> Callable[[Task], None]:
    def handle(task: Task) -> None:
        context = _email_context(delivery_context, task)
        if context is not None and is_current(context.record, delivery_context.now()):
            _deliver(delivery_context, _as_replacement(delivery_context, context))

    return handle


def _status_changed(delivery_context: DeliveryContext) -> Callable[[Task], None]:
    def handle(task: Task) -> None:
        context = _email_context(delivery_context, task)
        if context is not None:
            _tell(delivery_context, replace(context, reason=context.record.status.reason))
            if is_current(context.record, delivery_context.now()):
                _deliver_late(delivery_context, context)

    return handle


def _deliver_late(delivery_context: DeliveryContext, context: EmailContext) -> None:
    """Send the first email about a credential that was suspended when its task ran, and has been reinstated."""
    if delivery_context.store.delivery(context.record.issuer_id, context.record.id).first is None:
        _deliver(delivery_context, _as_replacement(delivery_context, context))


def _reminder(delivery_context: DeliveryContext, kind: Kind) -> Callable[[Task], None]:
    def handle(task: Task) -> None:
        context = _email_context(delivery_context, task)
        if context is not None and is_current(context.record, delivery_context.now()):
            _remind(delivery_context, task, kind, context)

    return handle


def _survey(delivery_context: DeliveryContext, kind: Kind) -> Callable[[Task], None]:
    def handle(task: Task) -> None:
        context = _email_context(delivery_context, task)
        if context is None or not asking.is_wanted(delivery_context, kind, context.record):
            return
        # Also after the credential has expired: what changed since then does not depend on it.
        if context.record.status.state is State.ACTIVE and context.record.superseded_by is None:
            _remind(delivery_context, task, kind, context)

    return handle


def _email_context(delivery_context: DeliveryContext, task: Task) -> EmailContext | None:
    """Load the credential and its recipient; None when there is no recipient."""
    archive = delivery_context.archive
    try:
        record = archive.record(task.subject)
        recipient = archive.recipient(record.id)
        if record.issuer_id != task.issuer_id or recipient.email is None:
            return None
        issuer = issuer_as_signed(archive.issuer(record.issuer_id), record.document)
        achievement = archive.achievement_version(issuer.id, record.achievement_id, record.achievement_version)
    except NotFound:
        return None
    pathway_links = delivery_context.pathway_links.pathway_links(issuer.id, record.achievement_id)
    return EmailContext(
        record,
        issuer,
        achievement,
        recipient,
        recipient.email,
        pathway_links,
        delivery_context.base_url,
        identified=issuer.identified(delivery_context.now()),
    )


def is_current(record: Record, now: datetime) -> bool:
    """As `may_deliver`."""
    return may_deliver(record.status.state, record.superseded_by, record.valid_until, now)


def may_deliver(state: State, superseded_by: str | None, valid_until: datetime | None, now: datetime) -> bool:
    """Whether to deliver a credential or remind its holder: it is active, not expired and not superseded."""
    return state is State.ACTIVE and superseded_by is None and (valid_until is None or now < valid_until)


def _as_replacement(delivery_context: DeliveryContext, context: EmailContext) -> EmailContext:
    """``context`` as that of a correction or renewal, if the same address received the replaced credential."""
    if context.record.supersedes is None:
        return context
    try:
        before = delivery_context.archive.record(context.record.supersedes)
        if delivery_context.archive.recipient(before.id).email != context.email:
            return context
    except NotFound:
        return context
    if before.corrected:
        return replace(context, delivered_as=Kind.CORRECTED, reason=before.status.reason)
    return replace(context, delivered_as=Kind.RENEWED)


def _tell(delivery_context: DeliveryContext, context: EmailContext) -> None:
    """Tell the holder about the current status, unless they know of no credential or of no change."""
    status = context.record.status
    delivery = delivery_context.store.delivery(context.record.issuer_id, context.record.id)
    kind = status_emails.wanted(context.record, delivery)
    if kind is None:
        return
    if status_emails.must_wait(kind, delivery, delivery_context.now()):
        raise Unavailable("An earlier email about this credential is being sent.", code="in_flight")
    if not delivery_status.may_claim(delivery, kind, delivery_context.now(), status.at):
        claimed_by_another(delivery, kind)
        return
    with quota.counted(delivery_context, context.issuer, context.email):
        send(delivery_context, kind, context, since=status.at)


def _deliver(delivery_context: DeliveryContext, context: EmailContext) -> None:
    before = delivery_context.store.delivery(context.record.issuer_id, context.record.id)
    if not context.recipient.notify and not before.resend_requests:
        return
    # An email whose result was lost was counted when it was first tried.
    counted = quota.counted(delivery_context, context.issuer, context.email) if before.first is None else nullcontext()
    with counted:
        delivery = send(delivery_context, Kind.ISSUED, context)
    if delivery.first is not None and delivery.first.sent_at is not None:
        # Even if an earlier call sent it and crashed before this line; the tasks are identical.
        sent_at = delivery.first.sent_at
        surveys = asking.tasks(delivery_context, context.record, sent_at, context.recipient.zone)
        delivery_context.tasks.add([*_followers(context, sent_at), *surveys])


def _followers(context: EmailContext, sent_at: datetime) -> list[Task]:
    # Uses the recipient's timezone, because the mailbox's may change: repeated calls must add the same tasks.
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
    # An unidentified issuer sends no reminders.
    if not context.identified or not _is_needed(kind, delivery):
        return
    quota.refuse_paused(delivery_context, context.issuer.id)
    zone = delivery_context.mailbox(context.email).zone or context.recipient.zone
    if not reminders.allowed(now, zone):
        delivery_context.tasks.add([replace(task, due=reminders.next_allowed(now, zone), attempts=0)])
        return
    # A survey counts against the issuer's quota, because each credential adds two.
    counted = quota.counted(delivery_context, context.issuer, context.email) if kind in MONTHS else nullcontext()
    with counted:
        send(delivery_context, kind, context)


def _is_needed(kind: Kind, delivery: Delivery) -> bool:
    """Whether the reminder is still needed."""
    match kind:
        case Kind.UNOPENED:
            return delivery.opened_at is None and delivery.shared_at is None
        case Kind.UNSHARED:
            return delivery.opened_at is not None and delivery.shared_at is None
        case _:
            return True
