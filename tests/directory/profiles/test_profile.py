"""The limits of what a holder states."""

from __future__ import annotations

import pytest

from chalicelib.directory.profiles import profile
from chalicelib.directory.profiles.consent import Subject
from chalicelib.directory.profiles.languages import CODES
from chalicelib.directory.profiles.profile import BadDetails, Details, OpenTo


def test_ordinary_details_are_accepted() -> None:
    profile.check(Details())
    profile.check(
        Details("阿达", "Analyst", "Lagos, Nigeria", ("en", "yo"), ("https://ada.example/work?x=1",), tuple(OpenTo))
    )


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (Details(name="x" * 101), Subject.NAME),
        (Details(headline="a\nb"), Subject.HEADLINE),
        (Details(place="\u202eLagos"), Subject.PLACE),
        (Details(languages=("xx",)), Subject.LANGUAGES),
        (Details(languages=CODES[:11]), Subject.LANGUAGES),
        (Details(links=("http://ada.example/",)), Subject.LINKS),
        (Details(links=("javascript:alert(1)",)), Subject.LINKS),
        (Details(links=("https://user@ada.example/",)), Subject.LINKS),
        (Details(links=("https://ada.example/" + "x" * 300,)), Subject.LINKS),
        (Details(links=("https://ada.example/",) * 6), Subject.LINKS),
    ],
)
def test_details_beyond_a_limit_are_refused_by_field(details: Details, field: Subject) -> None:
    with pytest.raises(BadDetails) as found:
        profile.check(details)
    assert list(found.value.errors) == [field]
