"""A change of a listing, with what the index contains of the holder before, while and after it is applied."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import Entry, Placed


@dataclass(frozen=True, slots=True)
class Delisting:
    """A holder is no longer listed, as of ``version``."""

    id: str
    version: int


ListingChange = Listing | Delisting


@dataclass(frozen=True, slots=True)
class Step:
    """A change with the entry before it and the entry while it is applied."""

    old: Entry | None
    during: Entry

    @property
    def listing(self) -> Listing | None:
        return self.during.listing

    @property
    def current(self) -> Placed | None:
        return self.during.placed[-1] if self.listing else None

    @property
    def is_addition(self) -> bool:
        """Whether the listing is new to the index, which has no other trace of its holder."""
        return self.listing is not None and len(self.during.placed) == 1 and not self.during.former

    @property
    def final(self) -> Entry:
        return replace(self.during, placed=(self.current,) if self.current else (), former=())
