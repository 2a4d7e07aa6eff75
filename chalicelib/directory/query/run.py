"""One request while it is answered: what it has read, and what its words may mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.directory import text
from chalicelib.directory.index import bits, pieces, spelling
from chalicelib.directory.ports import Buffered, Generations, IndexReader, Meter
from chalicelib.directory.query import plan
from chalicelib.directory.query.cursor import Position
from chalicelib.directory.query.expression import Node
from chalicelib.directory.query.hits import Cards
from chalicelib.directory.query.matching import Similar
from chalicelib.directory.query.postings import Postings, grouped
from chalicelib.directory.query.query import Query
from chalicelib.directory.query.scan import Spent, scan

MAX_SIMILAR = 16
"""Maximum directory words that the query's words may be misspellings of: 8 units for each step."""
MAX_CORRECTED = 3
"""Maximum words of a query that are compared with similar ones, the first of them: 3.5 units each."""


@dataclass(frozen=True, slots=True)
class Run:
    """A request being answered."""

    query: Query
    similar: Similar
    postings: Postings
    cards: Cards
    meter: Meter

    @property
    def top(self) -> int:
        """The newest block."""
        return self.postings.blocks - 1

    @property
    def whole(self) -> Node:
        """The expression of all results."""
        return plan.whole(self.query, self.similar)


@dataclass(frozen=True, slots=True)
class Results:
    """The results in the blocks that could be read: bits by block."""

    found: dict[int, int]
    unread: int
    """How many blocks, the oldest ones, were not read."""

    @property
    def count(self) -> int:
        """How many results are known."""
        return sum(one.bit_count() for one in self.found.values())


def start(index: IndexReader, query: Query, generation: str, meter: Meter) -> Run:
    """Begin to answer ``query``: read how large the directory is, its write buffer, and similar words."""
    head = index.head(generation, meter)
    similar = _similar(index, generation, query.words, head.rows, meter)
    postings = Postings(index, generation, -(-head.size // bits.BLOCK), meter, buffered=grouped(head.rows))
    return Run(query, similar, postings, Cards(index, generation, meter), meter)


def generation_of(position: Position | None, generations: Generations) -> str | None:
    """The generation to read. None if that of the cursor has been replaced."""
    return generations.current if position is None or position.generation == generations.current else None


def results(run: Run, units: float) -> Results:
    """All results, as far as ``units`` reach."""
    found: dict[int, int] = {}
    for one in scan(run.postings, run.whole, run.top, units):
        if isinstance(one, Spent):
            return Results(found, one.block + 1)
        found[one.block] = one.bits
    return Results(found, 0)


def _similar(
    index: IndexReader, generation: str, words: Sequence[str], rows: Sequence[Buffered], meter: Meter
) -> Similar:
    compared = [word for word in words if text.may_have_typo(word)][:MAX_CORRECTED]
    if not compared:
        return {}
    keys = {key for word in compared for key in spelling.looked_up(word)}
    dictionary = {key: set(found) for key, found in index.spellings(generation, keys, meter).items()}
    for term in {term for row in rows for term in row.placed.terms}:
        for slot in pieces.spelling_slots(term.kind, term.value):
            dictionary.setdefault(slot.value, set()).add(term.value)
    limit = MAX_SIMILAR // len(compared)
    return {word: spelling.similar(word, dictionary, limit) for word in compared}
