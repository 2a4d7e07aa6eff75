"""Send one email about a credential: claim it, send it, store the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.credential.record import Record
from chalicelib.delivery import delivery_status, email_events
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.emails.compose import about_credential
from chalicelib.delivery.emails.credential_email import EmailContext, Links
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.limits import pausing
from chalicelib.delivery.links import Purpose
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.delivery.ports import NotSent, SentEmail
from chalicelib.errors import NotFound, Refused, Unavailable


def send(
    delivery_context: DeliveryContext, kind: Kind, context: EmailContext, since: datetime | None = None
) -> Delivery:
    """Send the email unless it was sent (``since`` an event), is suppressed or must not be sent twice, and return the
    changed delivery.

    Raises `Unavailable` when it should be retried: `NotSent` when it was certainly not sent by this call.
    """
    now, by = delivery_context.now(), delivery_context.entropy(16).hex()
    box = delivery_context.mailbox(context.email)
    reason = suppression_reason(box, kind, now, context.record.issuer_id)

    def take(one: Delivery) -> Delivery:
        if not delivery_status.may_claim(one, kind, now, since):
            return one
        claimed = delivery_status.claimed(one, kind, now, by)
        return delivery_status.given_up(claimed, kind, reason, by) if reason else claimed

    before, after = delivery_context.change(context.record.issuer_id, context.record.id, take)
    if before == after:
        return claimed_by_another(after, kind)
    if reason:
        return after
    return _send_claimed(delivery_context, kind, replace(context, chosen_lang=box.lang), by)


def claimed_by_another(delivery: Delivery, kind: Kind) -> Delivery:
    attempt = delivery.emails[kind]
    if delivery_status.is_pending(attempt, kind):
        raise NotSent("Another worker is sending this email.", code="in_flight")
    return delivery


def _send_claimed(delivery_context: DeliveryContext, kind: Kind, context: EmailContext, by: str) -> Delivery:
    record = context.record

    def change(step: Callable[[Delivery], Delivery]) -> Delivery:
        return delivery_context.change(record.issuer_id, record.id, step)[1]

    ids = {"issuer_id": record.issuer_id, "credential_id": record.id}
    my, my_link = delivery_context.link(Purpose.MY, context.email, **ids)
    stop, stop_link = delivery_context.link(Purpose.UNSUBSCRIBE, context.email, **ids)
    try:
        delivery_context.store.add_links((my_link, stop_link))
        content = about_credential(context.delivered_as if kind is Kind.ISSUED else kind, context, Links(my, stop))
        _check_unchanged(delivery_context, record)
    except Unavailable as error:
        # Certainly nothing was sent, so the claim is released.
        change(lambda one: delivery_status.released(one, kind, by))
        raise NotSent(error.detail, code=error.code) from error
    try:
        message_id = delivery_context.mailer().send(content)
    except NotSent:
        change(lambda one: delivery_status.released(one, kind, by))
        raise
    except Refused as error:
        code = error.code
        return change(lambda one: delivery_status.given_up(one, kind, code, by))
    at = delivery_context.now()
    sent = change(lambda one: delivery_status.sent(one, kind, at))
    sent_email = SentEmail(record.id, record.issuer_id, kind, email_events.recipient(context.email))
    delivery_context.store.add_sent_email(message_id, sent_email, at)
    pausing.count_sent(delivery_context, record.issuer_id)
    email_events.apply_early_events(delivery_context, message_id, sent_email)
    return sent


def _check_unchanged(delivery_context: DeliveryContext, record: Record) -> None:
    """Raises `NotSent` if the status of a credential has changed since ``record`` was read, which decided the email.

    Called after the claim. The task of a status change reads the claim after the change was stored. So either this
    email sees the change, or that task sees this email.
    """
    try:
        current = delivery_context.archive.record(record.id)
    except NotFound:
        current = None
    if current is None or (current.status, current.superseded_by) != (record.status, record.superseded_by):
        raise NotSent("The status of the credential has just changed.", code="changed")
