"""A change of a listing, with what the index contains of the holder before, while and after it is applied."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import Entry, Placed


@dataclass(frozen=True, slots=True)
class Delisting:
    """A holder is no longer listed, since ``version``."""

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
    def final(self) -> Entry:
        return replace(self.during, placed=(self.current,) if self.current else (), former=())
