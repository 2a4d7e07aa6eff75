"""Compare the index with the listings, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chalicelib.directory.index import bits, pieces
from chalicelib.directory.index.terms import Kind, Term, terms_of
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import Entry, IndexWriter, Piece, State
from chalicelib.directory.writing.step import ListingChange

MAX_EXAMPLES = 20
"""Maximum differences of one kind that are named."""


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs, as examples: none if the index is right. Changes on their way to the index appear here too."""

    listings: tuple[str, ...]
    """Ids of holders whose listing is missing, outdated, or indexed without being listed."""
    postings: tuple[Term, ...]
    """Terms whose postings are not those of the indexed listings."""
    words: tuple[str, ...]
    """Words that are missing in the dictionary, or in it without being in a listing."""

    def __bool__(self) -> bool:
        return bool(self.listings or self.postings or self.words)


def check(store: IndexWriter, generation: str, source: Iterable[ListingChange]) -> Differences:
    """Compare a generation of the index with the listings of ``source``. Raises `Unavailable`."""
    entries = {entry.id: entry for entry in store.all_entries(generation)}
    listed = {change.id: change for change in source if isinstance(change, Listing)}
    outdated = [one for one in entries.keys() | listed.keys() if not _is_current(entries.get(one), listed.get(one))]
    expected: dict[Term, set[int]] = {}
    buffered = store.buffer(generation).rows  # first: what leaves it is in the postings by then
    for entry in entries.values():
        if entry.listing:
            for term in terms_of(entry.listing):
                expected.setdefault(term, set()).add(entry.placed[-1].ordinal)
    found: dict[Term, set[int]] = {}
    words: set[tuple[str, str]] = set()
    for piece in store.all_pieces(generation):
        if piece.slot.kind == pieces.SPELLING:
            words.update((piece.slot.value, word) for word in pieces.words_in(piece))
        else:
            for term, ordinal in _postings(piece):
                found.setdefault(term, set()).add(ordinal)
    posted = set(found)
    for row in buffered:
        for term in row.placed.terms:
            found.setdefault(term, set()).add(row.placed.ordinal)
    wrong = [term for term in expected.keys() | found.keys() if expected.get(term) != found.get(term)]
    return Differences(
        tuple(sorted(outdated)[:MAX_EXAMPLES]),
        tuple(sorted(wrong)[:MAX_EXAMPLES]),
        tuple(sorted({word for _, word in words ^ _dictionary(posted)})[:MAX_EXAMPLES]),
    )


def _is_current(entry: Entry | None, listing: Listing | None) -> bool:
    if listing is None:
        return entry is None or entry.listing is None
    return entry is not None and entry.version == listing.version and entry.listing == listing


def _postings(piece: Piece) -> Iterator[tuple[Term, int]]:
    for name, data in piece.fields.items():
        term = Term(Kind(piece.slot.kind), piece.slot.value, name)
        if piece.state is State.BLOCK:
            start = pieces.block_of(piece.slot) * bits.BLOCK
            yield from ((term, start + place) for place in bits.ascending(bits.decode(data)))
        else:
            yield from ((term, ordinal) for ordinal in bits.decode_all(data))


def _dictionary(terms: Iterable[Term]) -> set[tuple[str, str]]:
    values = {(term.kind, term.value) for term in terms}
    return {(slot.value, value) for kind, value in values for slot in pieces.spelling_slots(kind, value)}
