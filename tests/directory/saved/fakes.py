"""`directory.saved.ports.SavedStore` in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chalicelib.directory.saved.saved import Saved
from chalicelib.errors import Conflict


@dataclass
class SavedStore:
    """See the port."""

    lists: dict[str, Saved] = field(default_factory=dict)

    def saved(self, mailbox: str) -> Saved | None:
        return self.lists.get(mailbox)

    def save(self, saved: Saved) -> Saved:
        stored = self.lists.get(saved.mailbox)
        if (stored.version if stored else 0) != saved.version:
            raise Conflict("changed in the meantime")
        after = self.lists[saved.mailbox] = replace(saved, version=saved.version + 1)
        return after

    def delete(self, saved: Saved) -> None:
        stored = self.lists.get(saved.mailbox)
        if stored is not None and stored.version != saved.version:
            raise Conflict("changed in the meantime")
        self.lists.pop(saved.mailbox, None)
