"""The writer gives the index of a rebuild, whatever happens to the changes on the way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from chalicelib.directory.index import pieces
from chalicelib.directory.listing import Listing
from chalicelib.directory.ports import Generations
from chalicelib.directory.query.query import read_query
from chalicelib.directory.search import SearchRequest, search, suggestions
from chalicelib.directory.writing.check import Differences, check
from chalicelib.directory.writing.rebuild import rebuild, reconcile
from chalicelib.directory.writing.step import Delisting, ListingChange
from chalicelib.directory.writing.writer import apply
from chalicelib.errors import Conflict
from tests.directory import makers
from tests.examples import examples
from tests.fake_directory import DirectoryIndex

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
        {slot for slot in found.pieces if slot.kind == pieces.SPELLING},
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


@pytest.fixture(params=[2, 300])
def limit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The size from which postings are split."""
    monkeypatch.setattr(pieces, "MAX_WHOLE", request.param)
    return request.param


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


def test_an_overtaken_writer_leaves_no_trace() -> None:
    """A writer of version 2 is delayed until version 3 is written."""
    stored = index()
    apply(stored, [listing(1, headline="one")])

    class Delayed(Failing):
        def __getattr__(self, name: str):
            method = getattr(stored, name)

            def call(*args, **kwargs):
                if name == "replace_pieces" and not self.left:
                    self.left = 1
                    apply(stored, [listing(1, version=3, headline="three")])
                return method(*args, **kwargs)

            return call

    apply(Delayed(stored, 0), [listing(1, version=2, headline="two")])
    assert not check(stored, "g1", [listing(1, version=3, headline="three")])
    assert stored.of("g1").cards[0].headline == "three"


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
    next(interrupted)
    interrupted.close()
    assert stored.stored == Generations("g1", loading="g2")
    list(rebuild(stored, lambda: people, "g3"))
    assert stored.stored == Generations("g3")
    assert "g2" not in stored.content


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
