"""Email the owner of a verifier about a new verdict."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.access.rate_limits import Limit
from chalicelib.delivery import email_events
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import watching
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.limits.reputation import SIGN_IN
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.errors import NotFound, Refused
from chalicelib.tasks.task_queue import Task
from chalicelib.verifiers.watches.watch import WatchStore

PER_VERIFIER = Limit("watch-emails", 50, timedelta(days=1))
"""Maximum emails per verifier and day. High-volume users get every event at their callback."""


@dataclass(frozen=True, slots=True)
class EmailContext:
    """Dependencies for emailing."""

    store: WatchStore
    delivery_context: DeliveryContext


def handle(context: EmailContext, task: Task) -> None:
    """Email the event of the delivery in ``task``. Raises `Unavailable`."""
    watch_id, _, delivery_id = task.subject.partition(".")
    try:
        watch = context.store.watch(task.issuer_id, watch_id)
    except NotFound:
        return
    delivery, delivering = context.store.delivery(task.issuer_id, watch_id, delivery_id), context.delivery_context
    if delivery is None or watch.email is None:
        return
    if suppression_reason(delivering.mailbox(watch.email), Kind.WATCH_NEWS, delivering.now()) is not None:
        return
    if not delivering.within(PER_VERIFIER, watch.verifier_id):
        return
    data = json.loads(delivery.body)["data"]
    page = f"{delivering.base_url}/developers/{watch.verifier_id}/watches/{watch.id}"
    content = watching.news(watch.email, watch.url, watch.ref, data["before"], data["after"], page)
    try:
        message_id = delivering.mailer().send(content)
    except Refused:  # the address will never be accepted; the delivery log shows the event
        return
    email_events.count_sent(delivering, message_id, SIGN_IN, content)
