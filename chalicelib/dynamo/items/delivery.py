"""The items of delivery: emails and mailboxes, and, with their end in ``expires`` (epoch seconds), links and mails."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Self, cast

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.delivery.delivery_status import Attempt, Delivery, State
from chalicelib.delivery.emails.email_content import Kind
from chalicelib.delivery.links import Link, Purpose
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.delivery.ports import EarlyEvent, SentEmail
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, epoch

EARLY_EVENT_FOR = timedelta(days=1)
"""Between a mail's going out and our note of it lie milliseconds; what concerns no letter ends too."""


class AttemptMap(MapAttribute[str, Any]):
    """One letter within its delivery."""

    kind = UnicodeAttribute()
    claimed_at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    sent_at = UTCDateTimeAttribute(null=True)
    given_up = UnicodeAttribute(null=True)


class DeliveryItem(Item, discriminator="emails"):
    """How the emails about a credential fare."""

    credential_id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    emails = ListAttribute(of=AttemptMap)
    resend_requests = ListAttribute(of=UTCDateTimeAttribute)
    delivered_at = UTCDateTimeAttribute(null=True)
    opened_at = UTCDateTimeAttribute(null=True)
    shared_at = UTCDateTimeAttribute(null=True)
    bounced_at = UTCDateTimeAttribute(null=True)
    complained_at = UTCDateTimeAttribute(null=True)
    version = NumberAttribute()

    @classmethod
    def of(cls, one: Delivery) -> Self:
        emails = [
            AttemptMap(  # type: ignore[no-untyped-call] # PynamoDB types no maps
                kind=kind.value,
                claimed_at=letter.claimed_at,
                by=letter.by,
                sent_at=letter.sent_at,
                given_up=letter.given_up,
            )
            for kind, letter in sorted(one.emails.items())
        ]
        return cls(
            *keys.delivery(one.issuer_id, one.credential_id),
            credential_id=one.credential_id,
            issuer_id=one.issuer_id,
            emails=emails,
            resend_requests=list(one.resend_requests),
            delivered_at=one.delivered_at,
            opened_at=one.opened_at,
            shared_at=one.shared_at,
            bounced_at=one.bounced_at,
            complained_at=one.complained_at,
            version=one.version,
        )

    def to_domain(self) -> Delivery:
        emails = {Kind(one.kind): Attempt(one.claimed_at, one.by, one.sent_at, one.given_up) for one in self.emails}
        return Delivery(
            self.credential_id,
            self.issuer_id,
            MappingProxyType(emails),
            tuple(cast(list[datetime], self.resend_requests)),
            self.delivered_at,
            self.opened_at,
            self.shared_at,
            self.bounced_at,
            self.complained_at,
            int(self.version),
        )


class MailboxItem(Item, discriminator="mailbox"):
    """What is known about an address."""

    digest = UnicodeAttribute()
    zone = UnicodeAttribute(null=True)
    unsubscribed = ListAttribute(of=UnicodeAttribute)
    no_reminders = ListAttribute(of=UnicodeAttribute)
    bounced_at = UTCDateTimeAttribute(null=True)
    complained_at = UTCDateTimeAttribute(null=True)
    forgotten_at = UTCDateTimeAttribute(null=True)
    links_valid_from = UTCDateTimeAttribute(null=True)
    link_sent_at = UTCDateTimeAttribute(null=True)
    version = NumberAttribute()

    @classmethod
    def of(cls, one: Mailbox) -> Self:
        return cls(
            *keys.mailbox(one.digest),
            digest=one.digest,
            zone=one.zone,
            unsubscribed=sorted(one.unsubscribed),
            no_reminders=sorted(one.no_reminders),
            bounced_at=one.bounced_at,
            complained_at=one.complained_at,
            forgotten_at=one.forgotten_at,
            links_valid_from=one.links_valid_from,
            link_sent_at=one.link_sent_at,
            version=one.version,
        )

    def to_domain(self) -> Mailbox:
        return Mailbox(
            self.digest,
            self.zone,
            frozenset(map(str, self.unsubscribed)),
            frozenset(map(str, self.no_reminders)),
            self.bounced_at,
            self.complained_at,
            self.forgotten_at,
            self.links_valid_from,
            self.link_sent_at,
            int(self.version),
        )


class HolderLinkItem(Item, discriminator="holder_link"):
    """What stands behind the secret in a link."""

    box = UnicodeAttribute()
    digest = UnicodeAttribute()
    purpose = UnicodeAttribute()
    email = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    issuer_id = UnicodeAttribute(null=True)
    credential_id = UnicodeAttribute(null=True)
    expires = NumberAttribute()

    @classmethod
    def of(cls, one: Link) -> Self:
        return cls(
            *keys.holder_link(one.box, one.digest),
            box=one.box,
            digest=one.digest,
            purpose=one.purpose.value,
            email=one.email,
            created_at=one.created_at,
            issuer_id=one.issuer_id,
            credential_id=one.credential_id,
            expires=epoch(one.expires),
        )

    def to_domain(self) -> Link:
        return Link(
            self.box,
            self.digest,
            Purpose(self.purpose),
            self.email,
            self.created_at,
            self.issuer_id,
            self.credential_id,
        )


class SentEmailItem(Item, discriminator="mail"):
    """Which letter it was that the mail service took."""

    credential_id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, message_id: str, one: SentEmail, until: datetime) -> Self:
        return cls(
            *keys.sent_email(message_id),
            credential_id=one.credential_id,
            issuer_id=one.issuer_id,
            kind=one.kind.value,
            expires=epoch(until),
        )

    def to_domain(self) -> SentEmail:
        return SentEmail(self.credential_id, self.issuer_id, Kind(self.kind))


class EarlyEventItem(Item, discriminator="early"):
    """What became of a mail, heard before it was noted which letter it is."""

    state = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, message_id: str, one: EarlyEvent) -> Self:
        key = keys.early_event(message_id, one.state.value)
        return cls(*key, state=one.state.value, at=one.at, expires=epoch(one.at + EARLY_EVENT_FOR))

    def to_domain(self) -> EarlyEvent:
        return EarlyEvent(State(self.state), self.at)
