"""The writer gives the index of a rebuild, whatever happens to the changes on the way."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from chalicelib.directory.index import pieces
from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.ports import Generations, Piece, State
from chalicelib.directory.query.query import read_query
from chalicelib.directory.search import SearchRequest, search, suggestions
from chalicelib.directory.writing import buffer
from chalicelib.directory.writing.check import Differences, check
from chalicelib.directory.writing.postings import PostingWriter
from chalicelib.directory.writing.rebuild import BATCH, Stage, rebuild, reconcile
from chalicelib.directory.writing.step import Delisting, ListingChange
from chalicelib.directory.writing.writer import apply
from chalicelib.errors import Conflict
from tests.directory import makers, many_writers
from tests.examples import examples
from tests.fake_directory import DirectoryIndex

pytestmark = pytest.mark.slow

SOME = examples(25, suppress_health_check=list(HealthCheck))


def index() -> DirectoryIndex:
    made = DirectoryIndex()
    made.stored = Generations("g1")
    return made


def listing(number: int = 1, **values: object) -> Listing:
    plain = Listing(f"holder-{number}", 1, makers.NOW + timedelta(seconds=number), f"Maria Jansen {number}")
    return replace(plain, **{"skills": ("Python", "Project management"), "credentials": 1, **values})


def content(stored: DirectoryIndex, generation: str = "g1") -> tuple[object, ...]:
    """What is stored, apart from the numbers that listings have."""
    found = stored.of(generation)
    ids = {ordinal: one.id for ordinal, one in found.cards.items()}
    return (
        {ids.get(name.ordinal): name.name_key for name in found.names},
        set(ids.values()),
        {one.id for one in found.entries.values() if one.listing},
        {one[:3] for one in found.suggestions.values()},
        {slot for slot in found.pieces if slot.kind == pieces.SPELLING}
        | {slot for row in found.buffered for term in row.placed.terms for slot in pieces.spelling_slots(*term[:2])},
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[ListingChange], list[list[ListingChange]]]:
    """Versions of a few listings, and the batches in which they arrive: duplicated, reordered and split."""
    versions: list[ListingChange] = []
    for number in range(draw(st.integers(1, 5))):
        for version in range(1, draw(st.integers(1, 4)) + 1):
            made = draw(makers.listings(number))
            recent = makers.NOW + timedelta(days=draw(st.integers(0, 1)))
            gone = version > 1 and draw(st.integers(0, 3)) == 0
            versions.append(Delisting(made.id, version) if gone else replace(made, version=version, recent_at=recent))
    arriving = draw(st.permutations(versions)) + draw(st.lists(st.sampled_from(versions), max_size=4))
    cuts = sorted(draw(st.lists(st.integers(0, len(arriving)), max_size=3)))
    batches = [arriving[start:end] for start, end in zip([0, *cuts], [*cuts, len(arriving)], strict=True)]
    return versions, batches


def newest(versions: list[ListingChange]) -> list[Listing]:
    last = {one.id: one for one in sorted(versions, key=lambda one: one.version)}
    return [one for one in last.values() if isinstance(one, Listing)]


def differences(written: DirectoryIndex, versions: list[ListingChange], limit: int) -> Differences:
    found = check(written, "g1", newest(versions))
    # A split posting keeps its words until the next rebuild.
    return found if limit == 300 else replace(found, words=())


@pytest.fixture(params=[(2, 0), (300, 0), (2, 15), (300, 15), (300, 60), (300, 400)], ids=str)
def limit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The size from which postings are split, and the size of the write buffer."""
    split, terms = request.param
    monkeypatch.setattr(pieces, "MAX_WHOLE", split)
    monkeypatch.setattr(buffer, "MAX_TERMS", terms)
    return split


@SOME
@given(history=histories())
def test_changes_can_be_repeated_reordered_and_split(
    limit: int, history: tuple[list[ListingChange], list[list[ListingChange]]]
) -> None:
    versions, batches = history
    written = index()
    for batch in batches:
        apply(written, batch)
    assert not differences(written, versions, limit)
    built = DirectoryIndex()
    list(rebuild(built, lambda: newest(versions), "g1"))
    assert not check(built, "g1", newest(versions))
    if limit == 300:  # a split posting keeps its words and suggestions until the next rebuild
        assert content(written) == content(built)


@SOME
@given(history=histories(), crash=st.integers(1, 40))
def test_an_interrupted_change_is_completed_by_repeating_it(
    limit: int, history: tuple[list[ListingChange], list[list[ListingChange]]], crash: int
) -> None:
    versions, batches = history
    written = index()
    failing = Failing(written, crash)
    for batch in batches:
        try:
            apply(failing, batch)
        except Interrupted:
            apply(written, batch)
    assert not differences(written, versions, limit)
    if limit == 300:
        built = DirectoryIndex()
        list(rebuild(built, lambda: newest(versions), "g1"))
        assert content(written) == content(built)


class Interrupted(Exception):
    pass


class Failing:
    """Fails at the nth call, before or after it is applied."""

    def __init__(self, store: DirectoryIndex, nth: int) -> None:
        self.store, self.left = store, nth

    def __getattr__(self, name: str):
        method = getattr(self.store, name)

        def call(*args, **kwargs):
            self.left -= 1
            if self.left == 0:
                raise Interrupted
            found = method(*args, **kwargs)
            if self.left == 1:
                self.left = 0
                raise Interrupted
            return found

        return call


@pytest.mark.usefixtures("limit")
def test_32_writers_of_one_block_lose_no_update() -> None:
    stored = index()
    barrier = threading.Barrier(32)

    def write(number: int) -> None:
        barrier.wait()
        apply(stored, [listing(number), listing(number + 100)])
        apply(stored, [Delisting(f"holder-{number + 100}", 2)])

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(write, range(32)))
    assert not check(stored, "g1", [listing(number) for number in range(32)])


class Torn:
    """A store whose calls take time, and whose items are read and replaced one after the other."""

    def __init__(self, store: DirectoryIndex) -> None:
        self.store, self.random = store, Random(1)

    def __getattr__(self, name: str):
        def call(*args, **kwargs):
            time.sleep(self.random.random() * 0.001)
            return getattr(self.store, name)(*args, **kwargs)

        return call

    def pieces(self, generation, slots):
        found = {}
        for some in (list(slots)[::2], list(slots)[1::2]):
            found |= self.store.pieces(generation, some)
            time.sleep(self.random.random() * 0.002)
        return found

    def replace_pieces(self, generation, changes):
        return [self.__getattr__("replace_pieces")(generation, [change])[0] for change in changes]


@pytest.mark.parametrize("seed", range(4))
def test_32_writers_of_the_same_people_lose_and_leave_nothing(limit: int, seed: int) -> None:
    stored = index()
    source = many_writers.Source(Torn(stored))
    many_writers.run(source, seed, writers=32)
    listings = list(source.now())
    assert not differences(stored, listings, limit)
    assert sorted(one.id for one in stored.of("g1").cards.values()) == sorted(source.listings)
    if limit == 300:
        built = DirectoryIndex()
        list(rebuild(built, lambda: listings, "g1"))
        assert content(stored) == content(built)


class Overtaken:
    """Lets another writer come in before the nth call."""

    def __init__(self, store: DirectoryIndex, nth: int, other: list[ListingChange]) -> None:
        self.store, self.left, self.other = store, nth, other

    def __getattr__(self, name: str):
        def call(*args, **kwargs):
            self.left -= 1
            if self.left == 0:
                apply(self.store, self.other)
            return getattr(self.store, name)(*args, **kwargs)

        return call


LATER = makers.NOW + timedelta(days=1)
WELDER = listing(1, skills=("Welding",), achievements=(Named("welding", "Certified Welder"),))
RACES = {
    "new-changed": ([], listing(), [listing(version=2, headline="two")]),
    "new-delisted": ([], listing(), [Delisting("holder-1", 2)]),
    "new-moved": ([], listing(), [listing(version=2, recent_at=LATER)]),
    "changed-changed": ([listing()], listing(version=2, headline="two"), [listing(version=3, headline="three")]),
    "changed-delisted": ([listing()], listing(version=2, name="Ada Visser"), [Delisting("holder-1", 3)]),
    "moved-changed": ([listing()], listing(version=2, recent_at=LATER), [listing(version=3, headline="three")]),
    "delisted-listed": ([listing()], Delisting("holder-1", 2), [listing(version=3, headline="three")]),
    "last-use-while-used": ([listing(1)], listing(2), [Delisting("holder-1", 2)]),
    "used-while-last-use": ([listing(1)], Delisting("holder-1", 2), [listing(2)]),
    "used-twice": ([listing(1)], listing(1, version=2, skills=()), [listing(2), listing(3)]),
    "merged-changed": ([WELDER], listing(2), [replace(WELDER, version=2, headline="two", skills=("Python",))]),
    "merged-delisted": ([WELDER], listing(2), [Delisting("holder-1", 2)]),
    "merged-moved": ([WELDER], listing(2), [replace(WELDER, version=2, recent_at=LATER)]),
    "merged-merged": ([WELDER], listing(2), [listing(3), listing(1, version=2), listing(4)]),
    "split-emptied": (
        [listing(1), listing(2)],
        listing(3),
        [listing(4), *(Delisting(f"holder-{one}", 2) for one in (1, 2, 4))],
    ),
}


@pytest.mark.parametrize("race", RACES)
def test_a_writer_that_is_overtaken_at_any_call_leaves_no_trace(race: str, limit: int) -> None:
    before, change, other = RACES[race]
    for nth in range(1, 200):
        stored = index()
        apply(stored, before)
        slow = Overtaken(stored, nth, other)
        apply(slow, [change])
        if slow.left > 0:
            return
        versions = [*before, change, *other]
        assert not differences(stored, versions, limit), f"overtaken at call {nth}"
        assert set(stored.of("g1").cards.values()) == set(newest(versions)), f"overtaken at call {nth}"
        if limit == 300:
            built = DirectoryIndex()
            list(rebuild(built, lambda versions=versions: newest(versions), "g1"))
            assert content(stored) == content(built), f"overtaken at call {nth}"
    raise AssertionError("the writer does not end")


def test_a_slow_split_does_not_bring_back_what_was_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It writes the blocks of a posting that others have split and emptied meanwhile."""
    monkeypatch.setattr(pieces, "MAX_WHOLE", 2)
    monkeypatch.setattr(buffer, "MAX_TERMS", 0)
    stored = index()
    everyone = [listing(number) for number in range(1, 5)]
    moving: list[Piece] = []
    store_replaces = stored.replace_pieces

    def seen(generation, changes):
        moving.extend(change.new for change in changes if change.new.state is State.MOVING)
        return store_replaces(generation, changes)

    stored.replace_pieces = seen  # type: ignore[method-assign]
    apply(stored, everyone)
    apply(stored, [Delisting(one.id, 2) for one in everyone])
    assert moving
    for whole in moving:
        PostingWriter(stored, "g1")._move(whole)
    assert not differences(stored, [Delisting(one.id, 2) for one in everyone], 2)


def test_a_removal_that_reads_the_blocks_before_the_split_and_the_whole_after_it_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Items that are read together are not read at the same moment."""
    monkeypatch.setattr(pieces, "MAX_WHOLE", 2)
    monkeypatch.setattr(buffer, "MAX_TERMS", 0)
    stored = index()
    everyone = [listing(number) for number in range(1, 5)]
    apply(stored, everyone)
    read = stored.pieces

    def torn(generation, slots):
        stored.pieces = read  # type: ignore[method-assign]
        found = read(generation, slots)
        return {slot: one for slot, one in found.items() if one.state is not State.BLOCK or slot.kind == "issued"}

    stored.pieces = torn  # type: ignore[method-assign]
    apply(stored, [Delisting("holder-1", 2)])
    assert not differences(stored, [*everyone, Delisting("holder-1", 2)], 2)


def test_an_older_change_that_arrives_late_does_not_list_a_holder_again() -> None:
    stored = index()
    apply(stored, [listing()])
    apply(stored, [Delisting("holder-1", 2)])
    apply(stored, [listing()])
    assert not check(stored, "g1", [])
    found = stored.of("g1")
    assert not found.cards
    assert not found.names
    assert not found.suggestions
    assert not found.pieces
    assert b"Maria" not in repr(found.entries).encode()


def test_a_delisted_holder_is_in_no_result_total_facet_or_suggestion() -> None:
    stored = index()
    apply(stored, [listing(1), listing(2, skills=("Welding",))])
    apply(stored, [Delisting("holder-2", 2)])
    request = SearchRequest(read_query("jansen", []), total=True, facets=True)
    page = search(request, makers.ports(stored), makers.NOW)
    assert [hit.listing.id for hit in page.hits] == ["holder-1"]
    assert page.total is not None
    assert page.total.value == 1
    assert "Welding" not in repr(page)
    assert suggestions("weld", makers.ports(stored)) == []
    assert [one.label for one in suggestions("proj", makers.ports(stored))] == ["Project management"]


def test_a_new_credential_makes_a_listing_the_newest() -> None:
    stored = index()
    apply(stored, [listing(1), listing(2)])
    apply(stored, [listing(1, version=2, recent_at=makers.NOW + timedelta(days=1))])
    page = search(SearchRequest(read_query("", [])), makers.ports(stored), makers.NOW)
    assert [hit.listing.id for hit in page.hits] == ["holder-1", "holder-2"]


def test_a_rebuild_switches_generations_while_changes_come_in() -> None:
    stored = index()
    source = {number: listing(number) for number in range(50)}
    apply(stored, list(source.values()))

    def change(number: int, made: Listing) -> None:
        source[number] = made
        apply(stored, [made])

    for step, _ in enumerate(rebuild(stored, lambda: list(source.values()), "g2")):
        change(step, listing(step, version=2, headline=f"changed during step {step}"))
        change(100 + step, listing(100 + step))
    assert stored.stored == Generations("g2")
    assert not check(stored, "g2", source.values())
    assert "g1" not in stored.content
    list(rebuild(stored, lambda: list(source.values()), "g3"))
    assert stored.of("g3").size == len(source)


def test_an_interrupted_rebuild_is_deleted_or_continued() -> None:
    stored = index()
    people = [listing(number) for number in range(5)]
    apply(stored, people)
    interrupted = rebuild(stored, lambda: people, "g2")
    assert [next(interrupted).stage for _ in range(2)] == [Stage.READ, Stage.WRITE]
    interrupted.close()
    assert stored.stored == Generations("g1", loading="g2")
    assert "g2" in stored.content
    list(rebuild(stored, lambda: people, "g3"))
    assert stored.stored == Generations("g3")
    assert "g2" not in stored.content


def test_a_rebuild_says_how_far_it_is() -> None:
    stored = index()
    people = [listing(number) for number in range(BATCH + 1)]
    apply(stored, people)
    found = list(rebuild(stored, lambda: people, "g2"))
    assert list(dict.fromkeys(one.stage for one in found)) == list(Stage)
    for stage in (Stage.WRITE, Stage.INDEX):
        done = [(one.done, one.total) for one in found if one.stage is stage]
        assert done == sorted(done)
        assert done[-1][0] == done[-1][1]
    assert [one.done for one in found if one.stage is Stage.READ] == [BATCH, BATCH + 1]


def test_two_rebuilds_at_once_do_not_mix() -> None:
    stored = index()
    first = rebuild(stored, lambda: [listing()], "g2")
    next(first)
    list(rebuild(stored, lambda: [listing()], "g3"))
    with pytest.raises(Conflict):
        list(first)
    assert not check(stored, "g3", [listing()])


def test_check_names_what_differs_and_reconcile_repairs_it() -> None:
    stored = index()
    apply(stored, [listing(1), listing(2), listing(3)])
    source = [listing(1), listing(2, version=2, headline="Welder"), listing(4)]
    found = check(stored, "g1", source)
    assert found.listings == ("holder-2", "holder-3", "holder-4")
    assert reconcile(stored, lambda: source, "g1") == 3
    assert not check(stored, "g1", source)
