"""A new listing is found from the write buffer, and its postings are written with those of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.directory.index import pieces
from chalicelib.directory.index.terms import Kind, terms_of
from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.ports import Buffered, Entry, Generations, Placed, Slot
from chalicelib.directory.query.query import Order, read_query
from chalicelib.directory.search import SearchRequest, search, suggestions
from chalicelib.directory.writing import buffer
from chalicelib.directory.writing.check import check
from chalicelib.directory.writing.step import Delisting
from chalicelib.directory.writing.writer import apply
from tests.directory import makers
from tests.fake_directory import DirectoryIndex

ADA = Listing(
    "holder-1",
    1,
    makers.NOW,
    "Ada Visser",
    headline="Painter",
    place="Rotterdam, Netherlands",
    languages=("pt-BR",),
    open_to=("work",),
    skills=("Underwater welding",),
    achievements=(Named("welding", "Certified Welder"),),
    issuers=(Named("north", "North College"),),
    credentials=2,
    issued_at=makers.NOW,
)
MOVED = replace(ADA, version=2, recent_at=makers.NOW + timedelta(days=1))


def index(*listings: Listing) -> DirectoryIndex:
    """The index after each of ``listings`` was created alone."""
    made = DirectoryIndex()
    made.stored = Generations("g1")
    for one in listings:
        apply(made, [one])
    return made


def others(count: int) -> list[Listing]:
    return [replace(ADA, id=f"other-{number}", name=f"Bo Meijer {number}") for number in range(count)]


def found(stored: DirectoryIndex, typed: str = "", *filters: tuple[str, str], order: Order | None = None) -> list[str]:
    page = search(SearchRequest(read_query(typed, filters, order), total=True), makers.ports(stored), makers.NOW)
    assert page.total is not None
    assert page.total.value == len(page.hits)
    return [hit.listing.id for hit in page.hits]


def test_a_new_listing_is_found_in_every_way_before_it_has_postings() -> None:
    stored = index(ADA)
    assert not stored.of("g1").pieces
    for typed in ("ada visser", "vi", "vis", "viss", "visssr", "painter", "pain", "certified", "welding"):
        assert found(stored, typed) == ["holder-1"], typed
    for kind, value in (
        ("skill", "underwater welding"),
        ("achievement", "welding"),
        ("issuer", "north"),
        ("place", "Netherlands"),
        ("language", "pt"),
        ("open_to", "work"),
        ("issued_after", "2026-11"),
    ):
        assert found(stored, "", (kind, value)) == ["holder-1"], kind
        if kind != "issued_after":
            assert found(stored, "", (kind, f"-{value}")) == [], kind
    for order in Order:
        assert found(stored, order=order) == ["holder-1"]
    assert [one.label for one in suggestions("under", makers.ports(stored))] == ["Underwater welding"]
    assert not check(stored, "g1", [ADA])


def test_a_full_buffer_is_written_to_the_postings_and_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    people = others(3)
    monkeypatch.setattr(buffer, "MAX_TERMS", sum(len(terms_of(one)) for one in people))
    stored = index(*people)
    assert [row.id for row in stored.of("g1").buffered] == [one.id for one in people]
    apply(stored, [ADA])
    assert stored.of("g1").buffered == ()
    assert not check(stored, "g1", [*people, ADA])
    assert len(found(stored, "welding")) == 4


def test_a_listing_that_is_delivered_twice_is_in_the_buffer_once() -> None:
    stored = index(ADA, ADA)
    assert len(stored.of("g1").buffered) == 1


def test_many_new_listings_at_once_are_written_to_the_postings() -> None:
    stored = index(ADA)
    apply(stored, others(25))
    assert stored.of("g1").buffered == ()
    assert not check(stored, "g1", [ADA, *others(25)])


@pytest.mark.parametrize(
    "change",
    [
        replace(ADA, version=2, headline="Sculptor"),
        MOVED,
        Delisting("holder-1", 2),
    ],
    ids=["changed", "moved", "delisted"],
)
def test_a_change_takes_a_listing_out_of_the_buffer(change: Listing | Delisting) -> None:
    stored = index(*others(2), ADA)
    apply(stored, [change])
    assert [row.id for row in stored.of("g1").buffered] == ["other-0", "other-1"]
    assert found(stored, "ada") == ([] if isinstance(change, Delisting) else ["holder-1"])
    assert len(found(stored, "painter")) == (3 if change == MOVED else 2)
    assert not check(stored, "g1", [*others(2), *([change] if isinstance(change, Listing) else [])])


def test_a_row_that_its_entry_no_longer_wants_is_removed_without_being_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A writer that was overtaken and failed has left it behind."""
    stored = index()
    late = Buffered("holder-9", Placed(99, "late", terms_of(replace(ADA, headline="Left behind"))))
    stored.replace_buffer("g1", stored.buffer("g1"), [late])
    monkeypatch.setattr(buffer, "MAX_TERMS", 0)
    apply(stored, [ADA])
    assert stored.of("g1").buffered == ()
    assert Slot(Kind.WORD, "behind") not in stored.of("g1").pieces
    assert not check(stored, "g1", [ADA])


def test_a_row_of_a_listing_that_is_being_changed_is_left_to_the_writer_of_the_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = index(ADA)
    entry = stored.of("g1").entries["holder-1"]
    changed = replace(ADA, version=2, headline="Sculptor")
    during = Entry("holder-1", 2, changed, (*entry.placed, Placed(0, "ada-visser", terms_of(changed))), (ADA,))
    assert stored.replace_entry("g1", entry, during)
    monkeypatch.setattr(buffer, "MAX_TERMS", 0)
    apply(stored, others(1))
    assert [row.id for row in stored.of("g1").buffered] == ["holder-1"]
    apply(stored, [changed])
    assert stored.of("g1").buffered == ()
    assert not check(stored, "g1", [changed, *others(1)])


def test_a_skill_that_is_new_is_suggested_although_many_have_the_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "MAX_WHOLE", 1)
    stored = index()
    apply(stored, [replace(one, headline="welding", skills=()) for one in others(25)])
    apply(stored, [replace(ADA, skills=("Welding",))])
    assert len(stored.of("g1").buffered) == 1
    assert [one.label for one in suggestions("welding", makers.ports(stored))] == ["Welding"]


def test_a_suggestion_stays_while_a_listing_in_the_buffer_has_its_value() -> None:
    stored = index(*others(1), ADA)
    apply(stored, [Delisting("other-0", 2)])
    assert [one.label for one in suggestions("under", makers.ports(stored))] == ["Underwater welding"]
    apply(stored, [Delisting("holder-1", 2)])
    assert suggestions("under", makers.ports(stored)) == []
    assert not stored.of("g1").suggestions
