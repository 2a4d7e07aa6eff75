"""Send deliveries to the callbacks of watches: signed by Standard Webhooks, and retried for three days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from chalicelib.award.endpoints.sending import RETRY_FOR, Sender
from chalicelib.award.webhooks import signature
from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.tasks.task_queue import Task
from chalicelib.tasks.worker import FIRST_PAUSE, MAX_PAUSE, jittered, pause
from chalicelib.verifiers.watches.watch import Delivery, State, Watch, WatchStore, delivery_task

_OK, _REDIRECTION, _GONE = 200, 300, 410
"""HTTP statuses (RFC 9110, 15)."""
_LONGEST = 10
"""Number of attempts after which the pause stays at its maximum, `worker.MAX_PAUSE`."""


@dataclass(frozen=True, slots=True)
class SendContext:
    """Dependencies for sending, for one run."""

    store: WatchStore
    sender: Sender
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    resting: set[str] = field(default_factory=set)
    """Hosts that failed in this run. Further deliveries to them wait, so that they do not use up the shared time."""


def handle(context: SendContext, task: Task) -> None:
    """Send the delivery in ``task``, unless it has a later task. Raises `Unavailable`."""
    watch_id, _, delivery_id = task.subject.partition(".")
    delivery = context.store.delivery(task.issuer_id, watch_id, delivery_id)
    if delivery is not None and delivery.state is State.WAITING and delivery.due <= task.due:
        _send(context, delivery)


def send_at_once(context: SendContext, verifier_id: str, subject: str) -> None:
    """Send a delivery that has not been attempted yet, before its task is due. Raises `Unavailable`."""
    watch_id, _, delivery_id = subject.partition(".")
    delivery = context.store.delivery(verifier_id, watch_id, delivery_id)
    if delivery is not None and delivery.state is State.WAITING and not delivery.attempts:
        _send(context, delivery)


def _send(context: SendContext, delivery: Delivery) -> None:
    try:
        watch = context.store.watch(delivery.verifier_id, delivery.watch_id)
    except NotFound:
        _save(context, replace(delivery, state=State.FAILED, code="watch_deleted"))
        return
    if watch.disabled is not None or watch.callback is None:
        _save(context, replace(delivery, state=State.FAILED, code="watch_disabled"))
    elif _host(watch.callback) in context.resting:
        _wait(context, delivery)
    else:
        _attempt(context, watch, watch.callback, delivery)


def _attempt(context: SendContext, watch: Watch, callback: str, delivery: Delivery) -> None:
    now = context.clock()
    status, code = _post(context, watch, callback, delivery, now)
    after = replace(delivery, attempts=delivery.attempts + 1, sent=now, status=status, code=code)
    if status is not None and _OK <= status < _REDIRECTION:
        _save(context, replace(after, state=State.DELIVERED))
        return
    # A redirect is a failure, and 410 means that the receiver wants no more: Standard Webhooks, "Delivery of webhooks".
    context.resting.add(_host(callback))
    if status == _GONE:
        _disable(context, watch, now)
    if status == _GONE or now - delivery.queued >= RETRY_FOR:
        _save(context, replace(after, state=State.FAILED))
    else:
        _plan(context, after, context.clock() + pause(min(after.attempts, _LONGEST), context.entropy))


def _post(
    context: SendContext, watch: Watch, callback: str, delivery: Delivery, now: datetime
) -> tuple[int | None, str | None]:
    body, timestamp = delivery.body.encode(), int(now.timestamp())
    valid = (secret for secret in watch.secrets if secret.expires is None or now < secret.expires)
    headers = {
        "webhook-id": delivery.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature.sign(delivery.id, timestamp, body, secret.value) for secret in valid),
    }
    try:
        return context.sender.send(callback, body, headers), None
    except Unavailable as error:
        return None, error.code


def _disable(context: SendContext, watch: Watch, now: datetime) -> None:
    with suppress(Conflict):  # the watch was checked or changed in the meantime; the next delivery gets the same answer
        context.store.replace(replace(watch, disabled=now, next_check=None, version=watch.version + 1))


def _wait(context: SendContext, delivery: Delivery) -> None:
    """Delay a delivery to a failing host by about as long as it has already waited, so that many deliveries cause few
    writes."""
    now = context.clock()
    waited = now - delivery.queued
    if waited >= RETRY_FOR:
        _save(context, replace(delivery, state=State.FAILED, code=delivery.code or "host_failing"))
    else:
        _plan(context, delivery, now + jittered(min(max(waited, FIRST_PAUSE), MAX_PAUSE), context.entropy))


def _plan(context: SendContext, delivery: Delivery, due: datetime) -> None:
    later = replace(delivery, due=due)
    _save(context, later, [delivery_task(later)])


def _save(context: SendContext, delivery: Delivery, tasks: Sequence[Task] = ()) -> None:
    with suppress(Conflict):  # the delivery was erased, or another run sent it too
        context.store.replace_delivery(replace(delivery, version=delivery.version + 1), tasks)


def _host(callback: str) -> str:
    return urlsplit(callback).netloc.lower()
