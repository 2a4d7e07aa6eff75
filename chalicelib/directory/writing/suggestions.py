"""Keep the suggestions in step with the values that listings have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial

from chalicelib.directory.index.pieces import block_slot
from chalicelib.directory.index.suggested import suggestions_of
from chalicelib.directory.index.terms import Term
from chalicelib.directory.ports import IndexWriter, Items, Piece, Slot, State, Suggestion
from chalicelib.directory.writing.contention import settle
from chalicelib.directory.writing.step import Step

_Found = dict[Term, frozenset[Suggestion]]


class SuggestionChanges:
    """What some changes of listings mean for the suggestions."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.current: _Found = {}
        """The suggestions of the values that the listings have now."""
        self._former: _Found = {}
        for step in steps:
            if step.listing:
                self.current |= suggestions_of(step.listing)
            for listing in step.during.former:
                for term, found in suggestions_of(listing).items():
                    self._former[term] = self._former.get(term, frozenset()) | found

    def renamed(self) -> Collection[Suggestion]:
        """The suggestions of values whose label has changed."""
        return [
            one for term, found in self.current.items() if not self._former.get(term, found) <= found for one in found
        ]

    def settle(self, store: IndexWriter, generation: str, rare: Collection[Term]) -> None:
        """Delete those of former labels, and make those of values that no listing still has, or that were ``rare``,
        agree with the postings."""
        kept = {one[:3] for found in self.current.values() for one in found}
        renamed = {one for term in self._former.keys() & self.current.keys() for one in self._former[term]}
        store.delete(generation, suggestions={one for one in renamed if one[:3] not in kept})
        gone = self._former.keys() - self.current.keys()
        unused = gone - _used(store, generation, gone)

        def follow(used: Collection[Term], unused: Collection[Term]) -> None:
            store.put(generation, Items(suggestions={one for term in used for one in self._labels(term)}))
            store.delete(generation, suggestions={one for term in unused for one in self._labels(term)})

        settle(unused | (self.current.keys() & rare), partial(_used, store, generation), follow)

    def _labels(self, term: Term) -> frozenset[Suggestion]:
        return self.current.get(term) or self._former[term]

    def rare(self, store: IndexWriter, generation: str, blocks: Collection[int]) -> Collection[Term]:
        """The current values that no posting has in ``blocks``: those that are new to the index, and a few more."""
        slots = {term: list(_slots(term, blocks)) for term in self.current}
        stored = store.pieces(generation, {slot for several in slots.values() for slot in several})
        return [
            term
            for term, several in slots.items()
            if not any(term.field in stored[slot].fields for slot in several if slot in stored)
        ]


def _slots(term: Term, blocks: Collection[int]) -> Iterator[Slot]:
    yield Slot(term.kind, term.value)
    yield from (block_slot(term.kind, term.value, block) for block in blocks)


def _used(store: IndexWriter, generation: str, terms: Collection[Term]) -> set[Term]:
    if not terms:
        return set()
    # The buffer is read before the postings, which have what leaves it.
    buffered = {term for row in store.buffer(generation).rows for term in row.placed.terms}
    slots = {term: Slot(term.kind, term.value) for term in terms}
    stored = store.pieces(generation, set(slots.values()))
    return {term for term, slot in slots.items() if term in buffered or (slot in stored and _has(stored[slot], term))}


def _has(piece: Piece, term: Term) -> bool:
    # A value that once had so many holders that its posting was split stays until the index is rebuilt.
    return piece.state is not State.LIST or term.field in piece.fields
