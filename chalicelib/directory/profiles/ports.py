"""Ports of holders' profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.directory.profiles.consent import ConsentEntry
from chalicelib.directory.profiles.profile import Profile
from chalicelib.directory.profiles.published import Published, Views


class ProfileStore(Protocol):
    """Stores profiles and consents. Every method raises `Unavailable` when storage does not respond."""

    def profile(self, mailbox: str) -> Profile | None:
        """The profile of a mailbox, strongly consistent."""

    def entries(self, mailbox: str) -> tuple[ConsentEntry, ...]:
        """The ledger of a mailbox in order, strongly consistent."""

    def save(self, profile: Profile, entry: ConsentEntry | None, views: Views) -> Profile:
        """Replace the version that was read, add ``entry`` to the ledger, and replace the copies that audiences see by
        ``views``, in one transaction. ``profile`` has a new `changed_at`. Returns the next version.

        Raises `Conflict` when the profile has changed since, or would be shown although it is hidden.
        """

    def hidden(self, holder_id: str) -> datetime | None:
        """When an operator hid a profile, strongly consistent; None if it is not hidden.

        ``holder_id`` is the digest of the mailbox if its holder has deleted the hidden profile.
        """

    def hide(self, holder_id: str, at: datetime) -> None:
        """Hide a profile: in one transaction, delete its copies and prevent new ones."""

    def unhide(self, holder_id: str) -> None:
        """Allow a profile to be shown when its holder saves it again."""

    def delete(self, profile: Profile) -> None:
        """Delete a profile, with a new `changed_at`, its copies, and its ledger; the copies first.

        Raises `Conflict` when the profile changes meanwhile. It can be repeated.
        """


class PublishedStore(Protocol):
    """Reads what holders show to others."""

    def published(self, holder_id: str) -> Published | None:
        """The public copy of a profile, with one strongly consistent read; None if there is none."""

    def listed(self, shard: str, now: datetime, limit: int) -> list[str]:
        """The ids of the profiles that search engines may list and that begin with ``shard``, one character; at most
        ``limit``."""

    def published_many(self, holder_ids: Sequence[str]) -> Mapping[str, Published]:
        """The public part of each of these profiles, strongly consistent, several in one call; without those that have
        none."""

    def for_recruiters(self, holder_ids: Sequence[str]) -> Mapping[str, Published]:
        """What recruiters see of these profiles, as `published_many`. The function *public* cannot read it."""

    def all_ids(self) -> Iterator[str]:
        """The ids of all public profiles; reads the whole table."""
