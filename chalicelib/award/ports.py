"""What awarding needs from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.award.issuing.recipient import Holding, Issued, Recipient
from chalicelib.award.issuing.search import Place, Row
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Image, Record, StatusList
from chalicelib.errors import LaurelError
from chalicelib.tasks.task_queue import Task


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that the key service has just made: its handle and its raw 32-byte Ed25519 public half."""

    handle: str
    public: bytes


class Signer(Protocol):
    """The key service. Private keys never leave it. Every method raises `Unavailable`."""

    def create(self, description: str) -> NewKey:
        """Make an Ed25519 key."""

    def public(self, handle: str) -> bytes:
        """The raw public half of a key."""

    def sign(self, handle: str, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature over ``message``."""


class IssuerStore(Protocol):
    """The issuers' side of storage. Every method raises `Unavailable` when storage does not answer."""

    def issuer(self, issuer_id: str) -> Issuer:
        """Strongly read. Raises `NotFound`."""

    def issuers(self) -> Iterator[Issuer]:
        """All of them."""

    def add_issuer(self, issuer: Issuer, lists: Sequence[StatusList], owner: str | None = None) -> None:
        """Store a new issuer with its first lists and, if there is one, its ``owner`` (a normal e-mail address), all or
        nothing. Raises `Conflict` when the id is taken."""

    def replace_issuer(self, issuer: Issuer, lists: Sequence[StatusList] = ()) -> None:
        """Store ``issuer`` over the version before it, and new or next versions of ``lists`` with it, all or
        nothing. Raises `Conflict` when another writer was first."""

    def achievement(self, issuer_id: str, achievement_id: str) -> Achievement:
        """Raises `NotFound`."""

    def achievements(self, issuer_id: str) -> Iterator[Achievement]:
        """All of one issuer's."""

    def add_achievement(self, achievement: Achievement) -> None:
        """Store its first version. Raises `Conflict` when the id is taken."""

    def replace_achievement(self, before: Achievement, after: Achievement) -> None:
        """Store the next version and keep the one before it, all or nothing. Raises `Conflict` when another writer
        was first."""

    def achievement_version(self, issuer_id: str, achievement_id: str, version: int) -> Achievement:
        """One version, the present one or an earlier one. Raises `NotFound`."""

    def achievement_versions(self, issuer_id: str, achievement_id: str) -> Iterator[Achievement]:
        """Every version, the first one first; none when there is no such achievement."""

    def record(self, credential_id: str) -> Record:
        """Strongly read. Raises `NotFound`."""

    def records(self, issuer_id: str) -> Iterator[Record]:
        """All of one issuer's, newest last."""

    def add_record(self, record: Record, recipient: Recipient | None = None, tasks: Sequence[Task] = ()) -> None:
        """Store a new credential, who got it, its row in the issuer's list and ``tasks``, and take its status list
        indexes: all or nothing. Exactly the same again is harmless.

        Raises `Conflict` with code `index_taken` when an index is another credential's, `id_taken` for the id.
        """

    def add_records(self, issued: Sequence[Issued]) -> list[LaurelError | None]:
        """Store each as `add_record` does, several in one transaction, and say what came of each: None, or what
        `add_record` raised. Raises nothing."""

    def taken(self, list_id: str, indexes: Sequence[int]) -> set[int]:
        """Which of ``indexes`` (at most 100) of a status list are taken already, strongly read."""

    def recipient(self, credential_id: str) -> Recipient:
        """Who got a credential, strongly read. Raises `NotFound`."""

    def holdings(self, email: str) -> Iterator[Holding]:
        """Every credential, of any issuer, that went to an e-mail address (in lower case)."""

    def rows(self, issuer_id: str, after: Place | None, limit: int) -> list[Row]:
        """At most ``limit`` rows of an issuer's list, newest first, from the one that follows ``after``; fewer than
        ``limit`` are the last ones."""

    def rows_of_email(self, issuer_id: str, email: str) -> list[Row]:
        """The rows of one address (in lower case) in an issuer's list, newest first, at most `listing.MOST_OF_ONE`."""

    def status_list(self, list_id: str) -> StatusList:
        """Strongly read. Raises `NotFound`."""

    def replace_standing(self, record: Record, lists: Sequence[StatusList], tasks: Sequence[Task] = ()) -> None:
        """Store the record's new standing, its row, the next version of ``lists``, and ``tasks``, all or nothing.

        Each carries its new version; raises `Conflict` when another writer was first.
        """

    def supersede(self, before: Record, lists: Sequence[StatusList], issued: Issued) -> None:
        """Store a new credential as `add_record` does, and with it the next version of the one that it replaces, and
        of ``lists``: all or nothing. Raises as both `add_record` and `replace_standing`."""

    def add_image(self, image: Image) -> None:
        """Store a picture; the same picture twice is no fault."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a caller's `Idempotency-Key` stands for: one request, and the id of what it makes."""

    issuer_id: str
    key: str
    request: bytes
    """The SHA-256 of the request that came with it first."""
    credential_id: str
    expires: datetime


class Claims(Protocol):
    """Where claims are kept for a while."""

    def claim(self, fresh: Claim, now: datetime) -> Claim:
        """The claim that stands under the issuer and key of ``fresh``: ``fresh`` itself when there was none before, or
        one that has expired at ``now``. Raises `Unavailable`."""
