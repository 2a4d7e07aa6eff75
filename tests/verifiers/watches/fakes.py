"""The ports of watches in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.errors import Conflict, NotFound
from chalicelib.tasks.task_queue import Task
from chalicelib.verifiers.watches.waking import Wake
from chalicelib.verifiers.watches.watch import (
    RETENTION,
    Delivery,
    State,
    Watch,
    WatchName,
    WatchPage,
    delivery_task,
    email_task,
)
from tests.fakes import TaskQueue


@dataclass
class WatchStore:
    """`verifiers.watches.watch.WatchStore`. ``tasks`` is the queue that its tasks are stored in."""

    tasks: TaskQueue = field(default_factory=TaskQueue)
    worker_tasks: TaskQueue = field(default_factory=TaskQueue)
    stored: dict[WatchName, Watch] = field(default_factory=dict)
    sent: dict[tuple[str, str, str], Delivery] = field(default_factory=dict)

    def watch(self, verifier_id: str, watch_id: str) -> Watch:
        if (verifier_id, watch_id) not in self.stored:
            raise NotFound("none")
        return self.stored[WatchName(verifier_id, watch_id)]

    def watches(self, names: Sequence[WatchName]) -> list[Watch]:
        return [self.stored[name] for name in names if name in self.stored]

    def of_verifier(self, verifier_id: str, after: str | None, limit: int) -> Sequence[Watch]:
        own = sorted(name for name in self.stored if name.verifier_id == verifier_id and name.watch_id > (after or ""))
        return [self.stored[name] for name in own[:limit]]

    def of_credential(self, credential_id: str, after: str | None, limit: int) -> WatchPage:
        return self._page([one for one in self.stored.values() if one.credential_id == credential_id], after, limit)

    def of_issuer(self, issuer_id: str, after: str | None, limit: int) -> WatchPage:
        return self._page([one for one in self.stored.values() if one.issuer_id == issuer_id], after, limit)

    def add(self, watch: Watch, tasks: Sequence[Task]) -> Watch:
        name = WatchName(watch.verifier_id, watch.id)
        if name in self.stored:
            return self.stored[name]
        self.stored[name] = watch
        self.tasks.add(tasks)
        return watch

    def replace(self, watch: Watch, tasks: Sequence[Task] = (), delivery: Delivery | None = None) -> None:
        name = WatchName(watch.verifier_id, watch.id)
        before = self.stored.get(name)
        if before is None or before.version != watch.version - 1:
            raise Conflict("changed concurrently")
        self.stored[name] = watch
        self.tasks.add(tasks)
        if delivery is not None:
            self.add_delivery(delivery, [delivery_task(delivery)] if delivery.state is State.WAITING else [])
            news = email_task(watch, delivery)
            self.worker_tasks.add([] if news is None else [news])

    def remove(self, watch: Watch) -> bool:
        return self.stored.pop(WatchName(watch.verifier_id, watch.id), None) is not None

    def add_delivery(self, delivery: Delivery, tasks: Sequence[Task]) -> None:
        self.sent[_key(delivery)] = delivery
        self.tasks.add(tasks)

    def delivery(self, verifier_id: str, watch_id: str, delivery_id: str) -> Delivery | None:
        return self.sent.get((verifier_id, watch_id, delivery_id))

    def replace_delivery(self, delivery: Delivery, tasks: Sequence[Task] = ()) -> None:
        before = self.sent.get(_key(delivery))
        if before is None or before.version != delivery.version - 1:
            raise Conflict("changed concurrently")
        self.sent[_key(delivery)] = delivery
        self.tasks.add(tasks)

    def deliveries(
        self, verifier_id: str, watch_id: str, before: str | None, limit: int, now: datetime
    ) -> Sequence[Delivery]:
        own = sorted((key for key in self.sent if key[:2] == (verifier_id, watch_id)), reverse=True)
        found = [self.sent[key] for key in own if before is None or key[2] < before][:limit]
        return [one for one in found if now < one.queued + RETENTION]

    def _page(self, found: list[Watch], after: str | None, limit: int) -> WatchPage:
        names = sorted(WatchName(one.verifier_id, one.id) for one in found)
        page = [name for name in names if "#".join(name) > (after or "")][:limit]
        return WatchPage(page, "#".join(page[-1]) if len(page) == limit else None)


@dataclass
class Wakes:
    """The queue of messages."""

    waiting: list[Wake] = field(default_factory=list)

    def send(self, wakes: Sequence[Wake]) -> None:
        self.waiting.extend(wakes)


def _key(delivery: Delivery) -> tuple[str, str, str]:
    return delivery.verifier_id, delivery.watch_id, delivery.id
