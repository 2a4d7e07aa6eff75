"""What the acts of access need from storage and from the post."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from chalicelib.access.models import (
    Link,
    Member,
    Membership,
    Session,
    Token,
)


class MemberStore(Protocol):
    """Members and tokens: what lasts. Every method raises `Unavailable` when storage does not answer."""

    def member(self, issuer_id: str, email: str) -> Member:
        """Strongly read. Raises `NotFound`."""

    def members(self, issuer_id: str) -> Iterator[Member]:
        """All of one issuer's, by address."""

    def issuers_of(self, email: str) -> Iterator[str]:
        """The ids of all issuers that a person belongs to."""

    def membership(self, issuer_id: str) -> Membership:
        """Strongly read; an empty one of version 0 for an issuer that never had a member."""

    def replace_member(self, before: Member | None, after: Member | None, membership: Membership) -> None:
        """Store ``after`` in place of ``before`` (None: nobody) and the next version of the ``roster``, all or nothing.

        Raises `Conflict` when another writer was first.
        """

    def token(self, token_id: str) -> Token:
        """Strongly read: what was revoked a moment ago is gone. Raises `NotFound`."""

    def tokens(self, issuer_id: str | None) -> Iterator[Token]:
        """All of one issuer's, oldest first; of the operators, where it is None."""

    def add_token(self, token: Token) -> None:
        """Raises `Conflict` when the id is taken."""

    def remove_token(self, token: Token) -> None:
        """From now on it opens nothing. Raises `NotFound` when it is gone already."""

    def used(self, token: Token, at: datetime) -> None:
        """Note that ``token`` was used; never brings one back that was removed meanwhile."""


class SessionStore(Protocol):
    """Sessions, links, counters and signing keys: what ends soon and really goes.

    Every method raises `Unavailable` when storage does not answer. Storage deletes what is over, but takes its time
    (DynamoDB: a few days), so whoever reads compares `expires` with the clock.
    """

    def key(self, kid: str) -> bytes | None:
        """The signing key with that id."""

    def make_key(self, kid: str, fresh: bytes, expires: datetime) -> bytes:
        """Store ``fresh`` under ``kid``, unless there is one already; the one that stands there then."""

    def destroy_keys_before(self, kid: str) -> int:
        """Delete every signing key whose id sorts before ``kid``; how many there were."""

    def session(self, email: str, session_id: str) -> Session | None:
        """Strongly read."""

    def add_session(self, session: Session) -> None:
        """Store a new one."""

    def seen(self, session: Session, at: datetime) -> None:
        """Note that it was used; never brings one back that was ended meanwhile."""

    def end_session(self, email: str, session_id: str) -> None:
        """Delete it; one that is gone already is no fault."""

    def end_sessions(self, email: str) -> int:
        """Delete all of one person's; how many there were."""

    def add_link(self, link: Link) -> None:
        """Store a one-time link."""

    def link(self, digest: str) -> Link | None:
        """Look at a link without using it."""

    def take_link(self, link: Link) -> bool:
        """Use ``link``, once: True for exactly one of all who try."""

    def count(self, name: str, most: int, expires: datetime) -> bool:
        """Count one more under ``name``; False, and nothing counted, when there were ``most`` already."""


class Mailer(Protocol):
    """The way mail goes out."""

    def send_sign_in(self, email: str, link: str, minutes: int) -> None:
        """Send the link by which somebody signs in, good for that many ``minutes``.

        An address that takes no mail (it bounced, say) is no fault: the asker must not learn it. Raises `Unavailable`
        when the post is out of order for everybody.
        """
