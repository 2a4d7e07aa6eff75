"""What awarding needs from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Image, Record, StatusList


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


class Ledger(Protocol):
    """The issuers' side of storage. Every method raises `Unavailable` when storage does not answer."""

    def issuer(self, issuer_id: str) -> Issuer:
        """Strongly read. Raises `NotFound`."""

    def issuers(self) -> Iterator[Issuer]:
        """All of them."""

    def add_issuer(self, issuer: Issuer, lists: Sequence[StatusList]) -> None:
        """Store a new issuer with its first lists, all or nothing. Raises `Conflict` when the id is taken."""

    def replace_issuer(self, issuer: Issuer, lists: Sequence[StatusList] = ()) -> None:
        """Store ``issuer`` over the version before it, and new or next versions of ``lists`` with it, all or
        nothing. Raises `Conflict` when another writer was first."""

    def achievement(self, issuer_id: str, achievement_id: str) -> Achievement:
        """Raises `NotFound`."""

    def achievements(self, issuer_id: str) -> Iterator[Achievement]:
        """All of one issuer's."""

    def add_achievement(self, achievement: Achievement) -> None:
        """Raises `Conflict` when the id is taken."""

    def record(self, credential_id: str) -> Record:
        """Strongly read. Raises `NotFound`."""

    def records(self, issuer_id: str) -> Iterator[Record]:
        """All of one issuer's, newest last."""

    def add_record(self, record: Record) -> None:
        """Store a new credential and take its status list indexes, all or nothing.

        Raises `Conflict` with code `index_taken` when an index is another credential's, `id_taken` for the id.
        """

    def status_list(self, list_id: str) -> StatusList:
        """Strongly read. Raises `NotFound`."""

    def replace_standing(self, record: Record, lists: Sequence[StatusList]) -> None:
        """Store the record's new standing and the next version of ``lists``, all or nothing.

        Each carries its new version; raises `Conflict` when another writer was first.
        """

    def add_image(self, image: Image) -> None:
        """Store a picture; the same picture twice is no fault."""
