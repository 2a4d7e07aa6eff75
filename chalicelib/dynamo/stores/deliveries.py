"""Deliveries and mailboxes, which last; holder's links and the mail service's ids, which end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.links import Link, Name
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.delivery.ports import Early, Posted
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Readable, read
from chalicelib.dynamo.items.delivery import (
    DeliveryItem,
    EarlyItem,
    HolderLinkItem,
    MailboxItem,
    MailItem,
)
from chalicelib.dynamo.tables import ABSENT, WHATEVER, ConditionFailed, Put, Raw, Tables, key_of

N = TypeVar("N")

POSTED_FOR = timedelta(days=60)
"""How long the mail service may speak of a letter. Mail servers try for about five days (RFC 5321, 4.5.4.1); people
complain of what they find weeks later."""


class DynamoDeliveryStore:
    """`delivery.ports.Store` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def delivery(self, issuer_id: str, credential_id: str) -> Delivery:
        key = keys.delivery(issuer_id, credential_id)
        return self._one(self._tables.credentials, DeliveryItem, key) or Delivery(credential_id, issuer_id)

    def save(self, delivery: Delivery) -> Delivery:
        after = replace(delivery, version=delivery.version + 1)
        self._put_next(DeliveryItem.of(after).raw(), delivery.version)
        return after

    def add_posted(self, message_id: str, posted: Posted, at: datetime) -> None:
        self._put_once(MailItem.of(message_id, posted, at + POSTED_FOR).raw())

    def posted(self, message_id: str) -> Posted | None:
        return self._one(self._tables.secrets, MailItem, keys.mail(message_id))

    def add_early(self, message_id: str, early: Early) -> None:
        self._tables.put(self._tables.secrets, Put(EarlyItem.of(message_id, early).raw(), WHATEVER))

    def early(self, message_id: str) -> tuple[Early, ...]:
        found = self._tables.query(self._tables.secrets, keys.early_notices(message_id))
        return tuple(read(EarlyItem, raw) for raw in found)

    def mailbox(self, digest: str) -> Mailbox:
        return self._one(self._tables.credentials, MailboxItem, keys.mailbox(digest)) or Mailbox(digest)

    def save_mailbox(self, mailbox: Mailbox) -> Mailbox:
        after = replace(mailbox, version=mailbox.version + 1)
        self._put_next(MailboxItem.of(after).raw(), mailbox.version)
        return after

    def add_links(self, links: Sequence[Link]) -> None:
        for link in links:
            self._put_once(HolderLinkItem.of(link).raw())

    def link(self, name: Name) -> Link | None:
        return self._one(self._tables.secrets, HolderLinkItem, keys.holder_link(*name))

    def delete_links(self, box: str) -> None:
        for raw in self._tables.query(self._tables.secrets, keys.holder_links(box)):
            self._tables.delete(self._tables.secrets, key_of(raw))

    def _put_next(self, raw: Raw, version: int) -> None:
        after = Put(raw, "version = :before", {":before": {"N": str(version)}}) if version else Put(raw, ABSENT)
        try:
            self._tables.put(self._tables.credentials, after)
        except ConditionFailed as error:
            # What stands there is what was to be stored: an earlier try was applied, and its reply was lost.
            if error.found.get(0) != raw:
                raise

    def _put_once(self, raw: Raw) -> None:
        try:
            self._tables.put(self._tables.secrets, Put(raw))
        except ConditionFailed as error:
            if error.found.get(0) != raw:
                raise

    def _one(self, table: str, model: type[Readable[N]], key: keys.Key) -> N | None:
        raw = self._tables.get(table, key)
        return None if raw is None else read(model, raw)
