"""Port of saved people and searches."""

from __future__ import annotations

from typing import Protocol

from chalicelib.directory.saved.saved import Saved


class SavedStore(Protocol):
    """Stores a list for each address. Every method raises `Unavailable` when storage does not respond."""

    def saved(self, mailbox: str) -> Saved | None:
        """The list of a mailbox, strongly consistent."""

    def save(self, saved: Saved) -> Saved:
        """Replace the version that was read, and return the next version. Raises `Conflict` when it has changed
        since."""

    def delete(self, saved: Saved) -> None:
        """Delete the version that was read. Raises `Conflict` when it has changed since."""
