"""Rotate the secret of a watch, delete watches, send test events and replay deliveries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from chalicelib.award.webhooks import signature
from chalicelib.award.webhooks.webhook import Secret
from chalicelib.award.webhooks.webhook_actions import MAX_SECRETS, OVERLAP
from chalicelib.credential import dates
from chalicelib.errors import Conflict, NotFound, QuotaExceeded, Refused, Unavailable
from chalicelib.tasks.task_queue import Task, TaskQueue
from chalicelib.verifiers.watches import creating, verdicts
from chalicelib.verifiers.watches.creating import WatchContext, WatchWithSecret
from chalicelib.verifiers.watches.waking import Wake, WakeSubject
from chalicelib.verifiers.watches.watch import REMOVE, Delivery, State, Watch, WatchStore, delivery_task

REQUESTED_PER_DAY = 100
"""Maximum tests and replays per verifier and UTC day."""
MAX_ATTEMPTS = 8
"""Maximum attempts per change. An attempt fails if the watch is checked or changed at the same time."""
AGAIN = timedelta(hours=1)
"""Delay before the watches of a deleted verifier are deleted again, in case a concurrent request has created one."""
_PAGE = 25
MAX_PAGES = 20
"""Maximum pages per call: 500 watches, each with a transaction of about ten milliseconds."""


@dataclass(frozen=True, slots=True)
class RemovalContext:
    """Dependencies for deleting all watches of a verifier."""

    store: WatchStore
    tasks: TaskQueue


def rotate(context: WatchContext, verifier_id: str, watch_id: str) -> WatchWithSecret:
    """Create a new secret. Deliveries are also signed with the previous one for `OVERLAP`, so that the receiver has
    time to switch. Raises `NotFound`, `Unavailable`."""
    for _ in range(MAX_ATTEMPTS):
        before, now = context.store.watch(verifier_id, watch_id), context.clock()
        current, *older = before.secrets
        kept = [each for each in older if each.expires is not None and now < each.expires]
        fresh = Secret(context.entropy(signature.SECRET_BYTES), now)
        earlier = (replace(current, expires=now + OVERLAP), *kept)[: MAX_SECRETS - 1]
        after = replace(before, secrets=(fresh, *earlier), version=before.version + 1)
        try:
            context.store.replace(after)
        except Conflict:
            continue
        return WatchWithSecret(after, signature.write_secret(fresh.value))
    raise Unavailable("This watch is being changed too often. Try again.", code="storage_busy")


def remove(context: WatchContext, verifier_id: str, watch_id: str) -> None:
    """Delete a watch and its secrets. Raises `NotFound`, `Unavailable`."""
    creating.remove(context, context.store.watch(verifier_id, watch_id))


def test(context: WatchContext, verifier_id: str, watch_id: str) -> Delivery:
    """Send a test event to the callback. Raises `NotFound`, `Refused` (`watch_disabled`), `QuotaExceeded`
    (`daily_limit_exceeded`), `Unavailable`."""
    watch = _working(context, verifier_id, watch_id)
    now = context.clock()
    _count(context, verifier_id, now)
    delivery = verdicts.test_event(watch, ulid(now, context.entropy(ENTROPY_BYTES)), now)
    context.store.add_delivery(delivery, [delivery_task(delivery)])
    _wake(context, delivery)
    return delivery


def replay(context: WatchContext, verifier_id: str, watch_id: str, delivery_id: str) -> Delivery:
    """Replay a delivery with the same id and body. Raises as `test`, and `Conflict`."""
    _working(context, verifier_id, watch_id)
    before, now = context.store.delivery(verifier_id, watch_id, delivery_id), context.clock()
    if before is None:
        raise NotFound("no such delivery")
    _count(context, verifier_id, now)
    after = replace(
        before, state=State.WAITING, queued=now, due=now + verdicts.NET, attempts=0, version=before.version + 1
    )
    context.store.replace_delivery(after, [delivery_task(after)])
    _wake(context, after)
    return after


def remove_all(context: RemovalContext, verifier_id: str, now: datetime) -> None:
    """Delete all watches of a verifier now, and again after `AGAIN`. Raises `Unavailable`."""
    context.tasks.add([Task(REMOVE, verifier_id, verifier_id, due) for due in (now, now + AGAIN)])


def handle_removal(context: RemovalContext, task: Task, now: datetime) -> None:
    """Delete some of the watches of the verifier in ``task``. A new task deletes the rest. Raises
    `Unavailable`."""
    after: str | None = None
    for _ in range(MAX_PAGES):
        watches = context.store.of_verifier(task.subject, after, _PAGE)
        for watch in watches:
            context.store.remove(watch)
        if len(watches) < _PAGE:
            return
        after = watches[-1].id
    context.tasks.add([replace(task, due=now, attempts=0)])


def _working(context: WatchContext, verifier_id: str, watch_id: str) -> Watch:
    watch = context.store.watch(verifier_id, watch_id)
    if watch.callback is None:
        raise Refused("This watch has no callback, so its events are only emailed.")
    if watch.disabled is not None:
        detail = "The callback of this watch returned 410, so Laurel sends it no more events. Create a new watch."
        raise Refused(detail, code="watch_disabled")
    return watch


def _count(context: WatchContext, verifier_id: str, now: datetime) -> None:
    midnight = dates.next_day(now)
    if not context.counters.add(
        f"{verifier_id} requested {now.astimezone(UTC).date()}", 1, REQUESTED_PER_DAY, midnight
    ):
        detail = f"You have sent {REQUESTED_PER_DAY} tests and replays today, which is the limit."
        seconds = max(1, int((midnight - now).total_seconds()))
        raise QuotaExceeded(detail, midnight, seconds, code="daily_limit_exceeded")


def _wake(context: WatchContext, delivery: Delivery) -> None:
    context.wake([Wake(WakeSubject.DELIVERY, f"{delivery.watch_id}.{delivery.id}", delivery.verifier_id)])
