"""Edit postings while others edit them: each piece is replaced only if it is still what was read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from chalicelib.directory.index import bits, pieces
from chalicelib.directory.index.pieces import Edit
from chalicelib.directory.index.terms import Kind, Term
from chalicelib.directory.ports import Change, IndexWriter, Items, Piece, Slot, State, Suggestion
from chalicelib.directory.writing.contention import settle, until_done


class Posting(NamedTuple):
    """A posting: all terms of one kind and value."""

    kind: str
    value: str


Edits = Mapping[Posting, Sequence[Edit]]


@dataclass(frozen=True, slots=True)
class PostingWriter:
    """Edits postings of one generation. A value that is new to the index gets its ``suggestions``."""

    store: IndexWriter
    generation: str
    suggestions: Mapping[Term, Collection[Suggestion]] = field(default_factory=dict)
    rare: set[Term] = field(default_factory=set)
    """The terms of the edited postings that no other listing had."""

    def apply(self, edits: Edits) -> None:
        """Make all of ``edits``; one that is made already changes nothing. Raises `Unavailable`."""
        until_done(dict(edits), self._try_postings)

    def _try_postings(self, edits: dict[Posting, Sequence[Edit]]) -> dict[Posting, Sequence[Edit]]:
        stored = self.store.pieces(self.generation, {slot for one in edits for slot in _slots(one, edits[one])})
        again: dict[Posting, Sequence[Edit]] = {}
        changes: list[tuple[Posting, Change]] = []
        for posting, its_edits in edits.items():
            whole = stored.get(Slot(*posting))
            if whole and whole.state is State.MOVING:
                self._move(whole)
                again[posting] = its_edits
            else:
                changes += ((posting, change) for change in _changes(posting, its_edits, whole, stored))
        self._before(changes)
        done = self._replace([change for _, change in changes])
        for (posting, change), replaced in zip(changes, done, strict=True):
            if not replaced or change.new.state is State.MOVING:
                again[posting] = edits[posting]
        self._after({posting: edits[posting] for posting in edits if posting not in again}, stored)
        return again

    def _move(self, whole: Piece) -> None:
        """Write the blocks of a posting that has become too large, and mark it as split. Several may do so at once,
        because the posting no longer changes, and only the first of them writes each block."""
        blocks = list(pieces.blocks_of(whole))
        self.store.replace_pieces(self.generation, [Change(None, block) for block in blocks])
        self.store.replace_pieces(self.generation, [Change(whole, Piece(whole.slot, State.SPLIT))])

    def _replace(self, changes: Sequence[Change]) -> Sequence[bool]:
        """As the store; what is gone already needs no call."""
        real = [change for change in changes if change.old or not change.new.is_empty]
        done = iter(self.store.replace_pieces(self.generation, real))
        return [next(done) if change.old or not change.new.is_empty else True for change in changes]

    def _before(self, changes: Iterable[tuple[Posting, Change]]) -> None:
        """Add new words to the dictionary and new values to the suggestions, before they have a posting: what has none
        is found by no one."""
        changes = [(posting, change) for posting, change in changes if not change.new.is_empty]
        self._edit_dictionary((posting for posting, change in changes if change.old is None), add=True)
        new = {
            one
            for posting, change in changes
            for name in change.new.fields.keys() - (change.old.fields.keys() if change.old else set())
            for one in self.suggestions.get(Term(Kind(posting.kind), posting.value, name), ())
        }
        if new:
            self.store.put(self.generation, Items(suggestions=new))

    def _after(self, edits: Edits, stored: Mapping[Slot, Piece]) -> None:
        """Make the dictionary agree with the postings of words that only these edits concern: another writer may have
        removed a word since `_before`, or used it again."""
        words = set()
        for posting, its_edits in edits.items():
            whole = stored.get(Slot(*posting)) or Piece(Slot(*posting), State.LIST)
            if whole.state is State.LIST:
                own = pieces.edited(Piece(whole.slot, State.LIST), its_edits)
                new = pieces.edited(whole, its_edits)
                self.rare.update(
                    Term(Kind(posting.kind), posting.value, name)
                    for name, data in own.fields.items()
                    if new.fields[name] == data
                )
                if new == own and pieces.spelling_slots(*posting):
                    words.add(posting)
        settle(words, self._stored, self._follow)

    def _stored(self, postings: Collection[Posting]) -> Collection[Posting]:
        found = self.store.pieces(self.generation, {Slot(*posting) for posting in postings})
        return [posting for posting in postings if Slot(*posting) in found]

    def _follow(self, used: Collection[Posting], unused: Collection[Posting]) -> None:
        self._edit_dictionary(used, add=True)
        self._edit_dictionary(unused, add=False)

    def _edit_dictionary(self, postings: Iterable[Posting], *, add: bool) -> None:
        edits: dict[Slot, set[str]] = {}
        for posting in postings:
            for slot in pieces.spelling_slots(*posting):
                edits.setdefault(slot, set()).add(posting.value)
        until_done(edits, partial(self._try_dictionary, add=add))

    def _try_dictionary(self, edits: dict[Slot, set[str]], *, add: bool) -> dict[Slot, set[str]]:
        stored = self.store.pieces(self.generation, edits)
        changes = []
        for slot, words in edits.items():
            old = stored.get(slot)
            present = pieces.words_in(old) if old else frozenset()
            wanted = present | words if add else present - words
            if wanted != present:
                changes.append(Change(old, pieces.words_piece(slot, wanted)))
        done = self.store.replace_pieces(self.generation, changes)
        return {change.new.slot: edits[change.new.slot] for change, one in zip(changes, done, strict=True) if not one}


def _slots(posting: Posting, edits: Sequence[Edit]) -> Iterator[Slot]:
    if posting.kind != Kind.ISSUED:
        yield Slot(*posting)
    for block in {edit.ordinal // bits.BLOCK for edit in edits}:
        yield pieces.block_slot(*posting, block)


def _changes(
    posting: Posting, edits: Sequence[Edit], whole: Piece | None, stored: Mapping[Slot, Piece]
) -> Iterator[Change]:
    if posting.kind == Kind.ISSUED or (whole and whole.state is State.SPLIT):
        for block in sorted({edit.ordinal // bits.BLOCK for edit in edits}):
            slot = pieces.block_slot(*posting, block)
            old = stored.get(slot)
            yield from _changed(old, pieces.edited(old or Piece(slot, State.BLOCK), edits))
        return
    new = pieces.edited(whole or Piece(Slot(*posting), State.LIST), edits)
    if pieces.size(new) > pieces.MAX_WHOLE:
        new = replace(new, state=State.MOVING)
    yield from _changed(whole, new)


def _changed(old: Piece | None, new: Piece) -> Iterator[Change]:
    # A piece that is already gone is replaced again by nothing, so that an interrupted removal is completed.
    if new != old or new.is_empty:
        yield Change(old, new)
