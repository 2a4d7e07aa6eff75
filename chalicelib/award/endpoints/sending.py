"""Send messages to endpoints: signed, retried for three days, and paused when an endpoint fails for long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.award.endpoints.endpoint import Endpoint, EndpointStore, Message, Pause, State
from chalicelib.award.endpoints.publishing import task_of
from chalicelib.award.webhooks import signature
from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.tasks.task_queue import Task, TaskQueue
from chalicelib.tasks.worker import FIRST_PAUSE, MAX_PAUSE, jittered, pause

RETRY_FOR = timedelta(days=3)
"""How long a message is retried, about as long as Standard Webhooks advises ("Retries and retry schedule")."""
PAUSE_AFTER = timedelta(days=3)
"""An endpoint that has accepted nothing for this long and fails again is paused."""
_OK, _REDIRECTION, _GONE = 200, 300, 410
"""Statuses of HTTP (RFC 9110, 15). A redirect is a failure: Standard Webhooks, "Delivery of webhooks"."""
PROMPT = timedelta(milliseconds=500)
"""A response within this time is not slow: a run has time for a hundred of them."""
SLOW = timedelta(seconds=4)
"""Maximum time per run spent on an endpoint's slow responses: slightly less than that of one response that arrives just
before `fetch.TOTAL_SECONDS`. A receiver that starts with its first message may answer that one in a second or two."""
_LONGEST = 10
"""Attempts after which the pause between them is the longest, `worker.MAX_PAUSE`."""
PAUSED = "endpoint_paused"
"""The kind of the task that emails the issuer; its subject is the endpoint. It is in the queue of the worker, because
the function that sends messages may send no email."""


class Sender(Protocol):
    """Sends a message through the guarded fetcher."""

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """POST ``body`` and return the status of the response; no redirect is followed. Raises `Unavailable`."""


@dataclass(frozen=True, slots=True)
class SendContext:
    """Dependencies of sending, for one run."""

    store: EndpointStore
    sender: Sender
    tasks: TaskQueue
    """The queue of the messages."""
    worker_tasks: TaskQueue
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    slow: dict[tuple[str, str], timedelta] = field(default_factory=dict)
    """Time spent on slow responses in this run, by issuer and endpoint id."""
    resting: set[tuple[str, str]] = field(default_factory=set)
    """Endpoints, by issuer and id, that failed in this run or were slow. Their other messages wait, so that each takes
    little of the time that all share."""


def handle(context: SendContext, task: Task) -> None:
    """Send the message that ``task`` names, unless a later attempt is planned. Raises `Unavailable`.

    A task that was postponed after an error is due later than its message.
    """
    endpoint_id, _, message_id = task.subject.partition(".")
    message = context.store.message(task.issuer_id, endpoint_id, message_id)
    if message is None or message.state is not State.WAITING or message.due > task.due:
        return
    try:
        endpoint = context.store.endpoint(task.issuer_id, endpoint_id)
    except NotFound:
        _save(context, replace(message, state=State.FAILED, code="endpoint_deleted"))
        return
    if endpoint.paused is not None:
        _save(context, replace(message, state=State.FAILED, code="endpoint_paused"))
    elif _key(endpoint) in context.resting:
        _wait(context, message)
    else:
        _attempt(context, endpoint, message)


def _attempt(context: SendContext, endpoint: Endpoint, message: Message) -> None:
    now = context.clock()
    status, code = _send(context, endpoint, message, now)
    _time(context, endpoint, context.clock() - now)
    after = replace(message, attempts=message.attempts + 1, sent=now, status=status, code=code)
    if status is not None and _OK <= status < _REDIRECTION:
        _save(context, replace(after, state=State.DELIVERED))
        if endpoint.failing_since is not None:
            _change(context, replace(endpoint, failing_since=None))
        return
    context.resting.add(_key(endpoint))
    _failed(context, endpoint, status, now)
    if now - message.queued >= RETRY_FOR or status == _GONE:
        _save(context, replace(after, state=State.FAILED))
    else:
        _retry(context, after)


def _send(context: SendContext, endpoint: Endpoint, message: Message, now: datetime) -> tuple[int | None, str | None]:
    body, timestamp = message.body.encode(), int(now.timestamp())
    valid = (secret for secret in endpoint.secrets if secret.expires is None or now < secret.expires)
    headers = {
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature.sign(message.id, timestamp, body, secret.value) for secret in valid),
    }
    try:
        return context.sender.send(endpoint.url, body, headers), None
    except Unavailable as error:
        return None, error.code


def _time(context: SendContext, endpoint: Endpoint, took: timedelta) -> None:
    """Skip an endpoint for the rest of this run once its slow responses have used up `SLOW`."""
    if took > PROMPT:
        total = context.slow.get(_key(endpoint), timedelta()) + took
        context.slow[_key(endpoint)] = total
        if total >= SLOW:
            context.resting.add(_key(endpoint))


def _retry(context: SendContext, message: Message) -> None:
    """Plan the next attempt of a message that was not accepted."""
    _plan(context, message, pause(max(1, min(message.attempts, _LONGEST)), context.entropy))


def _wait(context: SendContext, message: Message) -> None:
    """Delay a message to a skipped endpoint by about as long as it has already waited, so that a long queue takes few
    writes."""
    waited = context.clock() - message.queued
    if waited >= RETRY_FOR:
        _save(context, replace(message, state=State.FAILED, code=message.code if message.attempts else "endpoint_slow"))
    else:
        _plan(context, message, jittered(min(max(waited, FIRST_PAUSE), MAX_PAUSE), context.entropy))


def _plan(context: SendContext, message: Message, after: timedelta) -> None:
    """The task comes first: without its message, it does nothing."""
    later = replace(message, due=context.clock() + after)
    context.tasks.add([task_of(later)])
    _save(context, later)


def _failed(context: SendContext, endpoint: Endpoint, status: int | None, now: datetime) -> None:
    """Note a failure of an endpoint, and pause it if it has failed for long."""
    if endpoint.failing_since is None:
        endpoint = replace(endpoint, failing_since=now)
    elif status != _GONE and now - endpoint.failing_since < PAUSE_AFTER:
        return
    if status == _GONE:
        endpoint = replace(endpoint, paused=Pause.GONE)
    elif endpoint.failing_since is not None and now - endpoint.failing_since >= PAUSE_AFTER:
        endpoint = replace(endpoint, paused=Pause.FAILING)
    if endpoint.paused is not None:
        # Before the endpoint is paused: one email too many is better than none.
        context.worker_tasks.add([Task(PAUSED, endpoint.issuer_id, endpoint.id, now)])
    _change(context, endpoint)


def _key(endpoint: Endpoint) -> tuple[str, str]:
    return endpoint.issuer_id, endpoint.id


def _change(context: SendContext, endpoint: Endpoint) -> None:
    with suppress(Conflict):  # a person has changed it meanwhile, and the next message decides again
        context.store.replace_endpoint(replace(endpoint, version=endpoint.version + 1))


def _save(context: SendContext, message: Message) -> None:
    with suppress(Conflict):  # it was erased, or another run has sent it too
        context.store.replace_message(replace(message, version=message.version + 1))
