"""The fold over events."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.counts.counts import (
    EVERYONE,
    MAX_SITES,
    MAX_VISITS,
    NOTHING,
    OTHER_SITES,
    Cell,
    Counts,
    Dimension,
    Seen,
    Touch,
    Visit,
    bounded_visits,
    close_day,
    fold,
    merge,
)
from chalicelib.analytics.counts.counts_json import from_bytes, to_bytes
from chalicelib.analytics.counts.repeats import MAX_IDENTICAL, without_repeats
from chalicelib.analytics.counts.sections import SHARDS, ByAchievement, Section, section_of
from chalicelib.analytics.event import Event, Kind, VisitorClass
from chalicelib.errors import Malformed
from tests.analytics.counts.makers import event, events


@given(events(), st.randoms(use_true_random=False))
def test_fold_is_insensitive_to_order_and_repetition_by_id(some: list[Event], rolls: random.Random) -> None:
    repeated = [*some, *(each for each in some if rolls.random() < 0.5)]
    rolls.shuffle(repeated)
    assert fold(repeated) == fold(some)


@given(events(), st.integers(1, 5))
def test_fold_is_insensitive_to_partition(some: list[Event], parts: int) -> None:
    pieces: dict[str, list[Counts]] = defaultdict(list)
    for n in range(parts):
        for issuer_id, counts in fold(some[n::parts]).items():
            pieces[issuer_id].append(counts)
    merged = {issuer_id: merge(counts) for issuer_id, counts in pieces.items()}
    assert merged == {issuer_id: merge([counts]) for issuer_id, counts in fold(some).items()}


@given(events())
def test_every_event_is_in_one_cell(some: list[Event]) -> None:
    assert sum(many for counts in fold(some).values() for many in counts.cells.values()) == len(some)


@given(events())
def test_stored_form_returns_equal_counts_and_equal_counts_have_equal_bytes(some: list[Event]) -> None:
    for counts in fold(some).values():
        assert from_bytes(to_bytes(counts)) == counts
        assert to_bytes(from_bytes(to_bytes(counts))) == to_bytes(counts)


@given(events())
def test_sections_of_merged_counts_are_the_merged_sections(some: list[Event]) -> None:
    halves = [counts for half in (some[::2], some[1::2]) for counts in fold(half).values()]
    for section in {*Section, *map(ByAchievement, range(SHARDS))} - {Section.VISITORS}:
        assert section_of(merge(halves), section) == merge(section_of(half, section) for half in halves)


def test_people_and_machines_are_apart_and_machines_touch_no_credential() -> None:
    counts = fold([event(), event(visitor_class=VisitorClass.KNOWN_BOT)])["north"]
    kinds = {(cell.kind, cell.machine): many for cell, many in counts.cells.items()}
    assert kinds == {("view", False): 1, ("view", True): 1}
    assert counts.touches[Touch("welding", "c" * 26, "view")].times == 1


def test_unique_visitors_are_counted_from_keys_and_not_from_sums() -> None:
    first = fold([event(visitor="1", country="DE"), event(visitor="2", country="DE")])["north"]
    second = fold([event(visitor="1", country="DE"), event(visitor="1", country="CH")])["north"]
    visitors = close_day(merge([first, second])).visitors
    assert visitors[EVERYONE] == 2
    assert visitors[Dimension("country", "DE")] == 2
    assert visitors[Dimension("country", "CH")] == 1


def test_unique_visitors_of_days_are_not_added_up() -> None:
    day = close_day(fold([event()])["north"])
    assert merge([day, day]).visitors == {}


def test_first_time_of_a_credential_is_the_earliest() -> None:
    early, late = event(Kind.OPENED, visitor_class=None), event(Kind.OPENED, visitor_class=None)
    counts = merge(fold([each])["north"] for each in (late, early))
    assert counts.touches[Touch("welding", "c" * 26, "opened")] == Seen(2, int(early.at.timestamp()))


@pytest.mark.parametrize(
    ("members", "channel"),
    [
        ({}, "direct"),
        ({"kind": Kind.VERIFICATION}, "api"),
        ({"referrer": "www.google.co.uk"}, "search"),
        ({"referrer": "duckduckgo.com"}, "search"),
        ({"referrer": "www.linkedin.com"}, "linkedin"),
        ({"referrer": "l.facebook.com"}, "facebook"),
        ({"referrer": "t.co"}, "x"),
        ({"referrer": "mail.google.com"}, "email"),
        ({"referrer": "acme.example"}, "website"),
        ({"referrer": "notlinkedin.com"}, "website"),
        ({"utm_medium": "email"}, "email"),
        ({"visitor_class": None}, ""),
    ],
)
def test_channel_says_where_a_visitor_came_from(members: dict[str, object], channel: str) -> None:
    (cell,) = fold([event(**members)])["north"].cells  # type: ignore[arg-type]
    assert cell.channel == channel


def test_more_identical_hits_than_a_person_makes_are_a_machines() -> None:
    hits = [event() for _ in range(MAX_IDENTICAL + 1)]
    others = [event(visitor="w" * 32), event(visitor=None)]
    found = without_repeats([*hits, *others, *hits])
    assert [each.visitor_class for each in found] == [VisitorClass.REPEATED] * len(hits) + [VisitorClass.PERSON] * 2
    assert without_repeats(hits[1:]) == hits[1:]


def test_nothing_is_empty_and_other_bytes_are_malformed() -> None:
    assert NOTHING.empty
    assert not Counts({Cell("view", False): 1}).empty
    for data in (b"", b"x", to_bytes(NOTHING)[:-3]):
        with pytest.raises(Malformed):
            from_bytes(data)


def test_invented_websites_are_counted_together_beyond_a_limit() -> None:
    invented = [event(Kind.IMPRESSION, referrer=f"{n}.example") for n in range(MAX_SITES + 100)]
    frequent = [event(Kind.IMPRESSION, referrer="school.example") for _ in range(3)]
    (counts,) = fold([*invented, *frequent]).values()
    sites = {cell.detail: many for cell, many in counts.cells.items()}
    assert len(sites) == MAX_SITES + 1
    assert sites["school.example"] == 3
    assert sites[OTHER_SITES] == 101
    assert sum(merge([counts, counts]).cells.values()) == 2 * sum(sites.values())


@pytest.mark.slow
def test_unique_visitors_are_counted_from_a_bounded_number_of_visits() -> None:
    visits = [Visit(f"{n:032}", "welding", "", "direct", "") for n in range(MAX_VISITS + 1)]
    kept = bounded_visits(visits)
    assert len(kept) == MAX_VISITS
    assert bounded_visits(visits[::-1]) == kept
