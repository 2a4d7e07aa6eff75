"""Items about whom a credential was issued to: recipients, rows in the list of an issuer, credentials by address."""

from __future__ import annotations

from typing import Self

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.award.issuing.recipient import Holding, Recipient
from chalicelib.award.issuing.search import Row
from chalicelib.credential.record import State
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, members


class RecipientItem(Item, discriminator="recipient"):
    """The recipient of a credential."""

    credential_id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    name = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    zone = UnicodeAttribute(null=True)
    lang = UnicodeAttribute(null=True)
    notify = BooleanAttribute()

    @classmethod
    def of(cls, recipient: Recipient) -> Self:
        return cls(*keys.recipient(recipient.credential_id), **members(recipient, Recipient))

    def to_domain(self) -> Recipient:
        return Recipient(**members(self, Recipient))


class RowItem(Item, discriminator="row"):
    """A credential in the list of its issuer."""

    credential_id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    issued_at = UTCDateTimeAttribute()
    achievement_id = UnicodeAttribute()
    holder_name = UnicodeAttribute()
    state = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    valid_until = UTCDateTimeAttribute(null=True)
    superseded_by = UnicodeAttribute(null=True)
    corrected = BooleanAttribute(default=False)
    revoked_at = UTCDateTimeAttribute(null=True)
    notify = BooleanAttribute(default=False)

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(*keys.row(row.issuer_id, row.issued_at, row.credential_id), **members(row, Row))

    def to_domain(self) -> Row:
        return Row(state=State(self.state), **members(self, Row, exclude=("state",)))


class IndexMarker(Item, discriminator="index"):
    """Marks an index of a status list as used, and by which credential. An erased credential leaves it without the id:
    the index is never used again."""

    credential_id = UnicodeAttribute(null=True)


class HolderPointer(Item, discriminator="holding"):
    """Marks a credential as issued to the address in its key."""

    issuer_id = UnicodeAttribute()
    credential_id = UnicodeAttribute()

    def to_domain(self) -> Holding:
        return Holding(self.issuer_id, self.credential_id)
