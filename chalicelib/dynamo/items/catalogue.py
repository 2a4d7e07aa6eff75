"""Items of the public catalogue."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Self

from pynamodb.attributes import (
    BinaryAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.catalogue.entry import CatalogueEntry, CatalogueSkill
from chalicelib.catalogue.ports import Click
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, epoch, mapped, members

_LISTS = ("skills", "related")


class CatalogueSkillMap(MapAttribute[str, Any]):
    """A skill inside its entry."""

    key = UnicodeAttribute()
    name = UnicodeAttribute()


class CatalogueEntryItem(Item, discriminator="catalogue_entry"):
    """An achievement as listed; written together with the achievement."""

    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    name = UnicodeAttribute()
    kind = UnicodeAttribute()
    image = UnicodeAttribute()
    image_alt = UnicodeAttribute()
    skills = ListAttribute(of=CatalogueSkillMap)
    enrolment_url = UnicodeAttribute(null=True)
    related = ListAttribute(of=UnicodeAttribute)

    @classmethod
    def of(cls, entry: CatalogueEntry) -> Self:
        return cls(
            *keys.catalogue_entry(entry.issuer_id, entry.id),
            skills=[mapped(CatalogueSkillMap, key=skill.key, name=skill.name) for skill in entry.skills],
            related=list(entry.related),
            **members(entry, CatalogueEntry, exclude=_LISTS),
        )

    def to_domain(self) -> CatalogueEntry:
        return CatalogueEntry(
            skills=tuple(CatalogueSkill(skill.key, skill.name) for skill in self.skills),
            related=tuple(map(str, self.related)),
            **members(self, CatalogueEntry, exclude=_LISTS),
        )


class ClickItem(Item, discriminator="click"):
    """The first click on a page's enrolment link. ``expires`` is in epoch seconds."""

    event_id = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, nonce: str, visitor_class: str, click: Click, expires: datetime) -> Self:
        return cls(
            *keys.first_click(nonce, visitor_class), event_id=click.event_id, at=click.at, expires=epoch(expires)
        )

    def to_domain(self) -> Click:
        return Click(self.event_id, self.at.astimezone(UTC))


class ConversionKeyItem(Item, discriminator="conversion_key"):
    """The key of a month's tokens of referrals. ``expires`` is in epoch seconds."""

    key = BinaryAttribute(legacy_encoding=False)
    expires = NumberAttribute()

    @classmethod
    def of(cls, month: date, key: bytes, expires: datetime) -> Self:
        return cls(*keys.conversion_key(month), key=key, expires=epoch(expires))

    def to_domain(self) -> bytes:
        return bytes(self.key)


class ConversionItem(Item, discriminator="conversion"):
    """When a click led to a sign-up. ``expires`` is in epoch seconds, later than its token."""

    at = UTCDateTimeAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, issuer_id: str, event_id: str, at: datetime, expires: datetime) -> Self:
        return cls(*keys.conversion(issuer_id, event_id), at=at, expires=epoch(expires))

    def to_domain(self) -> datetime:
        return self.at.astimezone(UTC)
