"""Sentences about what changed."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.kpi.changes import month_to_describe, percent, sentences
from chalicelib.analytics.kpi.kpis import KPIS, Value
from chalicelib.analytics.kpi.tables import KpiFigure

NOVEMBER = Days(date(2026, 11, 1), date(2026, 11, 30))
SO_FAR = Days(date(2026, 11, 1), date(2026, 11, 15))


def figure(code: str, now: float | None, before: float | None, *, suppressed: bool = False) -> KpiFigure:
    (kpi,) = (each for each in KPIS if each.code == code)
    return KpiFigure(kpi, Value(now, suppressed=suppressed), Value(before))


@pytest.mark.parametrize(
    ("now", "before", "sentence"),
    [
        (1, 3, "1 credential was issued, 2 fewer than in October (3)."),
        (1_200, 1, "1,200 credentials were issued, 1,199 more than in October (1)."),
        (5, 5, "5 credentials were issued, as many as in October."),
        (2, 0, "2 credentials were issued, and none in October."),
        (0, 4, "0 credentials were issued, 4 fewer than in October (4)."),
    ],
    ids=["one", "thousands", "same", "new", "none"],
)
def test_numbers_are_compared_in_words(now: int, before: int, sentence: str) -> None:
    assert sentences([figure("issued", now, before)], NOVEMBER) == (sentence,)


def test_a_month_so_far_is_compared_with_as_many_days() -> None:
    (sentence,) = sentences([figure("shares", 1, 2)], SO_FAR)
    assert sentence == "Credentials were shared 1 time, 1 fewer than in the first 15 days of October (2)."


def test_what_never_happened_is_not_mentioned() -> None:
    assert sentences([figure("issued", 0, 0)], NOVEMBER) == ()


@pytest.mark.parametrize(
    ("now", "before", "end"),
    [
        (0.63, 0.59, "63 % were opened from an email, 4 percentage points more than in October."),
        (0.60, 0.61, "60 % were opened from an email, 1 percentage point less than in October."),
        (0.60, 0.60, "60 % were opened from an email, the same as in October."),
        (0.60, None, "60 % were opened from an email."),
    ],
    ids=["more", "less", "same", "alone"],
)
def test_shares_are_compared_in_percentage_points(now: float, before: float | None, end: str) -> None:
    (sentence,) = sentences([figure("open_rate", now, before)], NOVEMBER)
    assert sentence.endswith(end)


def test_small_groups_are_named_as_the_reason() -> None:
    some = [figure(code, None, 0.5, suppressed=True) for code in ("open_rate", "share_rate")]
    assert sentences(some, NOVEMBER) == ("Rates are not shown, because they would be about fewer than ten people.",)


def test_the_first_week_describes_the_month_before() -> None:
    assert month_to_describe(date(2026, 12, 7)) == NOVEMBER
    assert month_to_describe(date(2026, 12, 8)) == Days(date(2026, 12, 1), date(2026, 12, 8))


def test_a_part_is_neither_nothing_nor_all() -> None:
    assert [percent(share) for share in (0, 0.001, 0.5, 0.999, 1)] == [
        "0 %", "less than 1 %", "50 %", "more than 99 %", "100 %",
    ]  # fmt: skip
