"""Send the letter about a credential once more, because its issuer asks."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.access.rate_limits import TooMany
from chalicelib.delivery import delivery_status
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.emails.email_content import Kind
from chalicelib.delivery.handlers import DELIVER, stands
from chalicelib.delivery.mailbox import held_back
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.tasks.task_queue import Task

APART = timedelta(minutes=10)
"""A letter takes minutes; who does not see it yet shall wait for it before another one."""
A_DAY = 3
"""Letters about one credential that may be asked for within a day."""

_DAY = timedelta(days=1)


def send_again(delivery_context: DeliveryContext, issuer_id: str, credential_id: str) -> Delivery:
    """Have the first letter sent as soon as a worker comes to it, also to somebody who was not to be written to.

    Raises `NotFound` when it is no credential of this issuer; `Refused` when it cannot be: `not_active`,
    `no_address`, the codes of `mailbox.held_back`; `TooMany`; `Conflict` (`in_flight`) while it is being sent.
    """
    record = delivery_context.archive.record(credential_id)
    if record.issuer_id != issuer_id:
        raise NotFound("This credential does not exist.")
    if not stands(record, delivery_context.now()):
        raise Refused(
            "Laurel sends no email about a credential that is revoked, suspended, superseded or expired.",
            code="not_active",
        )
    recipient = delivery_context.archive.recipient(credential_id)
    if recipient.email is None:
        raise Refused("This credential has no email address.", code="no_address")
    barred = held_back(delivery_context.mailbox(recipient.email), Kind.ISSUED, issuer_id)
    if barred is not None:
        raise Refused(_BARRED[barred], code=barred)
    now = delivery_context.now()

    def ask(one: Delivery) -> Delivery:
        first = one.first
        if first is not None and not first.answered and now - first.claimed_at < delivery_status.ANSWER:
            raise Conflict("The email is being sent right now.", code="in_flight")
        lately = [at for at in one.asked if now - at < _DAY]
        latest = max((at for at in (*lately, first and first.sent_at) if at), default=None)
        if len(lately) >= A_DAY or (latest is not None and now - latest < APART):
            wait = APART if len(lately) < A_DAY else _DAY
            raise TooMany(
                f"You can resend the email every {APART.seconds // 60} minutes, up to {A_DAY} times a day.",
                int(wait.total_seconds()),
            )
        return delivery_status.asked_again(one, now, A_DAY)

    _, after = delivery_context.change(issuer_id, credential_id, ask)
    delivery_context.tasks.add([Task(DELIVER, issuer_id, credential_id, now)])
    return after


_BARRED = {
    "bounced": "Emails to this address bounce. Correct the credential's address.",
    "complained": "The recipient marked an email as spam, so Laurel no longer emails this address.",
    "forgotten": "The recipient asked Laurel not to email them.",
    "unsubscribed": "The recipient has unsubscribed from your emails.",
}
