"""Ports of issuing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.award.issuing.recipient import Issued, Recipient
from chalicelib.award.issuing.search import Place, Row
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Image, Record, StatusList
from chalicelib.errors import LaurelError
from chalicelib.tasks.task_queue import Task


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new key in the key service: its handle and its raw public key, 32 bytes for Ed25519, a compressed point for
    P-256."""

    handle: str
    public: bytes


class Signer(Protocol):
    """The key service. Private keys never leave it. Every method raises `Unavailable`."""

    def create(self, issuer_id: str) -> NewKey:
        """Create an Ed25519 key for an issuer, whose id it carries."""

    def create_p256(self, issuer_id: str) -> NewKey:
        """Create a P-256 key for an issuer, whose id it carries."""

    def public(self, handle: str) -> bytes:
        """The raw public key of an Ed25519 key."""

    def sign(self, handle: str, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature over ``message``."""

    def sign_p256(self, handle: str, message: bytes) -> bytes:
        """The 64-byte signature over ``message`` by a P-256 key: r and s (ES256; RFC 7518, 3.4)."""


class IssuerStore(Protocol):
    """Stores issuers, achievements and credentials. Every method raises `Unavailable` when storage does not respond."""

    def issuer(self, issuer_id: str) -> Issuer:
        """Strongly consistent read. Raises `NotFound`."""

    def issuers(self) -> Iterator[Issuer]:
        """All issuers."""

    def add_issuer(
        self, issuer: Issuer, lists: Sequence[StatusList], owner: str | None = None, names: Collection[str] = ()
    ) -> None:
        """Store a new issuer, its first lists, any ``owner`` (a normalized email address) and it as the holder of the
        ``names`` with these skeletons in one transaction.

        Raises `Conflict` when the id is taken.
        """

    def replace_issuer(self, issuer: Issuer, lists: Sequence[StatusList] = (), names: Collection[str] = ()) -> None:
        """Replace the previous version of ``issuer``, and store new or next versions of ``lists`` and it as the holder
        of the ``names`` with these skeletons, in one transaction.

        Raises `Conflict` when another writer was first.
        """

    def name_holders(self, digest: str) -> set[str]:
        """The ids of the issuers that may have a name with this skeleton; empty when it is not reserved."""

    def add_name_holder(self, digest: str, issuer_id: str) -> None:
        """Add an issuer that may have a name with this skeleton. Idempotent."""

    def achievement(self, issuer_id: str, achievement_id: str) -> Achievement:
        """Raises `NotFound`."""

    def achievements(self, issuer_id: str) -> Iterator[Achievement]:
        """All achievements of an issuer."""

    def achievements_by_id(self, issuer_id: str, ids: Collection[str]) -> Mapping[str, Achievement]:
        """Those of ``ids`` that exist, by id, as they were a second ago: for names."""

    def add_achievement(self, achievement: Achievement) -> None:
        """Store the first version of an achievement. Raises `Conflict` when the id is taken."""

    def replace_achievement(self, before: Achievement, after: Achievement) -> None:
        """Store the next version and keep the previous one, in one transaction.

        Raises `Conflict` when another writer was first.
        """

    def achievement_version(self, issuer_id: str, achievement_id: str, version: int) -> Achievement:
        """The current or an earlier version. Raises `NotFound`."""

    def achievement_versions(self, issuer_id: str, achievement_id: str) -> Iterator[Achievement]:
        """All versions, oldest first; empty when the achievement does not exist."""

    def record(self, credential_id: str) -> Record:
        """Strongly consistent read. Raises `NotFound`."""

    def records_by_id(self, credential_ids: Collection[str]) -> Mapping[str, Record]:
        """Those of ``credential_ids`` that exist, by id, strongly consistent."""

    def records(self, issuer_id: str) -> Iterator[Record]:
        """All credentials of an issuer, newest last."""

    def add_record(self, record: Record, recipient: Recipient | None = None, tasks: Sequence[Task] = ()) -> None:
        """Store a new credential, its recipient, its row in the issuer's list and ``tasks``, and reserve its status
        list indexes, in one transaction. Idempotent.

        Raises `Conflict` (`index_taken` when another credential has an index, `id_taken` when one has the id).
        """

    def add_records(self, issued: Sequence[Issued]) -> list[LaurelError | None]:
        """Store each as `add_record` does, several in one transaction; return None or the error for each.

        Never raises.
        """

    def taken(self, list_id: str, indexes: Sequence[int]) -> set[int]:
        """Those of ``indexes`` (at most 100) of a status list that are taken, with a consistent read."""

    def recipient(self, credential_id: str) -> Recipient:
        """The recipient of a credential, with a consistent read. Raises `NotFound`."""

    def recipients(self, credential_ids: Collection[str]) -> Sequence[Recipient]:
        """The recipients of ``credential_ids``, in order of their ids. Credentials without a recipient are left out."""

    def holder_issuers(self, email: str, after: str | None, limit: int) -> list[str]:
        """The ids of the issuers of an address (in lower case), in order, after the issuer ``after``; at most
        ``limit``, with one read each, however many credentials an issuer has issued."""

    def holdings(self, issuer_id: str, email: str, before: Place | None, limit: int) -> list[Place]:
        """The credentials of an address (in lower case) from one issuer, newest first, before ``before``; at most
        ``limit``."""

    def rows(self, issuer_id: str, after: Place | None, limit: int, *, consistent: bool = True) -> list[Row]:
        """At most ``limit`` rows of an issuer's list after ``after``, newest first; fewer on the last page. A read that
        is not ``consistent`` costs half, and may miss the writes of the last second."""

    def rows_of_email(self, issuer_id: str, email: str) -> list[Row]:
        """The rows of an address (in lower case) in an issuer's list, newest first: at most
        `search.MAX_PER_ADDRESS`."""

    def status_list(self, list_id: str) -> StatusList:
        """Strongly consistent read. Raises `NotFound`."""

    def status_lists(self, issuer_id: str) -> Iterator[StatusList]:
        """All status lists of an issuer."""

    def replace_status(self, record: Record, lists: Sequence[StatusList], tasks: Sequence[Task] = ()) -> None:
        """Store the record's new status, its row, the next version of ``lists`` and ``tasks`` in one transaction.

        Each has its new version. Raises `Conflict` when another writer was first.
        """

    def show_view_counts(self, record: Record) -> None:
        """Store the next version of a record, whose ``shows_view_counts`` has changed, with new view counts or
        without any, in one transaction. Raises `Conflict` when another writer was first."""

    def supersede(self, before: Record, lists: Sequence[StatusList], issued: Issued) -> None:
        """Store a new credential as `add_record` does, with the next versions of the replaced credential and of
        ``lists``, in one transaction. Raises as `add_record` and `replace_status`."""

    def add_image(self, image: Image) -> None:
        """Store an image; an image that is already stored is ignored."""

    def image(self, sha256: str) -> Image:
        """Raises `NotFound`."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The request that a caller's `Idempotency-Key` is bound to, and the id of what it creates."""

    issuer_id: str
    key: str
    request: bytes
    """The SHA-256 of the last request that took the key."""
    credential_id: str
    expires: datetime
    version: int = 1
    """The number of requests that have taken the key."""


class Claims(Protocol):
    """Stores claims until they expire."""

    def claim(self, fresh: Claim, now: datetime) -> Claim:
        """Store ``fresh`` unless an unexpired claim exists for its issuer and key; return the stored claim.

        Raises `Unavailable`.
        """

    def take_over(self, before: Claim, after: Claim) -> Claim:
        """Replace ``before`` by ``after`` unless another request has already replaced it; return the stored claim.

        ``after`` is the next version, with the same issuer, key and credential id. Raises `Unavailable`.
        """
