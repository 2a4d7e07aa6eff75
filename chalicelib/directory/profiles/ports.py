"""Ports of holders' profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.directory.profiles.consent import ConsentEntry
from chalicelib.directory.profiles.profile import Profile
from chalicelib.directory.profiles.published import Published


class ProfileStore(Protocol):
    """Stores profiles and consents. Every method raises `Unavailable` when storage does not respond."""

    def profile(self, mailbox: str) -> Profile | None:
        """The profile of a mailbox, strongly read."""

    def entries(self, mailbox: str) -> tuple[ConsentEntry, ...]:
        """The ledger of a mailbox in order, strongly read."""

    def save(self, profile: Profile, entry: ConsentEntry | None, published: Published | None) -> Profile:
        """Replace the version that was read, add ``entry`` to the ledger, and replace the public copy by ``published``,
        in one transaction. ``profile`` has a new `changed_at`; without ``published``, nothing is public. Returns the
        next version.

        Raises `Conflict` when the profile has changed since, or would be public although it is hidden.
        """

    def hidden(self, holder_id: str) -> datetime | None:
        """When an operator hid a profile, strongly read; None if it is not hidden.

        ``holder_id`` is the digest of the mailbox if its holder has deleted the hidden profile.
        """

    def hide(self, holder_id: str, at: datetime) -> None:
        """Hide a profile: in one transaction, delete its public copy and prevent a new one."""

    def unhide(self, holder_id: str) -> None:
        """Allow a profile to become public when its holder saves it again."""

    def delete(self, profile: Profile) -> None:
        """Delete a profile, with a new `changed_at`, its public copy, and its ledger; the public copy first.

        Raises `Conflict` when the profile changes meanwhile. It can be repeated.
        """


class PublishedStore(Protocol):
    """Reads public profiles."""

    def published(self, holder_id: str) -> Published | None:
        """The public copy of a profile, with one strongly consistent read; None if there is none."""

    def listed(self, shard: str, now: datetime, limit: int) -> list[str]:
        """The ids of the profiles that search engines may list and that begin with ``shard``, one character; at most
        ``limit``."""

    def published_many(self, holder_ids: Sequence[str]) -> Mapping[str, Published]:
        """What is public of each of these profiles, strongly read, several in one call; without those of which nothing
        is."""

    def all_ids(self) -> Iterator[str]:
        """The ids of all public profiles; reads the whole table."""
