"""Items for issuers and their achievements."""

from __future__ import annotations

from typing import Any, Self

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.issuer import DomainProof, Issuer, ProofLocation, SigningKey
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
    p256 = UnicodeAttribute(null=True)
    p256_handle = UnicodeAttribute(null=True)


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
                DomainProof(proof.domain, ProofLocation(proof.place), proof.seen, proof.sha256)
                for proof in self.domains
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
