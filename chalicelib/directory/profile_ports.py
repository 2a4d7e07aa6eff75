"""Ports of holders' profiles."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from chalicelib.directory.consent import ConsentEntry
from chalicelib.directory.profile import Profile
from chalicelib.directory.published import Published


class ProfileStore(Protocol):
    """Stores profiles and consents. Every method raises `Unavailable` when storage does not respond."""

    def profile(self, mailbox: str) -> Profile | None:
        """The profile of a mailbox, strongly read."""

    def entries(self, mailbox: str) -> tuple[ConsentEntry, ...]:
        """The ledger of a mailbox in order, strongly read."""

    def save(self, profile: Profile, entry: ConsentEntry | None, published: Published | None) -> Profile:
        """Replace the version that was read, add ``entry`` to the ledger, and replace what is public by ``published``,
        in one transaction. ``profile`` has a new `changed_at`; without ``published``, nothing is public. Returns the
        next version.

        Raises `Conflict` when the profile has changed since, or would be public although it is hidden.
        """

    def hidden(self, holder_id: str) -> datetime | None:
        """When an operator hid a profile, strongly read; None if it is not hidden.

        ``holder_id`` is the digest of the mailbox if its holder has deleted the hidden profile.
        """

    def hide(self, holder_id: str, at: datetime) -> None:
        """Hide a profile: in one transaction, remove what is public of it and let nothing become public."""

    def unhide(self, holder_id: str) -> None:
        """Let a profile become public when its holder saves it again."""

    def delete(self, profile: Profile) -> None:
        """Delete a profile, with a new `changed_at`, what is public of it, and its ledger; what is public goes first.

        Raises `Conflict` when the profile changes meanwhile. It can be repeated.
        """


class PublishedStore(Protocol):
    """Reads public profiles."""

    def published(self, holder_id: str) -> Published | None:
        """What is public of a profile, by one strongly consistent read; None if nothing is."""

    def listed(self, shard: str, now: datetime, limit: int) -> list[str]:
        """The ids of the profiles that search engines may list and that begin with ``shard``, one character; at most
        ``limit``."""
