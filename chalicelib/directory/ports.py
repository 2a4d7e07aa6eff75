"""The storage of the directory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from chalicelib.directory.index.terms import Kind, Term
from chalicelib.directory.listing import Listing

WHOLE = "~"
"""The part of a posting that is not split into blocks. It sorts after every block."""


class Slot(NamedTuple):
    """Where a piece of the index is stored: a term without its field, or a key of the dictionary; and the part."""

    kind: str
    value: str
    part: str = WHOLE


class State(StrEnum):
    """How a posting is stored."""

    LIST = "list"
    """All ordinals of the directory, in one item."""
    MOVING = "moving"
    """The same, no longer changed, while its blocks are written."""
    SPLIT = "split"
    """Empty: the ordinals are in blocks."""
    BLOCK = "block"
    """The ordinals of one block."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One stored piece of the index: by field, encoded ordinals; in the dictionary, words."""

    slot: Slot
    state: State
    fields: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it is empty and therefore not stored. A block of a split posting stays: a slow writer of the blocks
        would create it again with what it contained at first."""
        return not self.fields and (self.state is State.LIST or self.slot.kind == Kind.ISSUED)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a listing is in the index: its ordinal, its terms and its key in the order by name."""

    ordinal: int
    name_key: str
    terms: frozenset[Term]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index contains of one holder. A delisted one stays as an id and a version, so that an older change that
    arrives late cannot list the holder again."""

    id: str
    version: int
    listing: Listing | None
    placed: tuple[Placed, ...]
    """Every place where traces may be; the last one is current if there is a listing."""
    former: tuple[Listing, ...] = ()
    """Earlier listings whose traces are being removed."""
    stored: bytes = field(default=b"", compare=False, repr=False)
    """The item as read, for the condition when it is replaced."""


class Buffered(NamedTuple):
    """A new listing whose postings are not written yet."""

    id: str
    placed: Placed


@dataclass(frozen=True, slots=True)
class Buffer:
    """The write buffer of a generation: new listings that searches find here instead of in postings."""

    rows: tuple[Buffered, ...] = ()
    stored: bytes = field(default=b"", compare=False, repr=False)
    """What a store has read, to recognise it when it is replaced."""


class Head(NamedTuple):
    """What every search reads of a generation: how many ordinals it has given out, and its write buffer."""

    size: int
    rows: tuple[Buffered, ...]


class NameEntry(NamedTuple):
    """A listing in the order by name: by key, then newest first."""

    name_key: str
    ordinal: int


class Suggestion(NamedTuple):
    """A value that can be filtered by, found by one ``word`` of its label."""

    word: str
    kind: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive blocks of one posting to be read; without ``high``, its newest blocks and the whole."""

    kind: str
    value: str
    low: int
    high: int | None


@dataclass(slots=True)
class Meter:
    """The read units that a query has used."""

    units: float = 0


@dataclass(frozen=True, slots=True)
class Generations:
    """The generations of the index. A rebuild fills ``building`` and makes it the current one."""

    current: str
    previous: str | None = None
    """The former one, while the rebuild that replaced it deletes it."""
    building: str | None = None
    """Loaded by a rebuild, and kept up to date by the writer as well."""
    loading: str | None = None
    """Being loaded by a rebuild; a process that finds it after the rebuild has ended deletes it."""


class IndexReader(Protocol):
    """The reads of queries: eventually consistent, in parallel, with their units. They raise `Unavailable`."""

    def generations(self, meter: Meter) -> Generations | None:
        """None before the first build."""

    def head(self, generation: str, meter: Meter) -> Head:
        """The size and the write buffer of a generation."""

    def spans(self, generation: str, spans: Sequence[Span], meter: Meter) -> list[list[Piece]]:
        """The pieces in each of ``spans``; a posting without any has none."""

    def words_from(self, generation: str, beginning: str, units: float, meter: Meter) -> tuple[list[Piece], bool]:
        """The postings of all words that start with ``beginning``, in order, as far as ``units`` reach; and whether
        that is all of them."""

    def spellings(self, generation: str, keys: Collection[str], meter: Meter) -> Mapping[str, Collection[str]]:
        """The words under each key of the dictionary."""

    def cards(self, generation: str, ordinals: Sequence[int], meter: Meter) -> Mapping[int, Listing]:
        """The listings with these ordinals, at most 100."""

    def names(self, generation: str, after: NameEntry | None, limit: int, meter: Meter) -> list[NameEntry]:
        """At most ``limit`` listings in the order by name, after ``after``; fewer only at the end."""

    def suggestions(self, generation: str, beginning: str, limit: int, meter: Meter) -> list[Suggestion]:
        """At most ``limit`` suggestions whose word starts with ``beginning``, in order of word, kind and value."""


@dataclass(frozen=True, slots=True)
class Items:
    """Items of the index that are written together, in any order."""

    pieces: Sequence[Piece] = ()
    entries: Sequence[Entry] = ()
    cards: Mapping[int, Listing] = field(default_factory=dict)
    names: Collection[NameEntry] = ()
    suggestions: Collection[Suggestion] = ()


class Indexed(NamedTuple):
    """What is known of an entry without reading all of it."""

    id: str
    version: int
    listed: bool


class Change(NamedTuple):
    """A piece as it was read, None if there was none, and as it shall be."""

    old: Piece | None
    new: Piece


class IndexWriter(Protocol):
    """The reads and writes of the writer: strongly consistent. They raise `Unavailable`."""

    def generations(self) -> Generations | None:
        """None before the first build."""

    def replace_generations(self, old: Generations | None, new: Generations) -> None:
        """Raises `Conflict` if they are no longer ``old``."""

    def allocate(self, generation: str, count: int) -> int:
        """Take ``count`` new ordinals, higher than all before; return the first."""

    def next_version(self, holder_id: str) -> int:
        """Count a change of a holder; return its number, which is higher than all before."""

    def versions(self, ids: Collection[str]) -> Mapping[str, int]:
        """The newest number that each of these holders got; those without one are left out."""

    def entries(self, generation: str, ids: Collection[str]) -> Mapping[str, Entry]:
        """What is indexed of these holders."""

    def replace_entry(self, generation: str, old: Entry | None, new: Entry) -> bool:
        """Store ``new`` if ``old`` is stored; return whether it was."""

    def pieces(self, generation: str, slots: Collection[Slot]) -> Mapping[Slot, Piece]:
        """The stored ones of ``slots``."""

    def replace_pieces(self, generation: str, changes: Sequence[Change]) -> Sequence[bool]:
        """Store each new piece, or delete an empty one, if the old one is stored; return for each whether it was."""

    def buffer(self, generation: str) -> Buffer:
        """The write buffer of a generation."""

    def replace_buffer(self, generation: str, old: Buffer, rows: Collection[Buffered]) -> bool:
        """Store ``rows`` if ``old`` is stored; return whether it was."""

    def put(self, generation: str, items: Items) -> None:
        """Store ``items``, whatever is stored."""

    def delete(
        self,
        generation: str,
        cards: Collection[int] = (),
        names: Collection[NameEntry] = (),
        suggestions: Collection[Suggestion] = (),
    ) -> None:
        """Delete what is stored of these."""

    def all_entries(self, generation: str) -> Iterator[Entry]:
        """Every entry of a generation, in the order of ids."""

    def indexed(self, generation: str) -> Iterator[Indexed]:
        """Every entry of a generation, with little of its content: a quarter of the time."""

    def all_pieces(self, generation: str) -> Iterator[Piece]:
        """Every piece of a generation."""

    def drop(self, generation: str) -> Iterator[int]:
        """Delete everything of a generation, part by part; yields how many items each part had."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What a query needs. ``secret(day)`` is the secret of a day, from which cursors are signed; None when it no
    longer exists. ``shown_now`` are listings as they are now, in the same order; None for one that is not shown."""

    index: IndexReader
    secret: SecretOfDay
    shown_now: Callable[[Sequence[Listing]], Sequence[Listing | None]]


class SecretOfDay(Protocol):
    """Reads the secret of a day."""

    def __call__(self, day: date) -> bytes | None: ...
