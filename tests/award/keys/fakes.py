"""A key remover over the fake signer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.award.keys.cleanup import StoredKey


@dataclass
class KeyRemover:
    """`award.keys.cleanup.KeyRemover`."""

    stored: list[StoredKey] = field(default_factory=list)
    scheduled: list[str] = field(default_factory=list)

    def keys(self, known: frozenset[str]) -> Iterator[StoredKey]:
        return iter([key for key in self.stored if key.handle not in known and key.handle not in self.scheduled])

    def schedule_deletion(self, handle: str) -> None:
        if handle not in self.scheduled:
            self.scheduled.append(handle)
