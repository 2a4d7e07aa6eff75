"""The task queue on DynamoDB: one item per task. Its key contains the due time, so postponing a task moves its item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, Self

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, epoch, read
from chalicelib.dynamo.tables import ConditionFailed, Delete, Put, Raw, Tables
from chalicelib.errors import NotFound
from chalicelib.tasks.task_queue import DeadLetter, Task, lease


class TaskItem(Item, discriminator="task"):
    """A task in the queue. ``leased_until`` is in epoch seconds; 0 when no worker has claimed the task."""

    kind = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    subject = UnicodeAttribute()
    due = UTCDateTimeAttribute()
    attempts = NumberAttribute()
    leased_until = NumberAttribute()

    @classmethod
    def of(cls, task: Task, leased_until: int = 0, queue: str = keys.TASKS) -> Self:
        return cls(*_key(task, queue), leased_until=leased_until, **_members(task))

    def to_domain(self) -> Task:
        return _task(self)


class DeadLetterItem(Item, discriminator="dead_letter"):
    """A dead letter; ``due`` is when the task was moved here."""

    kind = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    subject = UnicodeAttribute()
    due = UTCDateTimeAttribute()
    attempts = NumberAttribute()
    code = UnicodeAttribute()

    @classmethod
    def of(cls, dead_letter: DeadLetter, queue: str) -> Self:
        return cls(*_dead_letter_key(dead_letter.task, queue), code=dead_letter.code, **_members(dead_letter.task))

    def to_domain(self) -> DeadLetter:
        return DeadLetter(_task(self), self.code)


def raw(task: Task) -> Raw:
    """A new task as an item of the table ``credentials``, to be put in the transaction that creates it."""
    return TaskItem.of(task).raw()


class DynamoTaskQueue:
    """`tasks.task_queue.TaskQueue` on DynamoDB.

    `attempts` is the version of an item: each claim increments it, and only the worker with the current value may move
    the task. A worker that overran its lease therefore cannot move a task that another worker has claimed.
    """

    def __init__(self, tables: Tables, queue: str = keys.TASKS) -> None:
        self._tables = tables
        self._table = tables.credentials
        self._queue = queue

    def add(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            try:
                self._tables.put(self._table, Put(self._raw(task)))
            except ConditionFailed:
                continue  # already stored, and perhaps already started

    def due(self, now: datetime, limit: int) -> Iterator[Task]:
        for shard in range(keys.TASK_SHARDS):
            stored = self._tables.query(self._table, keys.tasks_due(shard, now, self._queue), page=limit)
            free = (item for item in stored if float(item["leased_until"]["N"]) <= now.timestamp())
            yield from (read(TaskItem, item) for item in islice(free, limit))

    def claim(self, task: Task, now: datetime) -> bool:
        attempts = task.attempts + 1
        claimed = TaskItem.of(replace(task, attempts=attempts), epoch(now + lease(attempts)), self._queue)
        values = {":before": {"N": str(task.attempts)}, ":now": {"N": str(now.timestamp())}}
        try:
            put = Put(claimed.raw(), "attempts = :before AND leased_until <= :now", values)
            self._tables.put(self._table, put)
        except ConditionFailed:
            # Either another worker has claimed it, or this call did and its reply was lost. The two cannot be
            # distinguished; in the second case the lease expires and the task is claimed again.
            return False
        return True

    def renew(self, task: Task, now: datetime) -> bool:
        renewed = TaskItem.of(task, epoch(now + lease(task.attempts)), self._queue)
        try:
            self._tables.put(
                self._table, Put(renewed.raw(), "attempts = :claimed", {":claimed": {"N": str(task.attempts)}})
            )
        except ConditionFailed:
            return False
        return True

    def done(self, task: Task) -> None:
        self._tables.delete(self._table, _key(task, self._queue))

    def postpone(self, task: Task, due: datetime) -> None:
        self._move(task, self._raw(replace(task, due=due)))

    def move_to_dead_letters(self, task: Task, code: str, now: datetime) -> None:
        self._move(task, DeadLetterItem.of(DeadLetter(replace(task, due=now), code), self._queue).raw())

    def dead_letters(self, limit: int) -> Iterator[DeadLetter]:
        return reads.list_range(self._tables, self._table, DeadLetterItem, keys.dead_letters(self._queue), limit)

    def retry(self, dead_letter: DeadLetter, now: datetime) -> None:
        retried = replace(dead_letter.task, due=now, attempts=0)
        try:
            self._tables.transact(
                self._table, [Put(self._raw(retried))], [Delete(_dead_letter_key(dead_letter.task, self._queue))]
            )
        except ConditionFailed as error:
            raise NotFound("This task is not a dead letter.") from error

    def drop(self, dead_letter: DeadLetter) -> None:
        self._tables.delete(self._table, _dead_letter_key(dead_letter.task, self._queue))

    def _raw(self, task: Task) -> Raw:
        return TaskItem.of(task, queue=self._queue).raw()

    def _move(self, task: Task, destination: Raw) -> None:
        removal = Delete(_key(task, self._queue), "attempts = :claimed", {":claimed": {"N": str(task.attempts)}})
        try:
            self._tables.transact(self._table, [Put(destination)], [removal])
        except ConditionFailed as error:
            if 1 not in error.found:
                self.done(task)  # its handler has already added the same task for that time, so keep that one


def _key(task: Task, queue: str) -> keys.Key:
    return keys.task(task.due, task.kind, task.issuer_id, task.subject, queue)


def _dead_letter_key(task: Task, queue: str) -> keys.Key:
    return keys.dead_letter(task.due, task.kind, task.issuer_id, task.subject, queue)


def _members(task: Task) -> dict[str, Any]:
    return {
        "kind": task.kind,
        "issuer_id": task.issuer_id,
        "subject": task.subject,
        "due": task.due,
        "attempts": task.attempts,
    }


def _task(item: TaskItem | DeadLetterItem) -> Task:
    return Task(item.kind, item.issuer_id, item.subject, item.due, int(item.attempts))
