"""Items for credentials: issuers, achievements, credentials and their recipients, status lists, images."""

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

from chalicelib.award.issuing.recipient import Holding, Recipient
from chalicelib.award.issuing.search import Row
from chalicelib.credential import signed_content
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.issuer import DomainProof, Issuer, Place, SigningKey
from chalicelib.credential.record import CredentialStatus, Entry, Image, Purpose, Record, State, StatusList
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, mapped, members

NOT_REGISTERED = ""
"""The value for an issuer that the operators have not registered. It differs from a missing value, which means that the
item was stored before the attribute existed."""


class KeyMap(MapAttribute[str, Any]):
    """A signing key inside its issuer."""

    fragment = UnicodeAttribute()
    multibase = UnicodeAttribute()
    handle = UnicodeAttribute()
    created = UTCDateTimeAttribute()
    retired = UTCDateTimeAttribute(null=True)
    revoked = UTCDateTimeAttribute(null=True)
    shared = BooleanAttribute(default=False)


_CONVERTED = ("keys", "next_key", "domains", "registered_as", "former_names", "creator")
"""Members of an issuer that its item stores in another form."""


class DomainMap(MapAttribute[str, Any]):
    """A domain proof inside its issuer."""

    domain = UnicodeAttribute()
    place = UnicodeAttribute()
    seen = UTCDateTimeAttribute()
    sha256 = UnicodeAttribute()


class IssuerItem(Item, discriminator="issuer"):
    id = UnicodeAttribute()
    did = UnicodeAttribute()
    name = UnicodeAttribute()
    url = UnicodeAttribute()
    description = UnicodeAttribute()
    signing_keys = ListAttribute(of=KeyMap, attr_name="keys")
    revocation_list = UnicodeAttribute()
    suspension_list = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    image = UnicodeAttribute(null=True)
    accent = UnicodeAttribute(null=True)
    embed_sites = UnicodeAttribute(null=True)
    certificate_template = UnicodeAttribute(null=True)
    font = UnicodeAttribute(null=True)
    footer = UnicodeAttribute(null=True)
    directory = UnicodeAttribute(null=True)
    page_host = UnicodeAttribute(null=True)
    registered_as = UnicodeAttribute(null=True)
    former_names = ListAttribute(of=UnicodeAttribute, default=list)
    creator = ListAttribute(of=UnicodeAttribute, default=list)
    next_key: Any = KeyMap(null=True)  # type: ignore[no-untyped-call] # PynamoDB's maps are untyped
    domains = ListAttribute(of=DomainMap, default=list)
    closed = UTCDateTimeAttribute(null=True)
    version = NumberAttribute()
    profile_version = NumberAttribute()

    @classmethod
    def of(cls, issuer: Issuer) -> Self:
        return cls(
            *keys.issuer(issuer.id),
            signing_keys=[mapped(KeyMap, **members(key, SigningKey)) for key in issuer.keys],
            domains=[mapped(DomainMap, **members(proof, DomainProof)) for proof in issuer.domains],
            **members(issuer, Issuer, exclude=_CONVERTED),
            former_names=list(issuer.former_names),
            creator=list(issuer.creator),
            next_key=issuer.next_key and mapped(KeyMap, **members(issuer.next_key, SigningKey)),
            registered_as=issuer.registered_as or NOT_REGISTERED,
        )

    def to_domain(self) -> Issuer:
        return Issuer(
            keys=tuple(SigningKey(**members(key, SigningKey)) for key in self.signing_keys),
            domains=tuple(
                DomainProof(proof.domain, Place(proof.place), proof.seen, proof.sha256) for proof in self.domains
            ),
            **members(self, Issuer, exclude=_CONVERTED),
            former_names=tuple(map(str, self.former_names)),
            creator=tuple(map(str, self.creator)),
            next_key=self.next_key and SigningKey(**members(self.next_key, SigningKey)),
            # Issuers stored before this attribute existed were all registered by operators.
            registered_as=self.name if self.registered_as is None else self.registered_as or None,
        )


class SkillMap(MapAttribute[str, Any]):
    """A skill inside its achievement."""

    name = UnicodeAttribute()
    url = UnicodeAttribute(null=True)
    framework = UnicodeAttribute(null=True)
    code = UnicodeAttribute(null=True)


class AchievementItem(Item, discriminator="achievement"):
    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute()
    criteria = UnicodeAttribute()
    image = UnicodeAttribute()
    image_alt = UnicodeAttribute()
    skills = ListAttribute(of=SkillMap)
    kind = UnicodeAttribute()
    # Defaults for items stored before achievements had versions.
    version = NumberAttribute(default=1)
    valid_days = NumberAttribute(null=True)
    evidence_required = BooleanAttribute(default=False)
    archived = BooleanAttribute(default=False)
    shows_count = BooleanAttribute(default=False)
    enrolment_url = UnicodeAttribute(null=True)
    eligibility = UnicodeAttribute(null=True)
    related = ListAttribute(of=UnicodeAttribute, default=list)

    @classmethod
    def of(cls, achievement: Achievement, key: keys.Key | None = None) -> Self:
        """Build the item with ``key``; by default with the key of the current version."""
        return cls(
            *(key or keys.achievement(achievement.issuer_id, achievement.id)),
            skills=[mapped(SkillMap, **members(skill, Skill)) for skill in achievement.skills],
            related=list(achievement.related),
            **members(achievement, Achievement, exclude=("skills", "related")),
        )

    def to_domain(self) -> Achievement:
        return Achievement(
            skills=tuple(Skill(**members(skill, Skill)) for skill in self.skills),
            related=tuple(map(str, self.related)),
            **members(self, Achievement, exclude=("skills", "related")),
        )


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
    notify = BooleanAttribute(default=False)

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(*keys.row(row.issuer_id, row.issued_at, row.credential_id), **members(row, Row))

    def to_domain(self) -> Row:
        return Row(state=State(self.state), **members(self, Row, exclude=("state",)))


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


class ImageItem(Item, discriminator="image"):
    sha256 = UnicodeAttribute()
    media_type = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)

    @classmethod
    def of(cls, image: Image) -> Self:
        return cls(*keys.image(image.sha256), **members(image, Image))

    def to_domain(self) -> Image:
        return Image(**members(self, Image))
