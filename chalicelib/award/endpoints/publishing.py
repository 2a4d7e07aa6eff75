"""Queue messages about the events of a bucket, once each, while they are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.analytics.event import Event, Kind, VisitorClass
from chalicelib.award.endpoints import document
from chalicelib.award.endpoints.endpoint import KINDS, Endpoint, EndpointStore, Message
from chalicelib.tasks.task_queue import Task, TaskQueue

TASK = "endpoint_message"
"""The kind of the tasks that send messages; their subject is an endpoint and a message."""
MAX_AGE = timedelta(days=3)
"""Older events, for example of a day that is counted again, are not sent: a receiver would treat them as new."""
MAX_BY_VISITORS = 500
"""Maximum messages to one endpoint about what visitors did in one bucket, three minutes. Visitors could cause any
number of them, while an issuer's own acts have their own limits. All are counted."""
MAX_MESSAGES = 5_000
"""Maximum messages to one endpoint about one bucket: queueing them takes about five seconds, so that all issuers are
counted on time. The worker issues fewer credentials in three minutes."""
_BY_VISITORS = frozenset({Kind.SHARED, Kind.REFERRAL})


@dataclass(frozen=True, slots=True)
class PublishContext:
    """Dependencies of publishing."""

    store: EndpointStore
    tasks: TaskQueue
    base_url: str
    clock: Callable[[], datetime]


def to_publish(events: Iterable[Event], now: datetime) -> list[Event]:
    """Those of ``events`` that can be sent: recent acts of people and issuers, in order."""
    found = (
        event
        for event in events
        if event.kind in KINDS and event.visitor_class in (None, VisitorClass.PERSON) and event.at > now - MAX_AGE
    )
    return sorted(found, key=lambda event: (event.at, event.id))


def publish(context: PublishContext, issuer_id: str, events: Sequence[Event]) -> None:
    """Queue messages about ``events`` to the endpoints of an issuer. Raises `Unavailable`."""
    wanted = to_publish(events, context.clock())
    if not wanted:
        return
    for endpoint in context.store.endpoints(issuer_id):
        if endpoint.paused is None:
            _queue(context, endpoint, wanted)


def queue(store: EndpointStore, tasks: TaskQueue, messages: Sequence[Message]) -> None:
    """Store messages and their tasks. Repeating it after a crash adds the tasks that are missing."""
    tasks.add([task_of(message) for message in store.add_messages(messages)])


def task_of(message: Message) -> Task:
    """The task that sends ``message`` when it is due."""
    return Task(TASK, message.issuer_id, f"{message.endpoint_id}.{message.id}", message.due)


def _queue(context: PublishContext, endpoint: Endpoint, events: Sequence[Event]) -> None:
    chosen = [event for event in events if event.kind.value in endpoint.kinds and event.at >= endpoint.created]
    by_visitors = [event for event in chosen if event.kind in _BY_VISITORS][:MAX_BY_VISITORS]
    acts = [event for event in chosen if event.kind not in _BY_VISITORS]
    sent = [*acts, *by_visitors][:MAX_MESSAGES]
    now = context.clock()
    queue(context.store, context.tasks, [_message(context, endpoint, event, now) for event in sent])


def _message(context: PublishContext, endpoint: Endpoint, event: Event, now: datetime) -> Message:
    body = document.text(document.of_event(event, context.base_url))
    return Message(event.id, endpoint.issuer_id, endpoint.id, event.kind.value, body, now, now, event.credential_id)
