"""The store of endpoints, and of the messages to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Self

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.award.endpoints.endpoint import RETENTION, Endpoint, Message, Pause, State
from chalicelib.award.endpoints.publishing import task_of
from chalicelib.award.webhooks.webhook import Secret
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, epoch, mapped, members, read
from chalicelib.dynamo.stores.award.webhooks import SecretMap
from chalicelib.dynamo.stores.tasks import TaskItem
from chalicelib.dynamo.tables import Put, Tables
from chalicelib.dynamo.writes import replacing

_READS = 100
"""Keys of one BatchGetItem (Amazon DynamoDB, "Service, account, and table quotas")."""
_CONVERTED = ("kinds", "secrets", "paused", "failing_since")


class EndpointItem(Item, discriminator="endpoint"):
    """An endpoint."""

    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    url = UnicodeAttribute()
    kinds = ListAttribute(of=UnicodeAttribute)
    secrets = ListAttribute(of=SecretMap)
    created = UTCDateTimeAttribute()
    paused = UnicodeAttribute(null=True)
    failing_since = UTCDateTimeAttribute(null=True)
    version = NumberAttribute()

    @classmethod
    def of(cls, endpoint: Endpoint) -> Self:
        return cls(
            *keys.endpoint(endpoint.issuer_id, endpoint.id),
            kinds=list(endpoint.kinds),
            secrets=[mapped(SecretMap, **members(secret, Secret)) for secret in endpoint.secrets],
            paused=endpoint.paused,
            failing_since=endpoint.failing_since,
            **members(endpoint, Endpoint, exclude=_CONVERTED),
        )

    def to_domain(self) -> Endpoint:
        return Endpoint(
            kinds=tuple(map(str, self.kinds)),
            secrets=tuple(Secret(**members(each, Secret)) for each in self.secrets),
            paused=None if self.paused is None else Pause(self.paused),
            failing_since=None if self.failing_since is None else self.failing_since.astimezone(UTC),
            **members(self, Endpoint, exclude=_CONVERTED),
        )


class EndpointMessageItem(Item, discriminator="endpoint_message"):
    """A message. ``expires`` is in epoch seconds."""

    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    endpoint_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    body = UnicodeAttribute()
    queued = UTCDateTimeAttribute()
    due = UTCDateTimeAttribute()
    credential_id = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    attempts = NumberAttribute()
    sent = UTCDateTimeAttribute(null=True)
    status = NumberAttribute(null=True)
    code = UnicodeAttribute(null=True)
    version = NumberAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls(
            *keys.endpoint_message(message.issuer_id, message.endpoint_id, message.id),
            expires=epoch(message.queued + RETENTION),
            **members(message, Message),
        )

    def to_domain(self) -> Message:
        return Message(state=State(self.state), **members(self, Message, exclude=("state",)))


class DynamoEndpointStore:
    """`award.endpoints.endpoint.EndpointStore` on DynamoDB: endpoints in the permanent table, messages in the table
    without backups."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def endpoint(self, issuer_id: str, endpoint_id: str) -> Endpoint:
        key = keys.endpoint(issuer_id, endpoint_id)
        return reads.require(self._tables, self._tables.credentials, EndpointItem, key, "This endpoint does not exist.")

    def endpoints(self, issuer_id: str) -> Iterator[Endpoint]:
        return reads.list_range(self._tables, self._tables.credentials, EndpointItem, keys.endpoints(issuer_id))

    def add_endpoint(self, endpoint: Endpoint) -> None:
        self._tables.put(self._tables.credentials, Put(EndpointItem.of(endpoint).raw()))

    def replace_endpoint(self, endpoint: Endpoint) -> None:
        self._tables.put(self._tables.credentials, replacing(EndpointItem.of(endpoint).raw(), endpoint.version - 1))

    def remove_endpoint(self, endpoint: Endpoint) -> None:
        self._tables.delete(self._tables.credentials, keys.endpoint(endpoint.issuer_id, endpoint.id))

    def add_messages(self, messages: Sequence[Message]) -> list[Message]:
        by_key = {keys.endpoint_message(each.issuer_id, each.endpoint_id, each.id): each for each in messages}
        stored: dict[keys.Key, Message] = {}
        wanted = list(by_key)
        for start in range(0, len(wanted), _READS):
            found = self._tables.get_many({self._tables.secrets: wanted[start : start + _READS]})
            stored |= {key: read(EndpointMessageItem, raw) for key, raw in found.items()}
        fresh = [each for key, each in by_key.items() if key not in stored]
        # A message without its task is found by the next fold; a task without its message would do nothing.
        self._tables.write_many(self._tables.secrets, [EndpointMessageItem.of(each).raw() for each in fresh])
        tasks = [TaskItem.of(task_of(each), queue=keys.ENDPOINT_TASKS).raw() for each in fresh]
        self._tables.write_many(self._tables.credentials, tasks)
        return [each for each in stored.values() if each.state is State.WAITING and not each.attempts]

    def message(self, issuer_id: str, endpoint_id: str, message_id: str) -> Message | None:
        key = keys.endpoint_message(issuer_id, endpoint_id, message_id)
        return reads.find(self._tables, self._tables.secrets, EndpointMessageItem, key)

    def replace_message(self, message: Message) -> None:
        put = replacing(EndpointMessageItem.of(message).raw(), message.version - 1)
        self._tables.put(self._tables.secrets, put)

    def messages(self, issuer_id: str, endpoint_id: str, now: datetime, limit: int) -> Sequence[Message]:
        part = keys.endpoint_messages(issuer_id, endpoint_id)
        newest = reads.list_range(self._tables, self._tables.secrets, EndpointMessageItem, part, limit)
        # Expired messages are left out here because DynamoDB may delete them days late.
        return [message for message in newest if now < message.queued + RETENTION]
