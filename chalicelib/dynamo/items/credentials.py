"""Items that the public reads: credentials, status lists, images."""

from __future__ import annotations

import zlib
from typing import Any, Self

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.credential import signed_content
from chalicelib.credential.record import CredentialStatus, Entry, Image, Purpose, Record, State, StatusList
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, mapped, members


class EntryMap(MapAttribute[str, Any]):
    """A credential's index in a status list."""

    purpose = UnicodeAttribute()
    list_id = UnicodeAttribute()
    index = NumberAttribute()


class RecordItem(Item, discriminator="credential"):
    """A hosted credential."""

    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    achievement_id = UnicodeAttribute()
    document = BinaryAttribute(legacy_encoding=False)
    jwt = UnicodeAttribute(null=True)
    entries = ListAttribute(of=EntryMap)
    state = UnicodeAttribute()
    state_at = UTCDateTimeAttribute()
    state_reason = UnicodeAttribute(null=True)
    issued_at = UTCDateTimeAttribute()
    version = NumberAttribute()
    # Missing from older items; the values are then read from the signed credential.
    holder_name = UnicodeAttribute(null=True)
    achievement_version = NumberAttribute(default=1)
    valid_until = UTCDateTimeAttribute(null=True)
    supersedes = UnicodeAttribute(null=True)
    superseded_by = UnicodeAttribute(null=True)
    corrected = BooleanAttribute(default=False)
    taken_down = UTCDateTimeAttribute(null=True)
    shows_view_counts = BooleanAttribute(default=False)

    @classmethod
    def of(cls, record: Record) -> Self:
        return cls(
            *keys.record(record.id),
            entries=[mapped(EntryMap, **members(entry, Entry)) for entry in record.entries],
            state=record.status.state,
            state_at=record.status.at,
            state_reason=record.status.reason,
            **members(record, Record, exclude=("entries", "status")),
        )

    def to_domain(self) -> Record:
        return Record(
            entries=tuple(Entry(Purpose(entry.purpose), entry.list_id, int(entry.index)) for entry in self.entries),
            status=CredentialStatus(State(self.state), self.state_at, self.state_reason),
            **self._signed_members(),
            **members(self, Record, exclude=("entries", "status", "holder_name", "valid_until")),
        )

    def _signed_members(self) -> dict[str, Any]:
        source = self if self.holder_name is not None else signed_content.read(self.document)
        return {"holder_name": source.holder_name, "valid_until": source.valid_until}


class StatusListItem(Item, discriminator="status_list"):
    """A status list, with its bits deflated.

    A list is read at every view and rewritten at every revocation. DynamoDB charges a strongly consistent read per 4 KB
    and a transactional write twice per KB, so 16 KiB of bits, almost all of them zero, would cost 5 read units and 32
    write units. Deflated, they take a few hundred bytes.
    """

    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    purpose = UnicodeAttribute()
    deflated = BinaryAttribute(legacy_encoding=False)
    document = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()

    @classmethod
    def of(cls, status_list: StatusList) -> Self:
        return cls(
            *keys.status_list(status_list.id),
            deflated=zlib.compress(status_list.bits, 9),
            **members(status_list, StatusList, exclude=("bits",)),
        )

    def to_domain(self) -> StatusList:
        return StatusList(
            bits=zlib.decompress(self.deflated),
            purpose=Purpose(self.purpose),
            **members(self, StatusList, exclude=("bits", "purpose")),
        )


class ImageItem(Item, discriminator="image"):
    sha256 = UnicodeAttribute()
    media_type = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)

    @classmethod
    def of(cls, image: Image) -> Self:
        return cls(*keys.image(image.sha256), **members(image, Image))

    def to_domain(self) -> Image:
        return Image(**members(self, Image))
