"""Emails that an issuer's quota does not allow yet. They stay stored as they are, and one task per issuer sends as many
as the quota allows when it renews. A backlog therefore costs writes only for the emails that leave it.

Every step may be repeated: an email is deleted here after its handler returns, and a handler never resends one that was
already sent. A worker that is killed in between leaves an email here whose handler does nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.access.rate_limits import Limit
from chalicelib.credential import dates
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.limits import pausing, quota
from chalicelib.delivery.limits.reputation import Reputation
from chalicelib.delivery.ports import DeferredEmail
from chalicelib.tasks.task_queue import Task

KIND = "deferred_emails"
"""Task kind: send an issuer's deferred emails."""
SPREAD = timedelta(hours=16)
"""After midnight, issuers' deferred emails are retried over this period, so that they do not all start at once and have
eight hours left."""
CALL = timedelta(seconds=10)
"""Maximum time before the last email of one call begins: half of `worker.SLICE`, because sending takes time."""
PER_CALL = 100
"""Deferred emails read in one call: more than can be sent in `CALL`."""
MAX_FAILURES = 3
"""Number of consecutive failures after which the email service or storage is considered down."""
MOVES = Limit("deferred-moves", 1000, timedelta(days=1))
"""Maximum emails of one issuer that may be moved behind the others in a day because the recipient's daily limit is
reached. Bounds the writes when an issuer has thousands of emails for one address."""

Handler = Callable[[Task], None]


def retry_time(issuer_id: str, now: datetime) -> datetime:
    """When the issuer's deferred emails are tried again: the next day, at the issuer's own time."""
    spread = int(SPREAD.total_seconds())
    return dates.next_day(now) + timedelta(seconds=zlib.crc32(issuer_id.encode()) % spread)


def defer(delivery_context: DeliveryContext, task: Task) -> None:
    """Store the email of ``task`` until the quota allows it. Idempotent."""
    email = DeferredEmail(task.issuer_id, task.due, task.kind, task.subject)
    delivery_context.store.add_deferred(email)
    schedule_retry(delivery_context, task.issuer_id, retry_time(task.issuer_id, delivery_context.now()))


def schedule_retry(delivery_context: DeliveryContext, issuer_id: str, due: datetime) -> None:
    """Add the issuer's task. All calls of a day add the same one."""
    delivery_context.tasks.add([Task(KIND, issuer_id, "", due)])


def resume(delivery_context: DeliveryContext, issuer_id: str) -> Reputation:
    """End the pause of an issuer's emails, send the deferred ones, and return the reputation before the change. Raises
    `Unavailable`."""
    before = pausing.resume(delivery_context, issuer_id)
    schedule_retry(delivery_context, issuer_id, delivery_context.now())
    return before


def deferring(delivery_context: DeliveryContext, handle: Handler) -> Handler:
    """``handle``, whose email is deferred when the quota is used up."""

    def handle_or_defer(task: Task) -> None:
        try:
            handle(task)
        except quota.Exceeded:
            defer(delivery_context, task)

    return handle_or_defer


def sender(delivery_context: DeliveryContext, handlers: Mapping[str, Handler]) -> Handler:
    """The handler of `KIND`. ``handlers`` send one email each and raise `quota.Exceeded`."""

    def send(task: Task) -> None:
        now = delivery_context.now()
        emails = delivery_context.store.deferred(task.issuer_id, now, PER_CALL)
        failures = 0
        for email in emails:
            if delivery_context.now() - now >= CALL:
                break
            try:
                handlers[email.kind](email.task())
            except quota.Exceeded as error:
                if not error.of_recipient or not _move(delivery_context, email, now):
                    schedule_retry(delivery_context, task.issuer_id, retry_time(task.issuer_id, now))
                    return
                continue
            except Exception:  # an error in one email must not stop the others
                failures += 1
                if failures >= MAX_FAILURES:
                    schedule_retry(delivery_context, task.issuer_id, retry_time(task.issuer_id, now))
                    raise
                # It becomes a task of its own, which is retried and reported as any other.
                delivery_context.tasks.add([email.task(now)])
            else:
                failures = 0
            delivery_context.store.delete_deferred(email)
        _continue(delivery_context, task, now)

    return send


def _move(delivery_context: DeliveryContext, email: DeferredEmail, now: datetime) -> bool:
    """Move an email behind all that are due today; False when too many were moved."""
    if not delivery_context.within(MOVES, email.issuer_id):
        return False
    delivery_context.store.add_deferred(replace(email, since=dates.next_day(now)))
    delivery_context.store.delete_deferred(email)
    return True


def _continue(delivery_context: DeliveryContext, task: Task, now: datetime) -> None:
    if delivery_context.store.deferred(task.issuer_id, now, 1):
        # Later than this task, which would otherwise be the same one.
        schedule_retry(delivery_context, task.issuer_id, max(now, task.due + timedelta(microseconds=1)))
    elif delivery_context.store.deferred(task.issuer_id, dates.next_day(now), 1):
        schedule_retry(delivery_context, task.issuer_id, retry_time(task.issuer_id, now))
