"""The store of messages to holders, in the table without backups, where they expire."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.directory.contact.message import Draft, Message
from chalicelib.directory.contact.ports import Relayed, SenderReport
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, epoch, from_epoch, members
from chalicelib.dynamo.tables import UNCONDITIONAL, ConditionFailed, Delete, Put, Tables


class MessageItem(Item, discriminator="message"):
    """A message that is pending until its sender confirms it, without the secret in the link."""

    digest = UnicodeAttribute()
    holder_id = UnicodeAttribute()
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    organization = UnicodeAttribute(null=True)
    text = UnicodeAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, one: Message) -> Self:
        return cls(
            *keys.message(one.digest),
            **members(one, Message, exclude=("draft", "expires")),
            name=one.draft.name,
            organization=one.draft.organization or None,
            text=one.draft.text,
            expires=epoch(one.expires),
        )

    def to_domain(self) -> Message:
        draft = Draft(str(self.name), str(self.organization or ""), str(self.text))
        found = members(self, Message, exclude=("draft", "expires"))
        return Message(draft=draft, expires=from_epoch(self.expires), **found)


class RelayedItem(Item, discriminator="relayed"):
    """What the link in a relayed message is for."""

    digest = UnicodeAttribute()
    mailbox = UnicodeAttribute()
    holder_id = UnicodeAttribute()
    sender = UnicodeAttribute()
    organization = UnicodeAttribute(null=True)
    expires = NumberAttribute()

    @classmethod
    def of(cls, one: Relayed) -> Self:
        found = members(one, Relayed, exclude=("expires",))
        return cls(*keys.relayed(one.digest), **found, expires=epoch(one.expires))

    def to_domain(self) -> Relayed:
        return Relayed(expires=from_epoch(self.expires), **members(self, Relayed, exclude=("expires",)))


class ReportedSenderItem(Item, discriminator="reported_sender"):
    """Records that a holder has reported a sender or an organization, under the sender and under the holder."""

    holder_id = UnicodeAttribute()
    sender = UnicodeAttribute()
    expires = NumberAttribute()

    def to_domain(self) -> SenderReport:
        return SenderReport(str(self.sender), str(self.holder_id), from_epoch(self.expires))


class DynamoContactStore:
    """`directory.contact.ports.ContactStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.secrets

    def add(self, message: Message) -> None:
        self._tables.put(self._table, Put(MessageItem.of(message).raw(), UNCONDITIONAL))

    def message(self, digest: str, now: datetime) -> Message | None:
        found = reads.find(self._tables, self._table, MessageItem, keys.message(digest))
        return found if found is not None and now < found.expires else None

    def take(self, message: Message) -> bool:
        try:
            self._tables.take(self._table, Delete(keys.message(message.digest)))
        except ConditionFailed:
            return False
        return True

    def add_relayed(self, relayed: Relayed) -> None:
        self._tables.put(self._table, Put(RelayedItem.of(relayed).raw(), UNCONDITIONAL))

    def relayed(self, digest: str, now: datetime) -> Relayed | None:
        found = reads.find(self._tables, self._table, RelayedItem, keys.relayed(digest))
        return found if found is not None and now < found.expires else None

    def report(self, sender: str, holder_id: str, expires: datetime) -> None:
        both = (keys.reported_sender(sender, holder_id), keys.report_of_holder(holder_id, sender))
        items = (ReportedSenderItem(*key, holder_id=holder_id, sender=sender, expires=epoch(expires)) for key in both)
        self._tables.transact(self._table, [Put(item.raw(), UNCONDITIONAL) for item in items])

    def reported_by(self, sender: str, now: datetime) -> frozenset[str]:
        part = keys.reports_of_sender(sender)
        found = reads.list_range(self._tables, self._table, ReportedSenderItem, part)
        return frozenset(one.holder_id for one in found if now < one.expires)

    def reports_of(self, holder_id: str, now: datetime) -> tuple[SenderReport, ...]:
        part = keys.reports_of_holder(holder_id)
        found = reads.list_range(self._tables, self._table, ReportedSenderItem, part)
        return tuple(one for one in found if now < one.expires)
