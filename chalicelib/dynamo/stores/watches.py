"""The store of watches and their deliveries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Self

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.award.webhooks.webhook import Secret
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, epoch, from_epoch, mapped, members, read
from chalicelib.dynamo.keys import Range
from chalicelib.dynamo.stores.award.webhooks import SecretMap
from chalicelib.dynamo.stores.tasks import TaskItem
from chalicelib.dynamo.tables import UNCONDITIONAL, ConditionFailed, Delete, Put, Tables
from chalicelib.dynamo.writes import replacing
from chalicelib.tasks.task_queue import Task
from chalicelib.verifiers.idempotency import RETENTION as ANSWER_RETENTION
from chalicelib.verifiers.idempotency import StoredAnswer
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
from chalicelib.verify.report import Verdict

_TIMES = ("since", "checked", "next_check", "disabled")
_CONVERTED = ("secrets", "codes", "verdict", "unanswered", "changes", "version", *_TIMES)


class WatchItem(Item, discriminator="watch"):
    """A watch."""

    id = UnicodeAttribute()
    verifier_id = UnicodeAttribute()
    owner = UnicodeAttribute()
    url = UnicodeAttribute()
    credential_id = UnicodeAttribute(null=True)
    issuer_id = UnicodeAttribute(null=True)
    callback = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    ref = UnicodeAttribute(null=True)
    secrets = ListAttribute(of=SecretMap)
    created = UTCDateTimeAttribute()
    verdict = UnicodeAttribute(null=True)
    codes = ListAttribute(of=UnicodeAttribute)
    since = UTCDateTimeAttribute(null=True)
    checked = UTCDateTimeAttribute(null=True)
    unanswered = NumberAttribute()
    next_check = UTCDateTimeAttribute(null=True)
    changes = NumberAttribute()
    disabled = UTCDateTimeAttribute(null=True)
    version = NumberAttribute()

    @classmethod
    def of(cls, watch: Watch) -> Self:
        return cls(
            *keys.watch(watch.verifier_id, watch.id),
            secrets=[mapped(SecretMap, **members(secret, Secret)) for secret in watch.secrets],
            codes=list(watch.codes),
            **members(watch, Watch, exclude=("secrets", "codes")),
        )

    def to_domain(self) -> Watch:
        stored = {name: getattr(self, name) for name in _TIMES}
        times: dict[str, Any] = {name: None if at is None else at.astimezone(UTC) for name, at in stored.items()}
        return Watch(
            secrets=tuple(Secret(**members(each, Secret)) for each in self.secrets),
            codes=tuple(map(str, self.codes)),
            verdict=None if self.verdict is None else Verdict(self.verdict),
            unanswered=int(self.unanswered),
            changes=int(self.changes),
            version=int(self.version),
            **times,
            **members(self, Watch, exclude=_CONVERTED),
        )


class WatchedItem(Item, discriminator="watched"):
    """A pointer to a watch."""

    owner = UnicodeAttribute()
    """As in the watch, by which an erasure finds it."""

    def to_domain(self) -> WatchName:
        return WatchName(*keys.watched_in(self.sk))


class WatchDeliveryItem(Item, discriminator="watch_delivery"):
    """A delivery. ``expires`` is in epoch seconds."""

    id = UnicodeAttribute()
    verifier_id = UnicodeAttribute()
    watch_id = UnicodeAttribute()
    owner = UnicodeAttribute()
    event = UnicodeAttribute()
    body = UnicodeAttribute()
    queued = UTCDateTimeAttribute()
    due = UTCDateTimeAttribute()
    state = UnicodeAttribute()
    attempts = NumberAttribute()
    sent = UTCDateTimeAttribute(null=True)
    status = NumberAttribute(null=True)
    code = UnicodeAttribute(null=True)
    version = NumberAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        return cls(
            *keys.watch_delivery(delivery.verifier_id, delivery.watch_id, delivery.id),
            event=delivery.type,
            expires=epoch(delivery.queued + RETENTION),
            **members(delivery, Delivery, exclude=("type",)),
        )

    def to_domain(self) -> Delivery:
        return Delivery(
            type=self.event,
            state=State(self.state),
            attempts=int(self.attempts),
            status=None if self.status is None else int(self.status),
            version=int(self.version),
            **members(self, Delivery, exclude=("type", "state", "attempts", "status", "version")),
        )


class KeyAnswerItem(Item, discriminator="key_answer"):
    """The answer to a request with an `Idempotency-Key`. ``expires`` is also the TTL."""

    status = NumberAttribute()
    body = UnicodeAttribute()
    expires = NumberAttribute()

    def to_domain(self) -> tuple[StoredAnswer, datetime]:
        return StoredAnswer(int(self.status), self.body), from_epoch(self.expires)


class DynamoWatchStore:
    """`verifiers.watches.watch.WatchStore` on DynamoDB: watches in the permanent table, deliveries in the table without
    backups."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def watch(self, verifier_id: str, watch_id: str) -> Watch:
        key = keys.watch(verifier_id, watch_id)
        return reads.require(self._tables, self._table, WatchItem, key, "This watch does not exist.")

    def watches(self, names: Sequence[WatchName]) -> list[Watch]:
        wanted = [keys.watch(*name) for name in names]
        return [read(WatchItem, raw) for raw in reads.existing(self._tables, self._table, wanted)]

    def of_verifier(self, verifier_id: str, after: str | None, limit: int) -> Sequence[Watch]:
        part = keys.watches_after(verifier_id, after)
        return list(reads.list_range(self._tables, self._table, WatchItem, part, limit))

    def of_credential(self, credential_id: str, after: str | None, limit: int) -> WatchPage:
        return self._page(keys.watched_after(credential_id, after), limit)

    def of_issuer(self, issuer_id: str, after: str | None, limit: int) -> WatchPage:
        return self._page(keys.watched_of_after(issuer_id, after), limit)

    def add(self, watch: Watch, tasks: Sequence[Task]) -> Watch:
        pointers = [WatchedItem(*key, owner=watch.owner).raw() for key in _pointers(watch)]
        puts = [Put(WatchItem.of(watch).raw()), *(Put(raw, UNCONDITIONAL) for raw in pointers), *_tasks(tasks)]
        try:
            self._tables.transact(self._table, puts)
        except ConditionFailed as error:
            if error.found.get(0) is None:
                raise
            return read(WatchItem, error.found[0] or {})
        return watch

    def replace(self, watch: Watch, tasks: Sequence[Task] = (), delivery: Delivery | None = None) -> None:
        puts = [replacing(WatchItem.of(watch).raw(), watch.version - 1), *_tasks(tasks)]
        elsewhere = []
        if delivery is not None:
            puts += _tasks([delivery_task(delivery)] if delivery.state is State.WAITING else [])
            news = email_task(watch, delivery)
            puts += [] if news is None else [Put(TaskItem.of(news).raw(), UNCONDITIONAL)]
            elsewhere = [(self._tables.secrets, Put(WatchDeliveryItem.of(delivery).raw()))]
        self._tables.transact(self._table, puts, elsewhere=elsewhere)

    def remove(self, watch: Watch) -> bool:
        pointers = [Delete(key, UNCONDITIONAL) for key in _pointers(watch)]
        try:
            self._tables.transact(
                self._table, (), [Delete(keys.watch(watch.verifier_id, watch.id)), *pointers], primary=()
            )
        except ConditionFailed:
            return False
        return True

    def add_delivery(self, delivery: Delivery, tasks: Sequence[Task]) -> None:
        raw = WatchDeliveryItem.of(delivery).raw()
        self._tables.transact(self._tables.secrets, [Put(raw)], elsewhere=[(self._table, put) for put in _tasks(tasks)])

    def delivery(self, verifier_id: str, watch_id: str, delivery_id: str) -> Delivery | None:
        key = keys.watch_delivery(verifier_id, watch_id, delivery_id)
        return reads.find(self._tables, self._tables.secrets, WatchDeliveryItem, key)

    def replace_delivery(self, delivery: Delivery, tasks: Sequence[Task] = ()) -> None:
        put = replacing(WatchDeliveryItem.of(delivery).raw(), delivery.version - 1)
        self._tables.transact(self._tables.secrets, [put], elsewhere=[(self._table, each) for each in _tasks(tasks)])

    def deliveries(
        self, verifier_id: str, watch_id: str, before: str | None, limit: int, now: datetime
    ) -> Sequence[Delivery]:
        part = keys.watch_deliveries_before(verifier_id, watch_id, before)
        newest = reads.list_range(self._tables, self._tables.secrets, WatchDeliveryItem, part, limit)
        # Expired ones are left out here because DynamoDB may delete them days late.
        return [one for one in newest if now < one.queued + RETENTION]

    def _page(self, part: Range, limit: int) -> WatchPage:
        found = list(islice(self._tables.query(self._table, part, limit), limit))
        names = [read(WatchedItem, raw) for raw in found]
        return WatchPage(names, found[-1]["sk"]["S"] if len(found) == limit else None)


class DynamoKeyAnswers:
    """`verifiers.idempotency.Answers` on DynamoDB, for small answers. The table's items are really deleted: an answer
    may have a secret."""

    def __init__(self, tables: Tables, now: Callable[[], datetime]) -> None:
        self._tables = tables
        self._now = now

    def put(self, answer_id: str, answer: StoredAnswer) -> None:
        item = KeyAnswerItem(
            *keys.key_answer(answer_id),
            status=answer.status,
            body=answer.body,
            expires=epoch(self._now() + ANSWER_RETENTION),
        )
        self._tables.put(self._tables.secrets, Put(item.raw(), UNCONDITIONAL))

    def find(self, answer_id: str) -> StoredAnswer | None:
        found = reads.find(self._tables, self._tables.secrets, KeyAnswerItem, keys.key_answer(answer_id))
        return found[0] if found is not None and self._now() < found[1] else None


def _pointers(watch: Watch) -> list[keys.Key]:
    if watch.credential_id is None or watch.issuer_id is None:
        return []
    return [
        keys.watched(watch.credential_id, watch.verifier_id, watch.id),
        keys.watched_of(watch.issuer_id, watch.verifier_id, watch.id),
    ]


def _tasks(tasks: Sequence[Task]) -> list[Put]:
    # A task that is stored already is the same one.
    return [Put(TaskItem.of(task, queue=keys.WATCH_TASKS).raw(), UNCONDITIONAL) for task in tasks]
