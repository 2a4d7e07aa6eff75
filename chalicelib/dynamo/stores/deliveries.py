"""The store of deliveries and mailboxes (permanent), and of holder links and message ids (expiring)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.limits.reputation import Reputation
from chalicelib.delivery.links import Keeps, Link, LinkKey, keep_none
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.delivery.ports import DeferredEmail, EarlyEvent, LinkRequest, SentEmail
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import read
from chalicelib.dynamo.items.delivery import (
    DeferredEmailItem,
    DeliveryItem,
    EarlyEventItem,
    HolderLinkItem,
    LinkRequestItem,
    MailboxItem,
    ReputationItem,
    SentEmailItem,
)
from chalicelib.dynamo.tables import UNCONDITIONAL, ConditionFailed, Put, Raw, Tables
from chalicelib.dynamo.writes import delete_range, replacing

N = TypeVar("N")

WRITE_BYTES = 8
"""Random bytes that identify a write; they only need to differ from the few simultaneous writes of the same item."""

SENT_EMAIL_FOR = timedelta(days=60)
"""How long a message id is kept, because events about an email can be late: mail servers retry for about five days (RFC
5321, 4.5.4.1), and recipients report an email as spam weeks later."""


class DynamoDeliveryStore:
    """`delivery.ports.Store` on DynamoDB."""

    def __init__(self, tables: Tables, entropy: Callable[[int], bytes]) -> None:
        self._tables = tables
        self._entropy = entropy

    def delivery(self, issuer_id: str, credential_id: str) -> Delivery:
        key = keys.delivery(issuer_id, credential_id)
        return reads.find(self._tables, self._tables.credentials, DeliveryItem, key) or Delivery(
            credential_id, issuer_id
        )

    def find_deliveries(self, issuer_id: str, credential_ids: Sequence[str]) -> Mapping[str, Delivery]:
        wanted = [keys.delivery(issuer_id, credential_id) for credential_id in credential_ids]
        found = (read(DeliveryItem, raw) for raw in reads.existing(self._tables, self._tables.credentials, wanted))
        return {delivery.credential_id: delivery for delivery in found}

    def save(self, delivery: Delivery) -> Delivery:
        after = replace(delivery, version=delivery.version + 1)
        self._put_next(DeliveryItem.of(after).raw(), delivery.version)
        return after

    def add_sent_email(self, message_id: str, sent_email: SentEmail, at: datetime) -> None:
        self._put_once(SentEmailItem.of(message_id, sent_email, at + SENT_EMAIL_FOR).raw())

    def sent_email(self, message_id: str) -> SentEmail | None:
        return reads.find(self._tables, self._tables.secrets, SentEmailItem, keys.sent_email(message_id))

    def add_early_event(self, message_id: str, early: EarlyEvent) -> None:
        self._tables.put(self._tables.secrets, Put(EarlyEventItem.of(message_id, early).raw(), UNCONDITIONAL))

    def early(self, message_id: str) -> tuple[EarlyEvent, ...]:
        found = self._tables.query(self._tables.secrets, keys.early_events(message_id))
        return tuple(read(EarlyEventItem, raw) for raw in found)

    def add_deferred(self, email: DeferredEmail) -> None:
        self._tables.put(self._tables.credentials, Put(DeferredEmailItem.of(email).raw(), UNCONDITIONAL))

    def deferred(self, issuer_id: str, until: datetime, limit: int) -> Sequence[DeferredEmail]:
        part = keys.deferred_emails(issuer_id, until)
        return tuple(reads.list_range(self._tables, self._tables.credentials, DeferredEmailItem, part, limit))

    def delete_deferred(self, email: DeferredEmail) -> None:
        key = keys.deferred_email(email.issuer_id, email.since, email.kind, email.credential_id)
        self._tables.delete(self._tables.credentials, key)

    def reputation(self, issuer_id: str) -> Reputation:
        key = keys.reputation(issuer_id)
        return reads.find(self._tables, self._tables.credentials, ReputationItem, key) or Reputation(issuer_id)

    def save_reputation(self, reputation: Reputation) -> Reputation:
        after = replace(reputation, version=reputation.version + 1)
        self._put_next(self._counted(ReputationItem.of(after).raw()), reputation.version)
        return after

    def mailbox(self, digest: str) -> Mailbox:
        return reads.find(self._tables, self._tables.credentials, MailboxItem, keys.mailbox(digest)) or Mailbox(digest)

    def save_mailbox(self, mailbox: Mailbox) -> Mailbox:
        after = replace(mailbox, version=mailbox.version + 1)
        self._put_next(self._counted(MailboxItem.of(after).raw()), mailbox.version)
        return after

    def add_links(self, links: Sequence[Link]) -> None:
        for link in links:
            self._put_once(HolderLinkItem.of(link).raw())

    def link(self, name: LinkKey) -> Link | None:
        return reads.find(self._tables, self._tables.secrets, HolderLinkItem, keys.holder_link(*name))

    def delete_links(self, mailbox_id: str, keeps: Keeps = keep_none) -> None:
        # Many at once: an issuer that emails an address thousands of times must not make it impossible to delete them.
        part, table = keys.holder_links(mailbox_id), self._tables.secrets
        delete_range(self._tables, table, part, lambda raw: keeps(read(HolderLinkItem, raw)))

    def add_link_request(self, request: LinkRequest) -> None:
        self._put_once(LinkRequestItem.of(request).raw())

    def link_request(self, request_id: str, now: datetime) -> LinkRequest | None:
        found = reads.find(self._tables, self._tables.secrets, LinkRequestItem, keys.link_request(request_id))
        return found if found is not None and now < found.expires else None

    def delete_link_request(self, request_id: str) -> None:
        self._tables.delete(self._tables.secrets, keys.link_request(request_id))

    def _counted(self, raw: Raw) -> Raw:
        """Make ``raw``, which contains counts, unique to this write: two requests that count the same thing at the same
        time write equal items, and the second must not be taken for a repetition of the first."""
        return {**raw, "write": {"B": self._entropy(WRITE_BYTES)}}

    def _put_next(self, raw: Raw, version: int) -> None:
        try:
            self._tables.put(self._tables.credentials, replacing(raw, version))
        except ConditionFailed as error:
            # The same item is already stored: an earlier attempt succeeded and its reply was lost.
            if error.found.get(0) != raw:
                raise

    def _put_once(self, raw: Raw) -> None:
        try:
            self._tables.put(self._tables.secrets, Put(raw))
        except ConditionFailed as error:
            if error.found.get(0) != raw:
                raise
