"""Email an issuer that one of its endpoints was paused."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.access.rate_limits import Limit
from chalicelib.delivery import email_events
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import endpoint
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.issuer_contact import contact_of
from chalicelib.delivery.limits import pausing
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.errors import NotFound, Refused
from chalicelib.tasks.task_queue import Task

PER_ISSUER = Limit("endpoint-emails-issuer", 5, timedelta(days=1))
"""Maximum emails to one issuer, or to all issuers of one registered domain: as many as an issuer has endpoints."""


def handle(delivery_context: DeliveryContext, task: Task) -> None:
    """Email the contact of the issuer of ``task`` about its endpoint. Raises `Unavailable`."""
    try:
        issuer = delivery_context.archive.issuer(task.issuer_id)
    except NotFound:
        return
    now = delivery_context.now()
    email = contact_of(issuer, now)
    if email is None or pausing.is_paused(delivery_context, issuer.id):
        return
    if suppression_reason(delivery_context.mailbox(email), Kind.ENDPOINT_PAUSED, now, issuer.id) is not None:
        return
    if not delivery_context.within(PER_ISSUER, issuer.quota_owner_id(now)):
        return
    page = f"{delivery_context.base_url}/console/{issuer.id}/endpoints/{task.subject}"
    content = endpoint.paused(email, issuer, page)
    try:
        message_id = delivery_context.mailer().send(content)
    except Refused:  # the address will never be accepted; the console shows that the endpoint is paused
        return
    email_events.count_sent(delivery_context, message_id, issuer.id, content)
