"""Apply changes of listings to the index. Repeating, reordering or splitting them gives the same index.

A listing's entry is written first, with every term that may be in the index afterwards. So whoever repeats an
interrupted change knows what it may have left behind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from chalicelib.directory.index.bits import BLOCK
from chalicelib.directory.index.pieces import Edit
from chalicelib.directory.index.terms import Term, name_key, terms_of
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import (
    Buffered,
    Entry,
    Generations,
    IndexWriter,
    Items,
    NameEntry,
    Placed,
    Suggestion,
)
from chalicelib.directory.writing import buffer
from chalicelib.directory.writing.contention import until_done
from chalicelib.directory.writing.postings import Posting, PostingWriter
from chalicelib.directory.writing.step import Delisting, ListingChange, Step
from chalicelib.directory.writing.suggestions import SuggestionChanges
from chalicelib.errors import Conflict

FIRST = "first"
"""The generation of a new deployment, until a rebuild."""


def apply(store: IndexWriter, changes: Sequence[ListingChange]) -> None:
    """Apply ``changes`` to every generation that is kept up to date. Raises `Unavailable`: apply them again."""
    generations = store.generations()
    if generations is None:  # nothing is listed yet
        with suppress(Conflict):  # another writer was first
            store.replace_generations(None, Generations(FIRST))
        generations = store.generations() or Generations(FIRST)
    for generation in filter(None, (generations.current, generations.building)):
        apply_to(store, generation, changes)


def apply_to(store: IndexWriter, generation: str, changes: Sequence[ListingChange]) -> None:
    """Apply ``changes`` to one generation. Raises `Unavailable`."""
    newest: dict[str, ListingChange] = {}
    for change in changes:
        if change.id not in newest or change.version >= newest[change.id].version:
            newest[change.id] = change
    steps: list[Step] = []

    def enter(waiting: dict[str, ListingChange]) -> dict[str, ListingChange]:
        again = {}
        for step in _steps(store, generation, waiting):
            if step.during == step.old or store.replace_entry(generation, step.old, step.during):
                steps.append(step)
            else:  # another writer has changed the same listing
                again[step.during.id] = waiting[step.during.id]
        return again

    until_done(newest, enter)
    _write(store, generation, steps)
    _finish(store, generation, steps)


def _finish(store: IndexWriter, generation: str, steps: Sequence[Step]) -> None:
    """Note in each entry that the former traces are gone. Where a writer with a newer version came in meanwhile, it may
    have written before this one did: write again what the newer one wants."""
    shortened = [step for step in steps if step.final != step.during]
    overtaken = [step for step in shortened if not store.replace_entry(generation, step.during, step.final)]
    same = {step.during.id: step for step in steps if step.final == step.during}
    stored = store.entries(generation, same)
    overtaken += (step for one, step in same.items() if stored.get(one) != step.final)
    until_done({step.during.id: step for step in overtaken}, partial(_repair, store, generation))


def _write(store: IndexWriter, generation: str, steps: Sequence[Step], *, buffered: bool = True) -> None:
    """Write what the entries of ``steps`` want: new listings to the buffer if there is room, all else to postings."""
    placed = [one for step in steps for one in step.during.placed]
    # The listing itself goes first: one without a card is in no result, whatever is still in the index.
    cards = {step.current.ordinal: step.listing for step in steps if step.current and step.listing}
    names = {NameEntry(step.current.name_key, step.current.ordinal) for step in steps if step.current}
    store.delete(generation, cards={one.ordinal for one in placed} - set(cards))
    store.put(generation, Items(cards=cards, names=names))
    suggestions = SuggestionChanges(steps)
    store.put(generation, Items(suggestions=suggestions.renamed()))
    rare = _index(store, generation, steps, suggestions, buffered=buffered)
    store.delete(generation, names={NameEntry(one.name_key, one.ordinal) for one in placed} - names)
    suggestions.settle(store, generation, rare)


def _index(
    store: IndexWriter, generation: str, steps: Sequence[Step], suggestions: SuggestionChanges, *, buffered: bool
) -> Collection[Term]:
    """Returns the terms that may be new to the index."""
    new = [step for step in steps if buffered and step.is_addition]
    waiting = buffer.add(store, generation, buffer.rows_of(new)) if new else ()
    if waiting is None:
        blocks = {one.ordinal // BLOCK for step in new for one in step.during.placed}
        rare = suggestions.rare(store, generation, blocks)
        others = [step for step in steps if step not in new]
        return {*rare, *(_merge(store, generation, others, (), suggestions.current) if others else ())}
    return _merge(store, generation, steps, waiting, suggestions.current)


def _merge(
    store: IndexWriter,
    generation: str,
    steps: Sequence[Step],
    waiting: Sequence[Buffered],
    suggestions: Mapping[Term, Collection[Suggestion]],
) -> Collection[Term]:
    """Write the postings of ``steps`` and of what is ``waiting`` in the buffer, and take these out of it."""
    entries = store.entries(generation, {row.id for row in waiting})
    settled = [
        Step(entry, entry)
        for row in waiting
        if (entry := entries.get(row.id)) and entry.placed == (row.placed,) and not entry.former
    ]
    postings = PostingWriter(store, generation, suggestions)
    postings.apply(_edits([*steps, *settled]))
    _finish(store, generation, settled)
    # Where a change of the listing is on its way, the row is left to the writer of that change.
    written = {one.ordinal for step in (*steps, *settled) for one in step.during.placed}
    changing = {one.ordinal for entry in entries.values() for one in entry.placed} - written
    gone = {row.placed.ordinal for row in waiting} - changing
    buffer.remove(store, generation, written | gone)
    return postings.rare


def _repair(store: IndexWriter, generation: str, overtaken: dict[str, Step]) -> dict[str, Step]:
    """Write what the entries want, without the traces that ``overtaken`` may have left. Returns what was written for
    those whose entry has changed again."""
    entries = store.entries(generation, overtaken)
    written = {one: _without(step, entries.get(one)) for one, step in overtaken.items()}
    _write(store, generation, list(written.values()), buffered=False)
    now = store.entries(generation, overtaken)
    return {one: step for one, step in written.items() if now.get(one) != entries.get(one)}


def _without(step: Step, entry: Entry | None) -> Step:
    # An entry is missing if its holder was erased meanwhile.
    entry = entry or Entry(step.during.id, step.during.version, None, ())
    current = entry.placed[-1:] if entry.listing else ()
    foreign = dict.fromkeys(one for one in (*step.during.placed, *entry.placed) if one not in current)
    former = dict.fromkeys((*step.during.former, *filter(None, [step.listing]), *entry.former))
    return Step(entry, replace(entry, placed=(*foreign, *current), former=tuple(former)))


def _steps(store: IndexWriter, generation: str, changes: Mapping[str, ListingChange]) -> list[Step]:
    entries = store.entries(generation, changes)
    fresh = [one for one in changes.values() if isinstance(one, Listing) and _is_new(one, entries.get(one.id))]
    # The most recent listing gets the highest ordinal, even within a batch.
    fresh.sort(key=lambda one: (one.recent_at, one.id))
    first = store.allocate(generation, len(fresh)) if fresh else 0
    numbers = {one.id: first + position for position, one in enumerate(fresh)}
    return [
        _step(change, entries.get(change.id), numbers.get(change.id))
        for change in changes.values()
        if change.id not in entries or entries[change.id].version <= change.version
    ]


def _is_new(listing: Listing, entry: Entry | None) -> bool:
    """Whether ``listing`` gets a new ordinal: its holder was not listed, or has something recent."""
    if entry is None or entry.listing is None:
        return entry is None or entry.version <= listing.version
    return entry.version < listing.version and entry.listing.recent_at != listing.recent_at


def _step(change: ListingChange, old: Entry | None, number: int | None) -> Step:
    before = old.placed if old else ()
    former = (*old.former, old.listing) if old and old.listing and old.listing != change else old.former if old else ()
    if isinstance(change, Delisting):
        return Step(old, Entry(change.id, change.version, None, before, former))
    placed = Placed(before[-1].ordinal if number is None else number, name_key(change), terms_of(change))
    kept = tuple(one for one in before if one != placed)
    return Step(old, Entry(change.id, change.version, change, (*kept, placed), former))


def _edits(steps: Iterable[Step]) -> dict[Posting, list[Edit]]:
    edits: dict[Posting, list[Edit]] = {}
    for step in steps:
        wanted = {(step.current.ordinal, term) for term in step.current.terms} if step.current else set()
        for ordinal, term in wanted | {(one.ordinal, term) for one in step.during.placed for term in one.terms}:
            edit = Edit(term.field, ordinal, add=(ordinal, term) in wanted)
            edits.setdefault(Posting(term.kind, term.value), []).append(edit)
    return edits
