"""The to-do list on DynamoDB."""

from __future__ import annotations

from typing import Self

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.award.tasks import Task
from chalicelib.dynamo import keys
from chalicelib.dynamo.models import Item
from chalicelib.dynamo.tables import Raw


class TaskItem(Item, discriminator="task"):
    """A task. ``leased_until`` is in epoch seconds, 0 while no worker has it; ``code`` is its last fault's."""

    kind = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    subject = UnicodeAttribute()
    due = UTCDateTimeAttribute()
    attempts = NumberAttribute()
    leased_until = NumberAttribute()
    code = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, task: Task, leased_until: int = 0) -> Self:
        return cls(
            *keys.task(task.due, task.kind, task.issuer_id, task.subject),
            kind=task.kind,
            issuer_id=task.issuer_id,
            subject=task.subject,
            due=task.due,
            attempts=task.attempts,
            leased_until=leased_until,
        )

    def noun(self) -> Task:
        return Task(self.kind, self.issuer_id, self.subject, self.due, int(self.attempts))


def raw(task: Task) -> Raw:
    """A new task as an item of table ``credentials``, for a `Put` in the transaction of what it follows from."""
    return TaskItem.of(task).raw()
