"""Items for access: members and tokens; sessions, sign-in links and signing keys, which expire (``expires``, epoch
seconds)."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.access.models import (
    Link,
    Member,
    Membership,
    Session,
    Token,
)
from chalicelib.access.roles import Role
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, epoch, from_epoch, members


class MemberItem(Item, discriminator="member"):
    """A member of an issuer."""

    issuer_id = UnicodeAttribute()
    email = UnicodeAttribute()
    role = UnicodeAttribute()
    since = UTCDateTimeAttribute()

    @classmethod
    def of(cls, member: Member) -> Self:
        return cls(*keys.member(member.issuer_id, member.email), **members(member, Member))

    def to_domain(self) -> Member:
        return Member(self.issuer_id, self.email, Role(self.role), self.since)


class MembershipItem(Item, discriminator="membership"):
    """The number of members and owners of an issuer."""

    issuer_id = UnicodeAttribute()
    owners = NumberAttribute()
    members = NumberAttribute()
    version = NumberAttribute()
    last = UnicodeAttribute()

    @classmethod
    def of(cls, membership: Membership) -> Self:
        return cls(*keys.membership(membership.issuer_id), **members(membership, Membership))

    def to_domain(self) -> Membership:
        return Membership(**members(self, Membership))


class TokenItem(Item, discriminator="token"):
    """An API key, without its secret."""

    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute(null=True)
    role = UnicodeAttribute(null=True)
    name = UnicodeAttribute()
    digest = UnicodeAttribute()
    created = UTCDateTimeAttribute()
    created_by = UnicodeAttribute()
    used = UTCDateTimeAttribute(null=True)
    member = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, token: Token) -> Self:
        return cls(*keys.token(token.id), **members(token, Token))

    def to_domain(self) -> Token:
        role = None if self.role is None else Role(self.role)
        return Token(role=role, **members(self, Token, exclude=("role",)))


class SigningKeyItem(Item, discriminator="signing_key"):
    """The secret from which a day's signing keys are derived."""

    key = BinaryAttribute(legacy_encoding=False)
    expires = NumberAttribute()

    def to_domain(self) -> bytes:
        return bytes(self.key)


class SessionItem(Item, discriminator="session"):
    id = UnicodeAttribute()
    email = UnicodeAttribute()
    csrf = UnicodeAttribute()
    created = UTCDateTimeAttribute()
    seen = UTCDateTimeAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            *keys.session(session.email, session.id),
            expires=epoch(session.expires),
            **members(session, Session, exclude=("expires",)),
        )

    def to_domain(self) -> Session:
        return Session(expires=from_epoch(self.expires), **members(self, Session, exclude=("expires",)))


class LinkItem(Item, discriminator="link"):
    """A one-time sign-in link, without its secret."""

    digest = UnicodeAttribute()
    browser = UnicodeAttribute()
    email = UnicodeAttribute()
    next = UnicodeAttribute()
    expires = NumberAttribute()

    @classmethod
    def of(cls, link: Link) -> Self:
        return cls(
            *keys.sign_in_link(link.digest), expires=epoch(link.expires), **members(link, Link, exclude=("expires",))
        )

    def to_domain(self) -> Link:
        return Link(expires=from_epoch(self.expires), **members(self, Link, exclude=("expires",)))


class KnownPersonItem(Item, discriminator="known_person"):
    """Records that a person has signed in; the key has a hash of their address."""

    expires = NumberAttribute()

    def to_domain(self) -> datetime:
        return from_epoch(self.expires)
