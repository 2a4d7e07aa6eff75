"""Filters to offer when no one matches the words of a search."""

from __future__ import annotations

from chalicelib.directory.ports import Suggestion
from chalicelib.directory.query.alternatives import MAX_LOOKUPS, Alternative, alternatives
from chalicelib.directory.query.query import FilterKind

MADRID = Suggestion("madrid", "place", "madrid", "Madrid")
COLLEGE = Suggestion("college", "issuer", "i" * 26, "Harbour College")
PYTHON = Suggestion("python", "skill", "python", "Python")
SUGGESTED = {"Madrid": [MADRID], "Harbour College": [COLLEGE], "python": [PYTHON]}


def offered(searched: str) -> tuple[Alternative, ...]:
    return alternatives(searched, lambda part: SUGGESTED.get(part, []))


def test_a_place_among_the_words_becomes_a_filter_and_the_rest_stays() -> None:
    assert offered("python Madrid") == (Alternative(FilterKind.PLACE, "madrid", "Madrid", "python"),)


def test_an_issuer_of_two_words_is_found_by_all_of_them() -> None:
    assert offered("Harbour College") == (Alternative(FilterKind.ISSUER, "i" * 26, "Harbour College", ""),)


def test_what_free_text_finds_is_not_offered() -> None:
    assert offered("python") == ()


def test_a_long_search_looks_up_no_more_than_allowed() -> None:
    looked_up: list[str] = []

    def suggest(part: str) -> list[Suggestion]:
        looked_up.append(part)
        return []

    assert alternatives("one two three four five six", suggest) == ()
    assert len(looked_up) == MAX_LOOKUPS


def test_a_country_is_offered_by_any_of_its_names() -> None:
    turkiye = Suggestion("turkiye", "place", "turkiye", "Türkiye")
    found = alternatives("programming Turkey", lambda part: [turkiye] if part == "turkiye" else [])
    assert found == (Alternative(FilterKind.PLACE, "turkiye", "Türkiye", "programming"),)
