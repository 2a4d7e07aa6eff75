"""Places are compared by their parts, and countries by any of their names."""

from __future__ import annotations

import pytest

from chalicelib.directory.index.country_names import ENGLISH
from chalicelib.directory.index.places import country, place_parts
from tools.country_names import names


@pytest.mark.parametrize("name", ["Turkey", "Türkiye", "TURQUIE", "トルコ", "تركيا"])
def test_a_country_has_one_value_by_whatever_name(name: str) -> None:
    assert place_parts(f"Ankara, {name}") == {"ankara", "turkiye"}
    assert country(name) == "turkiye"


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Madrid Spain", {"madrid", "spain"}),
        ("Madrid, España", {"madrid", "spain"}),
        ("Wellington New Zealand", {"wellington", "new zealand"}),
        ("Seoul, Korea", {"seoul", "south korea"}),
        ("Holland", {"netherlands"}),
        ("New York, USA", {"new york", "united states"}),
        ("New Mexico", {"new mexico"}),
        ("Belfast, Northern Ireland", {"belfast", "northern ireland"}),
        ("Papua New Guinea", {"papua new guinea"}),
        ("大阪, 日本", {"大阪", "japan"}),
        (" , ", set()),
        ("", set()),
    ],
)
def test_parts_of_a_place(written: str, parts: set[str]) -> None:
    assert place_parts(written) == parts


def test_a_value_that_was_read_once_reads_the_same_again() -> None:
    for canonical in ENGLISH.values():
        assert place_parts(canonical) == {canonical}


def test_the_names_are_those_of_the_pinned_cldr() -> None:
    assert dict(ENGLISH) == names()
