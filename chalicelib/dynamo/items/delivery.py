"""Items for delivery: emails and mailboxes; holder links and sent emails, which expire (``expires``, epoch seconds)."""

from __future__ import annotations

from dataclasses import astuple
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Self, cast

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.delivery.delivery_status import Attempt, Delivery, State
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.limits.reputation import Counts, Problem, Reputation
from chalicelib.delivery.links import Link, Purpose
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.delivery.ports import DeferredEmail, EarlyEvent, LinkRequest, SentEmail
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, epoch, from_epoch, mapped, members

EARLY_EVENT_FOR = timedelta(days=1)
"""How long an early event is kept. An email is sent milliseconds before its message id is stored; events about unknown
emails are dropped after this."""


class AttemptMap(MapAttribute[str, Any]):
    """One email inside its delivery."""

    kind = UnicodeAttribute()
    claimed_at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    sent_at = UTCDateTimeAttribute(null=True)
    given_up = UnicodeAttribute(null=True)


class DeliveryItem(Item, discriminator="emails"):
    """The delivery status of a credential's emails."""

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
        return cls(
            *keys.delivery(one.issuer_id, one.credential_id),
            emails=[
                mapped(AttemptMap, kind=kind.value, **members(attempt, Attempt))
                for kind, attempt in sorted(one.emails.items())
            ],
            resend_requests=list(one.resend_requests),
            **members(one, Delivery, exclude=("emails", "resend_requests")),
        )

    def to_domain(self) -> Delivery:
        emails = {Kind(one.kind): Attempt(**members(one, Attempt)) for one in self.emails}
        return Delivery(
            emails=MappingProxyType(emails),
            resend_requests=tuple(cast(list[datetime], self.resend_requests)),
            **members(self, Delivery, exclude=("emails", "resend_requests")),
        )


class DeferredEmailItem(Item, discriminator="deferred_email"):
    """An email that is deferred because its issuer's quota is used up."""

    issuer_id = UnicodeAttribute()
    since = UTCDateTimeAttribute()
    kind = UnicodeAttribute()
    credential_id = UnicodeAttribute()

    @classmethod
    def of(cls, one: DeferredEmail) -> Self:
        return cls(
            *keys.deferred_email(one.issuer_id, one.since, one.kind, one.credential_id), **members(one, DeferredEmail)
        )

    def to_domain(self) -> DeferredEmail:
        return DeferredEmail(**members(self, DeferredEmail))


class ReputationItem(Item, discriminator="reputation"):
    """The bounces and complaints of an issuer's emails. ``current`` and ``previous`` are the numbers of
    `Counts`, in its order."""

    issuer_id = UnicodeAttribute()
    since = UTCDateTimeAttribute(null=True)
    current = ListAttribute(of=NumberAttribute)
    previous = ListAttribute(of=NumberAttribute)
    recent = ListAttribute(of=UnicodeAttribute)
    paused_at = UTCDateTimeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    version = NumberAttribute()

    @classmethod
    def of(cls, one: Reputation) -> Self:
        return cls(
            *keys.reputation(one.issuer_id),
            current=list(astuple(one.current)),
            previous=list(astuple(one.previous)),
            recent=list(one.recent),
            **members(one, Reputation, exclude=("current", "previous", "recent")),
        )

    def to_domain(self) -> Reputation:
        return Reputation(
            current=Counts(*map(int, cast(list[float], self.current))),
            previous=Counts(*map(int, cast(list[float], self.previous))),
            recent=tuple(map(str, self.recent)),
            reason=None if self.reason is None else Problem(self.reason),
            **members(self, Reputation, exclude=("current", "previous", "recent", "reason")),
        )


class LinksEndedMap(MapAttribute[str, Any]):
    """From when on the links to one issuer's credentials work, inside a mailbox."""

    issuer_id = UnicodeAttribute()
    at = UTCDateTimeAttribute()


class ViewCountsShownMap(MapAttribute[str, Any]):
    """Since when the page of a credential shows its view counts, inside a mailbox."""

    credential_id = UnicodeAttribute()
    since = UTCDateTimeAttribute()


_SETS = ("unsubscribed", "no_reminders", "subscribed", "issuer_links_valid_from", "view_counts_shown")
"""Members of a mailbox that its item stores as lists."""


class MailboxItem(Item, discriminator="mailbox"):
    """Preferences and delivery status of an email address."""

    digest = UnicodeAttribute()
    zone = UnicodeAttribute(null=True)
    lang = UnicodeAttribute(null=True)
    unsubscribed = ListAttribute(of=UnicodeAttribute)
    no_reminders = ListAttribute(of=UnicodeAttribute)
    bounced_at = UTCDateTimeAttribute(null=True)
    bounces = NumberAttribute(default=0)
    requested_bounced_at = UTCDateTimeAttribute(null=True)
    requested_bounces = NumberAttribute(default=0)
    reopened_at = UTCDateTimeAttribute(null=True)
    complained_at = UTCDateTimeAttribute(null=True)
    forgotten_at = UTCDateTimeAttribute(null=True)
    subscribed = ListAttribute(of=UnicodeAttribute)
    links_valid_from = UTCDateTimeAttribute(null=True)
    issuer_links_valid_from = ListAttribute(of=LinksEndedMap)
    view_counts_shown = ListAttribute(of=ViewCountsShownMap, null=True)
    version = NumberAttribute()

    @classmethod
    def of(cls, one: Mailbox) -> Self:
        return cls(
            *keys.mailbox(one.digest),
            unsubscribed=sorted(one.unsubscribed),
            no_reminders=sorted(one.no_reminders),
            subscribed=sorted(one.subscribed),
            issuer_links_valid_from=[
                mapped(LinksEndedMap, issuer_id=issuer_id, at=at)
                for issuer_id, at in sorted(one.issuer_links_valid_from.items())
            ],
            view_counts_shown=[
                mapped(ViewCountsShownMap, credential_id=credential_id, since=since)
                for credential_id, since in sorted(one.view_counts_shown.items())
            ],
            **members(one, Mailbox, exclude=_SETS),
        )

    def to_domain(self) -> Mailbox:
        return Mailbox(
            unsubscribed=frozenset(map(str, self.unsubscribed)),
            no_reminders=frozenset(map(str, self.no_reminders)),
            subscribed=frozenset(map(str, self.subscribed)),
            issuer_links_valid_from={ended.issuer_id: ended.at for ended in self.issuer_links_valid_from},
            view_counts_shown={shown.credential_id: shown.since for shown in self.view_counts_shown or ()},
            **members(self, Mailbox, exclude=_SETS),
        )


class HolderLinkItem(Item, discriminator="holder_link"):
    """A link in an email to a holder, by the hash of its secret."""

    mailbox_id = UnicodeAttribute()
    digest = UnicodeAttribute()
    purpose = UnicodeAttribute()
    email = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    issuer_id = UnicodeAttribute(null=True)
    credential_id = UnicodeAttribute(null=True)
    expires = NumberAttribute()

    @classmethod
    def of(cls, one: Link) -> Self:
        return cls(*keys.holder_link(one.mailbox_id, one.digest), **members(one, Link), expires=epoch(one.expires))

    def to_domain(self) -> Link:
        return Link(purpose=Purpose(self.purpose), **members(self, Link, exclude=("purpose",)))


class LinkRequestItem(Item, discriminator="link_request"):
    """A request for a link to everything of a holder."""

    id = UnicodeAttribute()
    credential_id = UnicodeAttribute()
    email = UnicodeAttribute()
    language = UnicodeAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, one: LinkRequest) -> Self:
        found = members(one, LinkRequest, exclude=("expires",))
        return cls(*keys.link_request(one.id), **found, expires=epoch(one.expires))

    def to_domain(self) -> LinkRequest:
        return LinkRequest(expires=from_epoch(self.expires), **members(self, LinkRequest, exclude=("expires",)))


class SentEmailItem(Item, discriminator="mail"):
    """The email that a message id of the email service belongs to."""

    credential_id = UnicodeAttribute(null=True)
    issuer_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    recipient = UnicodeAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, message_id: str, one: SentEmail, until: datetime) -> Self:
        return cls(*keys.sent_email(message_id), **members(one, SentEmail), expires=epoch(until))

    def to_domain(self) -> SentEmail:
        return SentEmail(self.credential_id, self.issuer_id, Kind(self.kind), self.recipient)


class EarlyEventItem(Item, discriminator="early"):
    """An email event that arrived before the message id was stored."""

    state = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, message_id: str, one: EarlyEvent) -> Self:
        key = keys.early_event(message_id, one.state.value)
        return cls(*key, state=one.state.value, at=one.at, expires=epoch(one.at + EARLY_EVENT_FOR))

    def to_domain(self) -> EarlyEvent:
        return EarlyEvent(State(self.state), self.at)
