"""The write buffer: new listings whose postings are written later, several at once.

A listing has about 24 terms, each with a posting, so the postings of one listing cost 24 write units, and those of 16
listings together 13 for each. A new listing is therefore added to the buffer, one item that searches read beside the
postings. Whoever finds it full writes the postings of all that is in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from chalicelib.directory.ports import Buffered, IndexWriter
from chalicelib.directory.writing.contention import until_true
from chalicelib.directory.writing.step import Step

MAX_TERMS = 400
"""Terms in the buffer, those of about 16 listings: 1.5 KB compressed. Each listing that is added rewrites it."""


def add(store: IndexWriter, generation: str, rows: Collection[Buffered]) -> tuple[Buffered, ...] | None:
    """Add new listings, once. Returns None if they are in the buffer, and what else is in it if they do not fit.

    Raises `Unavailable`.
    """
    found: list[tuple[Buffered, ...]] = []

    def attempted() -> bool:
        old = store.buffer(generation)
        new = dict.fromkeys((*old.rows, *rows))
        if sum(len(row.placed.terms) for row in new) > MAX_TERMS:
            found.append(old.rows)
            return True
        return len(new) == len(old.rows) or store.replace_buffer(generation, old, new)

    until_true(attempted)
    return found[0] if found else None


def remove(store: IndexWriter, generation: str, ordinals: Collection[int]) -> None:
    """Remove the rows with these ordinals. Raises `Unavailable`."""

    def attempted() -> bool:
        old = store.buffer(generation)
        kept = [row for row in old.rows if row.placed.ordinal not in ordinals]
        return len(kept) == len(old.rows) or store.replace_buffer(generation, old, kept)

    until_true(attempted)


def rows_of(steps: Iterable[Step]) -> list[Buffered]:
    """The rows of new listings."""
    return [Buffered(step.during.id, step.current) for step in steps if step.current]
