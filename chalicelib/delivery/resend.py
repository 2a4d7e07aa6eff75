"""Resend the email about a credential at the issuer's request."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.access.rate_limits import TooMany
from chalicelib.award.issuing.storing import DELIVER
from chalicelib.delivery import delivery_status
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.handlers import is_current
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.tasks.task_queue import Task

MIN_INTERVAL = timedelta(minutes=10)
"""Minimum time between two emails, because delivery can take minutes."""
MAX_PER_DAY = 3
"""Maximum resend requests per credential and day."""

STORED_AFTER = timedelta(seconds=30)
"""When the request has been stored or has failed: longer than the function that answers it may run (25 s)."""

_DAY = timedelta(days=1)


def resend_email(delivery_context: DeliveryContext, issuer_id: str, credential_id: str) -> Delivery:
    """Queue the first email again, even if the credential was issued without notifying the holder.

    Raises `NotFound` when the issuer has no such credential; `Refused` (`not_active`, `no_address`, or a code of
    `mailbox.suppression_reason`); `TooMany`; `Conflict` (`in_flight`) while it is being sent.
    """
    record = delivery_context.archive.record(credential_id)
    if record.issuer_id != issuer_id:
        raise NotFound("This credential does not exist.")
    if not is_current(record, delivery_context.now()):
        raise Refused(
            "Laurel does not send emails about revoked, suspended, replaced or expired credentials.",
            code="not_active",
        )
    email = _email(delivery_context, credential_id)
    if email is None:
        raise Refused("This credential has no email address.", code="no_address")
    now = delivery_context.now()
    reason = suppression_reason(delivery_context.mailbox(email), Kind.ISSUED, now, issuer_id)
    if reason is not None:
        raise Refused(_REASONS[reason], code=reason)

    def ask(one: Delivery) -> Delivery:
        first = one.first
        if first is not None and not first.answered and now - first.claimed_at < delivery_status.CLAIM_TIMEOUT:
            raise Conflict("The email is being sent right now.", code="in_flight")
        recent = [at for at in one.resend_requests if now - at < _DAY]
        latest = max((at for at in (*recent, first and first.sent_at) if at), default=None)
        if len(recent) >= MAX_PER_DAY or (latest is not None and now - latest < MIN_INTERVAL):
            wait = MIN_INTERVAL if len(recent) < MAX_PER_DAY else _DAY
            raise TooMany(
                f"You can resend it once every {MIN_INTERVAL.seconds // 60} minutes, up to {MAX_PER_DAY} times a day.",
                int(wait.total_seconds()),
            )
        return delivery_status.with_resend_request(one, now, MAX_PER_DAY)

    ask(delivery_context.store.delivery(issuer_id, credential_id))
    # The task first, so that a crash leaves no email waiting without a task. Without a stored request it does nothing.
    delivery_context.tasks.add([Task(DELIVER, issuer_id, credential_id, now + STORED_AFTER)])
    return delivery_context.change(issuer_id, credential_id, ask)[1]


def _email(delivery_context: DeliveryContext, credential_id: str) -> str | None:
    try:
        return delivery_context.archive.recipient(credential_id).email
    except NotFound:
        return None  # issued before recipients were stored


_REASONS = {
    "bounced": "Emails to this address bounce. Correct the credential's address.",
    "complained": "The recipient marked an email as spam, so Laurel no longer emails this address.",
    "forgotten": "The recipient asked Laurel not to email them.",
    "unsubscribed": "The recipient has unsubscribed from your emails.",
}
