"""Ports of access: stores and mailer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    """Stores members and tokens permanently. Every method raises `Unavailable` when storage does not respond."""

    def member(self, issuer_id: str, email: str) -> Member:
        """Read a member, strongly consistent. Raises `NotFound`."""

    def members(self, issuer_id: str) -> Iterator[Member]:
        """All members of an issuer, sorted by address."""

    def issuers_of(self, email: str, limit: int | None = None) -> Iterator[str]:
        """The ids of all issuers that a person is a member of, or of the first ``limit``, in the order in which the
        person was added: strangers choose the ids of their issuers, and can add anyone."""

    def membership(self, issuer_id: str) -> Membership:
        """Read the membership counts, strongly consistent; version 0 for an issuer that never had a member."""

    def replace_member(
        self, before: Member | None, after: Member | None, membership: Membership, ended: Sequence[Token] = ()
    ) -> None:
        """Store ``after`` in place of ``before`` (None: no member) and the next version of ``membership``, and delete
        the tokens ``ended``, all or nothing.

        Raises `Conflict` when another writer was first.
        """

    def token(self, token_id: str) -> Token:
        """Read a token, strongly consistent, so that a revoked token stops working at once. Raises `NotFound`."""

    def tokens(self, issuer_id: str | None) -> Iterator[Token]:
        """All tokens of an issuer, oldest first; of the operators if ``issuer_id`` is None."""

    def add_token(self, token: Token) -> None:
        """Store a new token. Raises `Conflict` when the id is taken."""

    def remove_token(self, token: Token) -> None:
        """Delete a token, with immediate effect. Raises `NotFound` when it does not exist."""

    def used(self, token: Token, at: datetime) -> None:
        """Record that ``token`` was used; does not recreate a token that was removed in the meantime."""


class SessionStore(Protocol):
    """Stores sessions, links, counters and signing keys until they expire.

    Every method raises `Unavailable` when storage does not respond. Storage may delete expired items days late
    (DynamoDB), so callers compare `expires` with the clock.
    """

    def key(self, kid: str) -> bytes | None:
        """The signing key with this id."""

    def make_key(self, kid: str, fresh: bytes, expires: datetime) -> bytes:
        """Store ``fresh`` under ``kid`` unless a key exists; return the stored key."""

    def destroy_keys_before(self, kid: str) -> int:
        """Delete every signing key whose id sorts before ``kid``; return how many were deleted."""

    def session(self, email: str, session_id: str) -> Session | None:
        """Read a session, strongly consistent."""

    def sessions_of(self, email: str) -> Iterator[Session]:
        """All stored sessions of a person, also expired ones."""

    def add_session(self, session: Session) -> None:
        """Store a new session."""

    def mark_used(self, session: Session, at: datetime) -> None:
        """Record that the session was used; does not recreate a session that was ended in the meantime."""

    def end_session(self, email: str, session_id: str) -> None:
        """Delete a session; a missing session is not an error."""

    def end_sessions(self, email: str) -> int:
        """Delete all sessions of a person; return how many were deleted."""

    def add_link(self, link: Link) -> None:
        """Store a one-time link."""

    def link(self, digest: str) -> Link | None:
        """Read a link without using it."""

    def take_link(self, link: Link) -> bool:
        """Use ``link`` once: True for exactly one caller."""

    def add_known_person(self, hashed: str, expires: datetime) -> None:
        """Store that the person with this hashed address has signed in, or until when that counts."""

    def is_known_person(self, hashed: str, now: datetime) -> bool:
        """Whether the person with this hashed address has signed in, and it still counts at ``now``."""

    def count(self, name: str, max_count: int, expires: datetime) -> bool:
        """Increment the counter ``name``; False, without incrementing, when it has reached ``max_count``."""

    def decrement(self, name: str) -> None:
        """Decrement the counter ``name``. One that has expired in the meantime is left alone."""


class Mailer(Protocol):
    """Sends sign-in emails."""

    def too_many_bounce(self) -> bool:
        """Whether so many sign-in emails bounce, or are reported as spam, that the sending account is in danger.
        Raises `Unavailable`."""

    def send_sign_in(self, email: str, link: str, minutes: int, language: str) -> None:
        """Send a sign-in link that is valid for ``minutes``, in an email in ``language``.

        An address that does not accept email (it bounced, for example) is not an error, because the requester must not
        find out. Raises `Unavailable` when no email can be sent at all.
        """
