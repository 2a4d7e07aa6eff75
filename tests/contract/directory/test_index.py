"""The search index on the fake and on a real engine."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from chalicelib.directory.index import bits, pieces
from chalicelib.directory.index.build import Builder
from chalicelib.directory.index.terms import terms_of
from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.ports import (
    Buffered,
    Change,
    Entry,
    Generations,
    IndexReader,
    IndexWriter,
    Items,
    Meter,
    NameEntry,
    Piece,
    Placed,
    Ports,
    Slot,
    Span,
    State,
    Suggestion,
)
from chalicelib.directory.query.query import Order, read_query
from chalicelib.directory.search import SearchRequest, search, suggestions
from chalicelib.directory.writing.check import check
from chalicelib.directory.writing.rebuild import rebuild
from chalicelib.directory.writing.step import Delisting
from chalicelib.directory.writing.writer import apply
from chalicelib.dynamo.stores.directory.reader import DynamoIndexReader
from chalicelib.dynamo.stores.directory.writer import DynamoIndexWriter
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict
from tests.directory import makers, oracle
from tests.fake_directory import DirectoryIndex
from tests.size import sized


@dataclass
class Index:
    reader: IndexReader
    writer: IndexWriter

    @property
    def ports(self) -> Ports:
        return Ports(self.reader, makers.secret, makers.as_indexed)


@pytest.fixture
def fake() -> Index:
    made = DirectoryIndex()
    return Index(made, made)


@pytest.fixture
def real(tables: Tables) -> Index:
    return Index(DynamoIndexReader(tables), DynamoIndexWriter(tables))


@pytest.fixture(params=["fake", "real"])
def index(request: pytest.FixtureRequest) -> Index:
    return request.getfixturevalue(request.param)


PEOPLE = [
    Listing(
        f"holder#{number}",
        1,
        makers.NOW + timedelta(seconds=number),
        f"{name} #{number}",
        headline="C# & data % analyst",
        place="Rotterdam, Netherlands",
        languages=("en",),
        open_to=("work",),
        skills=("Python", "C#", "Project management"),
        achievements=(Named("welding", "Certified Welder"),),
        issuers=(Named("north", "North College"),),
        credentials=number % 4,
        issued_at=makers.NOW if number % 3 else None,
    )
    for number, name in enumerate(["Ann", "Ann Bo", "Zoë", "Żubr", "王伟", "Ian", "", "Maria"] * 3)
]


def ids(index: Index, typed: str = "", filters=(), order: Order = Order.RECENCY, limit: int = 50) -> list[str]:
    query, cursor, found = read_query(typed, filters, order), None, []
    while True:
        page = search(SearchRequest(query, cursor, limit), index.ports, makers.NOW)
        found += [hit.listing.id for hit in page.hits]
        cursor = page.next
        if cursor is None:
            return found


def test_every_kind_of_item_is_read_as_it_was_written(index: Index) -> None:
    meter = Meter()
    card = replace(PEOPLE[0], name="O'Brien #1 % \n 王")
    piece = Piece(Slot("word", "c#", "003"), State.BLOCK, {"n2": bits.encode(5), "s": bits.encode(bits.FULL)})
    month = Piece(Slot("issued", "2026-03", "003"), State.BLOCK, {"": bits.encode(9)})
    whole = Piece(Slot("place", "rotter#dam"), State.LIST, {"": bits.encode_all([1, 70_000])})
    split = Piece(Slot("skill#", "%"), State.SPLIT)
    words = pieces.words_piece(Slot(pieces.SPELLING, "mar*5"), ["maria", "mario"])
    names = [NameEntry("ann", 5), NameEntry("ann", 3), NameEntry("ann-bo", 9), NameEntry("王", 1)]
    found = Suggestion("c#", "skill", "c# language", "C# Language")
    index.writer.put("g", Items([piece, month, whole, split, words], (), {7: card}, names, [found]))
    assert index.reader.cards("g", [7, 8], meter) == {7: card}
    spans = [Span("word", "c#", 0, 3), Span("issued", "", 3, None), Span("place", "rotter#dam", 9, None)]
    assert index.reader.spans("g", spans, meter) == [[piece], [month], [whole]]
    assert index.reader.spans("g", [Span("word", "c#", 4, None), Span("issued", "", 0, 2)], meter) == [[], []]
    assert index.reader.spellings("g", ["mar*5", "mar*6"], meter) == {"mar*5": {"maria", "mario"}}
    assert index.reader.names("g", None, 9, meter) == names
    assert index.reader.names("g", names[1], 1, meter) == [names[2]]
    assert index.reader.suggestions("g", "c#", 9, meter) == [found]
    stored = index.writer.pieces("g", [piece.slot, split.slot, Slot("word", "c#", "004")])
    assert stored == {piece.slot: piece, split.slot: split}
    assert meter.units > 0


def test_a_piece_is_replaced_only_if_nothing_else_came_first(index: Index) -> None:
    slot = Slot("place", "rotterdam")
    one, two = (Piece(slot, State.LIST, {"": bits.encode_all([number])}) for number in (1, 2))
    nothing = Piece(slot, State.LIST)
    assert index.writer.replace_pieces("g", [Change(None, one)]) == [True]
    assert index.writer.replace_pieces("g", [Change(None, two), Change(two, one)]) == [False, False]
    assert index.writer.replace_pieces("g", [Change(one, two)]) == [True]
    assert index.writer.replace_pieces("g", [Change(one, nothing)]) == [False]
    assert index.writer.replace_pieces("g", [Change(two, nothing)]) == [True]
    assert index.writer.pieces("g", [slot]) == {}


def test_an_entry_is_replaced_only_if_nothing_else_came_first(index: Index) -> None:
    first = Entry("a", 1, PEOPLE[0], ())
    second = replace(first, version=2)
    assert index.writer.replace_entry("g", None, first)
    assert not index.writer.replace_entry("g", None, second)
    stored = index.writer.entries("g", ["a", "b"])
    assert stored == {"a": first}
    assert index.writer.replace_entry("g", stored["a"], second)
    assert not index.writer.replace_entry("g", stored["a"], first)
    assert list(index.writer.all_entries("g")) == [second]
    gone = Entry("b#b", 7, None, ())
    assert index.writer.replace_entry("g", None, gone)
    assert set(index.writer.indexed("g")) == {("a", 2, True), ("b#b", 7, False)}


def test_ordinals_are_given_out_once(index: Index) -> None:
    assert [index.writer.allocate("g", 3), index.writer.allocate("g", 1)] == [0, 3]
    assert index.reader.head("g", Meter()).size == 4
    assert index.reader.head("other", Meter()) == (0, ())


def test_the_write_buffer_is_replaced_only_if_nothing_else_came_first(index: Index) -> None:
    one, two = (Buffered(f"h#{number}", Placed(number, "ann", terms_of(PEOPLE[number]))) for number in (1, 2))
    empty = index.writer.buffer("g")
    assert empty.rows == ()
    assert index.writer.replace_buffer("g", empty, [one])
    assert not index.writer.replace_buffer("g", empty, [two])
    stored = index.writer.buffer("g")
    assert index.writer.replace_buffer("g", stored, [one, two])
    assert not index.writer.replace_buffer("g", stored, [])
    assert index.reader.head("g", Meter()).rows == index.writer.buffer("g").rows == (one, two)
    assert index.writer.buffer("other").rows == ()


def test_updates_of_a_holder_are_numbered(index: Index) -> None:
    assert [index.writer.next_version(one) for one in ("a#b", "a#b", "c")] == [1, 2, 1]
    assert dict(index.writer.versions(["a#b", "c", "d"])) == {"a#b": 2, "c": 1}


def test_generations_are_replaced_by_one_rebuild_at_a_time(index: Index) -> None:
    assert index.reader.generations(Meter()) is None
    index.writer.replace_generations(None, Generations("a"))
    with pytest.raises(Conflict):
        index.writer.replace_generations(None, Generations("b"))
    index.writer.replace_generations(Generations("a"), Generations("a", loading="b"))
    assert index.reader.generations(Meter()) == index.writer.generations() == Generations("a", loading="b")


def test_a_rebuilt_directory_is_searched_in_every_order(index: Index) -> None:
    list(rebuild(index.writer, lambda: PEOPLE, "g1"))
    assert not check(index.writer, "g1", PEOPLE)
    numbered = dict(enumerate(PEOPLE))
    for order in Order:
        for typed in ("", "ann", "mraia", "王", "c#"):
            expected = oracle.search(read_query(typed, (), order), numbered)
            assert ids(index, typed, order=order, limit=5) == expected
    assert [one.label for one in suggestions("manag", index.ports)] == ["Project management"]


def test_the_writer_makes_the_same_index(index: Index) -> None:
    list(rebuild(index.writer, lambda: PEOPLE[:10], "g1"))
    for start in range(10, len(PEOPLE), 5):
        apply(index.writer, PEOPLE[start : start + 5])
    changed = replace(PEOPLE[3], version=2, headline="Painter", recent_at=makers.NOW + timedelta(days=1))
    apply(index.writer, [changed, Delisting(PEOPLE[4].id, 2)])
    source = [changed if one.id == changed.id else one for one in PEOPLE if one.id != PEOPLE[4].id]
    assert not check(index.writer, "g1", source)
    assert ids(index, "painter") == [changed.id]
    assert ids(index)[0] == changed.id
    list(rebuild(index.writer, lambda: source, "g2"))
    list(rebuild(index.writer, lambda: source, "g3"))
    assert not check(index.writer, "g3", source)
    assert list(index.writer.all_pieces("g1")) == []
    assert ids(index, order=Order.NAME) == oracle.search(
        read_query("", (), Order.NAME), dict(enumerate(sorted(source, key=lambda one: (one.recent_at, one.id))))
    )


def test_many_writers_of_one_block_lose_no_update(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    writers = sized(full=32, usual=12)
    monkeypatch.setattr(pieces, "MAX_WHOLE", 10)  # the postings are split meanwhile
    index.writer.replace_generations(None, Generations("g1"))
    people = [replace(one, id=f"{one.id}-{turn}") for turn in range(2) for one in PEOPLE][:writers]
    barrier = threading.Barrier(writers)

    def write(listing: Listing) -> None:
        barrier.wait()
        apply(index.writer, [listing])

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, people))
    assert not check(index.writer, "g1", people)


NUMBERS = itertools.count()


@pytest.fixture
def split_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "MAX_WHOLE", 2)


@settings(max_examples=15, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(case=makers.cases())
@pytest.mark.usefixtures("split_words")
def test_generated_searches_on_the_real_engine(real: Index, case) -> None:
    directory, query, limit = case
    generation = f"g{next(NUMBERS)}"
    builder = Builder()
    for ordinal, listing in directory.items():
        real.writer.put(generation, builder.add(ordinal, listing))
    real.writer.put(generation, Items(pieces=list(builder.pieces()), suggestions=list(builder.suggestions())))
    if directory:
        real.writer.allocate(generation, max(directory) + 1)
    real.writer.replace_generations(real.writer.generations(), Generations(generation))
    filters = [(one.kind, value) for one in query.filters for value in one.any_of]
    filters += [(one.kind, f"-{value}") for one in query.filters for value in one.none_of]
    assert ids(real, " ".join(query.words), filters, query.order, limit) == oracle.search(query, directory)
