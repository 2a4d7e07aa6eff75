"""Build a whole index in memory, piece by piece."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from chalicelib.directory.index import pieces
from chalicelib.directory.index.suggested import suggestions_of
from chalicelib.directory.index.terms import Term, name_key, terms_of
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import Entry, Items, NameEntry, Piece, Placed, Slot, Suggestion


class Builder:
    """Collects the postings of listings, which are added by ascending ordinal."""

    def __init__(self) -> None:
        self._postings: dict[tuple[str, str], dict[str, array[int]]] = {}
        self._suggestions: dict[frozenset[Suggestion], None] = {}

    def add(self, ordinal: int, listing: Listing) -> Items:
        """Add ``listing``; return the items that are its own."""
        terms = terms_of(listing)
        for term in terms:
            fields = self._postings.setdefault((term.kind, term.value), {})
            fields.setdefault(term.field, array("I")).append(ordinal)
        self._suggestions.update(dict.fromkeys(suggestions_of(listing).values()))
        return own_items(ordinal, listing, terms)

    def pieces(self) -> Iterator[Piece]:
        """The pieces of all postings, and the dictionary."""
        dictionary: dict[Slot, set[str]] = {}
        for (kind, value), fields in self._postings.items():
            yield from pieces.stored_pieces(pieces.whole_piece(kind, value, fields))
            for slot in pieces.spelling_slots(kind, value):
                dictionary.setdefault(slot, set()).add(value)
        for slot, words in dictionary.items():
            yield pieces.words_piece(slot, words)

    def suggestions(self) -> Iterator[Suggestion]:
        """The suggestions of all values."""
        return iter({one[:3]: one for found in self._suggestions for one in found}.values())


def own_items(ordinal: int, listing: Listing, terms: frozenset[Term]) -> Items:
    """The items of one listing: its entry, its card and its place in the order by name."""
    placed = Placed(ordinal, name_key(listing), terms)
    return Items(
        entries=[Entry(listing.id, listing.version, listing, (placed,))],
        cards={ordinal: listing},
        names=[NameEntry(placed.name_key, ordinal)],
    )
