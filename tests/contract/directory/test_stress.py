"""Many writers at once on a real engine: the index is that of a rebuild, without an update lost or left over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.directory.index import pieces
from chalicelib.directory.ports import Generations
from chalicelib.directory.writing.check import check
from chalicelib.directory.writing.rebuild import rebuild
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.directory.writer import DynamoIndexWriter
from chalicelib.dynamo.tables import Tables, key_of
from tests.directory import many_writers
from tests.size import sized


def kept(tables: Tables, generation: str) -> set[tuple[str, str]]:
    """What is stored apart from postings, which `check` compares, without the numbers that listings have; and what the
    dictionary will contain of the write buffer."""
    found = set()
    for row in DynamoIndexWriter(tables).buffer(generation).rows:
        for term in row.placed.terms:
            for slot in pieces.spelling_slots(term.kind, term.value):
                key = keys.directory_piece(generation, *slot)
                found.add((key.pk.partition("#")[2], key.sk))
    for page in tables.scan(tables.directory, f"{generation}#"):
        for key in map(key_of, page):
            kind = keys.directory_kind(key)
            if kind == "NAMES":
                found.add((kind, keys.name_in(key.sk)[0]))
            elif kind == "SUGGEST" or (kind == "PIECE" and f"#{pieces.SPELLING}#" in key.pk):
                found.add((key.pk.partition("#")[2], key.sk))
    return found


def cards(tables: Tables, generation: str) -> int:
    found = [key_of(raw) for page in tables.scan(tables.directory, f"{generation}#") for raw in page]
    return sum(keys.directory_kind(key) == "CARDS" for key in found)


@pytest.mark.slow
@pytest.mark.parametrize("limit", [4, 300])
def test_many_writers_of_the_same_people_lose_and_leave_nothing(
    tables: Tables, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """Updates are repeated, split, reordered, and some writers hold what they read until all others are done."""
    monkeypatch.setattr(pieces, "MAX_WHOLE", limit)  # a small one splits postings meanwhile
    writer = DynamoIndexWriter(tables)
    writer.replace_generations(None, Generations("g1"))
    source = many_writers.Source(writer)
    many_writers.run(source, seed=1, writers=sized(full=32, usual=10))
    found = check(writer, "g1", source.now())
    # A split posting keeps its words until the next rebuild.
    assert not (replace(found, words=()) if limit == 4 else found)
    assert cards(tables, "g1") == len(source.listings)
    if limit == 300:
        before = kept(tables, "g1")
        list(rebuild(writer, lambda: list(source.now()), "g2"))
        assert kept(tables, "g2") == before
