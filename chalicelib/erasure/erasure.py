"""An erasure of a person, and its ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from chalicelib.credential import email_address
from chalicelib.credential.record import Record
from chalicelib.delivery import links, mailbox
from chalicelib.directory.profiles.profile import Profile


class RequestedBy(StrEnum):
    """Who requested an erasure."""

    HOLDER = "holder"
    ISSUER = "issuer"
    OPERATOR = "operator"


class State(StrEnum):
    """The progress of an erasure."""

    WAITING = "waiting"
    """In the cooling-off period. It can be cancelled."""
    ERASING = "erasing"
    """The credentials are being deleted."""
    SWEEPING = "sweeping"
    """They are deleted; all tables are being searched for other traces."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure that is not done yet. Nothing is stored about one that is done, except its `Tombstone`s."""

    issuer_id: str | None
    """The issuer whose credentials and records are deleted; None: everything about the address."""
    subject: str
    """The digest of the address; for a credential without one, its id."""
    email: str | None
    """None for a credential without an address, and where only the digest of the address is known (`reapply`)."""
    credential_id: str | None
    """The credential to delete if it has no address; otherwise None."""
    requested_by: RequestedBy
    requested_at: datetime
    due: datetime
    """When the cooling-off period ends."""
    state: State = State.WAITING
    changed_at: datetime | None = None
    """When the state last changed."""
    version: int = 1

    @property
    def digest(self) -> str | None:
        """The digest of the address; None for a credential without one."""
        return self.subject if self.credential_id is None else None


@dataclass(frozen=True, slots=True)
class ErasureTarget:
    """What the sweep looks for: one erasure, with the ids that were deleted."""

    erasure: Erasure
    ids: frozenset[str]
    """Of its credentials and its public profile."""

    @property
    def identifying_values(self) -> frozenset[str]:
        """Values calculated from the address that identify only it."""
        digest, email = self.erasure.digest, self.erasure.email
        given = frozenset() if email is None else frozenset((mailbox.plain_digest(email),))
        return given if digest is None else given | {digest, links.mailbox_id_of(digest)}

    @property
    def recipient(self) -> str | None:
        """What names the address as a recipient of emails. Addresses that differ only in a tag share it."""
        email = self.erasure.email
        return None if email is None else mailbox.digest(email_address.without_tag(email))


@dataclass(frozen=True, slots=True)
class Sweep:
    """A search of all tables, in passes: it ends with a pass that finds nothing."""

    started_at: datetime
    position: str = ""
    """Where the current pass is; empty at its start."""
    changed: int = 0
    """Items that the current pass has changed."""


class Restored(NamedTuple):
    """Something that was erased and exists again, after a restore."""

    issuer_id: str | None
    email: str | None = None
    digest: str | None = None
    """The digest of the address, where the address is not known."""
    credential_id: str | None = None


class ErasureStore(Protocol):
    """Stores erasures. Every method raises `Unavailable` when storage does not respond."""

    def erasure(self, issuer_id: str | None, subject: str) -> Erasure | None:
        """The erasure, strongly consistent."""

    def erasures(self) -> Iterator[Erasure]:
        """All erasures, strongly consistent."""

    def of_issuer(self, issuer_id: str) -> Iterator[Erasure]:
        """Those that an issuer's data are erased by, strongly consistent."""

    def add(self, erasure: Erasure) -> bool:
        """Store a new erasure; False if there is one already."""

    def replace(self, erasure: Erasure) -> Erasure:
        """Replace the version that was read; returns the next version. Raises `Conflict`."""

    def cancel(self, erasure: Erasure) -> None:
        """Delete an erasure that still waits. Raises `Conflict` if it does not."""

    def delete_credential(self, erasure: Erasure, record: Record, email: str | None, at: datetime) -> None:
        """Delete a credential and what is stored beside it, after its tombstone; safe to repeat."""

    def delete_pointers(self, email: str, issuer_id: str, credential_id: str, issued_at: datetime) -> None:
        """Delete what is stored beside a credential that is gone already."""

    def delete_mailbox(self, digest: str, at: datetime) -> None:
        """Delete what is known about an address, after its tombstone; safe to repeat."""

    def add_profile_tombstone(self, erasure: Erasure, profile: Profile, at: datetime) -> None:
        """Store the tombstone of a profile that is about to be deleted."""

    def ids(self, erasure: Erasure) -> frozenset[str]:
        """The ids that were deleted."""

    def finish(self, erasure: Erasure) -> None:
        """Delete an erasure that is done, with its ids."""

    def current_sweep(self) -> Sweep | None:
        """The sweep that is not done yet, or the last one."""

    def save_sweep(self, sweep: Sweep) -> None:
        """Store where a sweep is."""

    def sweep(self, sweep: Sweep, targets: Sequence[ErasureTarget]) -> Iterator[Sweep]:
        """Continue a pass, and yield its position after each page that was searched; the last position is empty."""

    def restored(self, since: datetime) -> Iterator[Restored]:
        """What was erased after ``since`` and exists."""

    def find(self, values: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Search every byte of every table and of the archived events: the kind of each item with one of
        ``values``, and the value."""
