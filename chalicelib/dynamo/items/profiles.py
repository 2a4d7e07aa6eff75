"""Items of holders' profiles: the private profile and ledger, and what others see."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self, cast

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.directory.profiles.consent import FIELDS, Audience, ConsentEntry, Decision, Visibility
from chalicelib.directory.profiles.profile import Details, OpenTo, Profile
from chalicelib.directory.profiles.published import Published
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, mapped, members

VIEW_KEYS = {Audience.PUBLIC: keys.published, Audience.RECRUITERS: keys.for_recruiters}
"""The key of the copy that each audience sees: the function *public* reaches only the first."""


class DetailsMap(MapAttribute[str, Any]):
    """Self-declared details of a holder."""

    name = UnicodeAttribute()
    headline = UnicodeAttribute()
    place = UnicodeAttribute()
    languages = ListAttribute(of=UnicodeAttribute)
    links = ListAttribute(of=UnicodeAttribute)
    open_to = ListAttribute(of=UnicodeAttribute)


class VisibilityMap(MapAttribute[str, Any]):
    """A holder's latest choice for each field."""

    name = UnicodeAttribute(null=True)
    headline = UnicodeAttribute(null=True)
    place = UnicodeAttribute(null=True)
    languages = UnicodeAttribute(null=True)
    links = UnicodeAttribute(null=True)
    open_to = UnicodeAttribute(null=True)


class DecisionMap(MapAttribute[str, Any]):
    """One decision inside its entry."""

    subject = UnicodeAttribute()
    audience = UnicodeAttribute()
    granted = BooleanAttribute()
    expires_at = UTCDateTimeAttribute(null=True)


class ProfileItem(Item, discriminator="profile"):
    """The profile of a mailbox."""

    mailbox = UnicodeAttribute()
    holder_id = UnicodeAttribute()
    details = mapped(DetailsMap)
    changed_at = UTCDateTimeAttribute()
    visibility = mapped(VisibilityMap)
    version = NumberAttribute()

    @classmethod
    def of(cls, one: Profile) -> Self:
        return cls(
            *keys.profile(one.mailbox),
            details=_mapped(one.details),
            visibility=mapped(VisibilityMap, **{field.value: seen.value for field, seen in one.visibility.items()}),
            **members(one, Profile, exclude=("details", "visibility")),
        )

    def to_domain(self) -> Profile:
        stored = {field: getattr(self.visibility, field) for field in FIELDS}
        return Profile(
            details=_details(self.details),
            visibility={field: Visibility(seen) for field, seen in stored.items() if seen is not None},
            **members(self, Profile, exclude=("details", "visibility")),
        )


class ConsentItem(Item, discriminator="consent"):
    """An entry of the ledger."""

    number = NumberAttribute()
    at = UTCDateTimeAttribute()
    text_version = NumberAttribute()
    decisions = ListAttribute(of=DecisionMap)

    @classmethod
    def of(cls, mailbox: str, one: ConsentEntry) -> Self:
        return cls(
            *keys.consent(mailbox, one.number),
            decisions=[mapped(DecisionMap, **members(each, Decision)) for each in one.decisions],
            **members(one, ConsentEntry, exclude=("decisions",)),
        )

    def to_domain(self) -> ConsentEntry:
        decisions = tuple(
            Decision(each.subject, Audience(each.audience), each.granted, each.expires_at) for each in self.decisions
        )
        return ConsentEntry(int(self.number), self.at, int(self.text_version), decisions)


class PublishedItem(Item, discriminator="published"):
    """The copy of a profile that one audience sees. It contains neither the mailbox nor its digest."""

    holder_id = UnicodeAttribute()
    details = mapped(DetailsMap)
    credentials = ListAttribute(of=UnicodeAttribute)
    indexed = BooleanAttribute()
    since = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute(null=True)
    contact = UnicodeAttribute(null=True)
    more = BooleanAttribute()

    @classmethod
    def of(cls, audience: Audience, one: Published) -> Self:
        return cls(
            *VIEW_KEYS[audience](one.holder_id),
            details=_mapped(one.details),
            credentials=list(one.credentials),
            **members(one, Published, exclude=("details", "credentials")),
        )

    def to_domain(self) -> Published:
        return Published(
            details=_details(self.details),
            credentials=tuple(map(str, self.credentials)),
            contact=None if self.contact is None else Audience(self.contact),
            **members(self, Published, exclude=("details", "credentials", "contact")),
        )


class SitemapItem(Item, discriminator="sitemap"):
    """A profile that search engines may list."""

    holder_id = UnicodeAttribute()
    expires_at = UTCDateTimeAttribute(null=True)

    @classmethod
    def of(cls, one: Published) -> Self:
        return cls(*keys.sitemap_entry(one.holder_id), holder_id=one.holder_id, expires_at=one.expires_at)

    def to_domain(self) -> tuple[str, datetime | None]:
        return str(self.holder_id), self.expires_at


class HiddenProfileItem(Item, discriminator="hidden_profile"):
    """Records that an operator has hidden a profile."""

    at = UTCDateTimeAttribute()

    @classmethod
    def of(cls, holder_id: str, at: datetime) -> Self:
        return cls(*keys.hidden_profile(holder_id), at=at)

    def to_domain(self) -> datetime:
        return self.at


def _mapped(details: Details) -> DetailsMap:
    lists = ("languages", "links", "open_to")
    return mapped(
        DetailsMap,
        **members(details, Details, exclude=lists),
        **{name: [str(one) for one in getattr(details, name)] for name in lists},
    )


def _details(stored: DetailsMap) -> Details:
    return Details(
        name=str(stored.name),
        headline=str(stored.headline),
        place=str(stored.place),
        languages=tuple(cast(list[str], stored.languages)),
        links=tuple(cast(list[str], stored.links)),
        open_to=tuple(OpenTo(one) for one in cast(list[str], stored.open_to)),
    )
