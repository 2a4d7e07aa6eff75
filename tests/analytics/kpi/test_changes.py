"""Sentences about what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.kpi.changes import has_rates, percent, sentences
from chalicelib.analytics.kpi.kpis import KPIS, Unit, Value
from chalicelib.analytics.kpi.left_out import LeftOut
from chalicelib.analytics.kpi.tables import KpiFigure

NOVEMBER = Days(date(2026, 11, 1), date(2026, 11, 30))
SO_FAR = Days(date(2026, 11, 1), date(2026, 11, 15))
LATER = date(2026, 12, 24)
"""A day after all of these."""
TODAY = SO_FAR.last


def figure(code: str, now: float | None, before: float | None, *, suppressed: bool = False) -> KpiFigure:
    """A figure; a rate is one of 100 credentials, and of 200 before."""
    (kpi,) = (each for each in KPIS if each.code == code)
    if kpi.unit is Unit.COUNT:
        return KpiFigure(kpi, Value(now), Value(before))
    return KpiFigure(kpi, rate(now, 100, suppressed=suppressed), rate(before, 200))


def rate(share: float | None, of: int, *, suppressed: bool = False) -> Value:
    return Value(None, suppressed=suppressed) if share is None else Value(share, round(share * of), of)


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
    assert sentences([figure("issued", now, before)], NOVEMBER, LATER) == (sentence,)


def test_a_month_so_far_is_compared_with_as_many_days() -> None:
    (sentence,) = sentences([figure("shares", 1, 2)], SO_FAR, TODAY)
    assert sentence == "Credentials were shared 1 time, 1 fewer than in the first 15 days of October (2)."


def test_a_period_with_nothing_before_says_so_once() -> None:
    some = [figure("issued", 5, 0), figure("shares", 1, 0)]
    assert sentences(some, NOVEMBER, LATER) == (
        "5 credentials were issued.",
        "Credentials were shared 1 time.",
        "None of this happened in October.",
    )


def test_what_never_happened_is_not_mentioned() -> None:
    assert sentences([figure("issued", 0, 0)], NOVEMBER, LATER) == ()


@pytest.mark.parametrize(
    ("now", "before", "end"),
    [
        (0.63, 0.59, ", 4 percentage points more than in October (118 of 200)."),
        (0.60, 0.61, ", 1 percentage point less than in October (122 of 200)."),
        (0.60, 0.60, ", the same share as in October (120 of 200)."),
        (0.60, None, "."),
    ],
    ids=["more", "less", "same", "alone"],
)
def test_shares_are_compared_in_percentage_points(now: float, before: float | None, end: str) -> None:
    (sentence,) = sentences([figure("re_enrolment_rate", now, before)], NOVEMBER, LATER)
    issued = f"{round(100 * now)} of the 100 credentials issued ({round(100 * now)}%)"
    assert sentence == f"{issued} went to people who already had one{end}"


def test_earlier_credentials_have_had_more_time_to_be_opened() -> None:
    (sentence,) = sentences([figure("open_rate", 0.05, 0.5)], NOVEMBER, LATER)
    assert sentence == (
        "5 of the 100 credentials issued (5%) were opened from an email; 50% of those issued in October (100 of 200), "
        "which have had more time."
    )


def test_a_rate_of_a_month_so_far_names_the_whole_month_that_it_is_compared_with() -> None:
    (sentence,) = sentences([figure("re_enrolment_rate", 0.01, 0.5)], SO_FAR, TODAY)
    assert sentence == (
        "1 of the 100 credentials issued (1%) went to someone who already had one, "
        "49 percentage points less than in all of October (100 of 200)."
    )


@pytest.mark.parametrize(
    ("why", "end"),
    [
        (LeftOut.FEW, ", excluding those of months with fewer than ten credentials."),
        (
            LeftOut.OTHERS,
            (
                ", excluding those of months in which other achievements were issued to fewer than ten people, because "
                "figures about them could be worked out by subtraction."
            ),
        ),
        (None, "."),
    ],
    ids=["few", "others", "not-known"],
)
def test_rates_of_fewer_credentials_than_were_issued_say_why(why: LeftOut | None, end: str) -> None:
    rate = figure("open_rate", 0.5, None)
    rate = rate._replace(now=replace(rate.now, left_out=frozenset({why} if why else ())))
    _, reason, _ = sentences([figure("issued", 104, 0), rate], NOVEMBER, LATER)
    assert reason == f"Rates cover 100 of the 104 credentials issued{end}"


def test_referrals_are_visits_as_in_their_formula() -> None:
    (sentence,) = sentences([figure("referrals", 177, 1)], NOVEMBER, LATER)
    assert sentence == "There were 177 enrolment visits, 176 more than in October (1)."


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ({LeftOut.FEW}, "they would be about fewer than ten people"),
        ({LeftOut.FEW_A_MONTH}, "they would be about fewer than ten people a month"),
        (
            {LeftOut.OTHERS},
            (
                "in the same month, other achievements were issued to fewer than ten people, and figures about them "
                "could be worked out by subtraction"
            ),
        ),
        (
            {LeftOut.COMBINED},
            (
                "they would be about a month that is combined with one outside this period, in which fewer than ten "
                "credentials were issued"
            ),
        ),
    ],
    ids=["few", "few-a-month", "others", "combined"],
)
def test_the_true_reason_for_missing_rates_is_given(why: set[LeftOut], reason: str) -> None:
    some = [figure(code, None, 0.5, suppressed=True) for code in ("open_rate", "share_rate")]
    some = [each._replace(now=replace(each.now, left_out=frozenset(why))) for each in some]
    assert sentences(some, NOVEMBER, LATER) == (f"Rates are not shown, because {reason}.",)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), True),
        (date(2026, 11, 1), date(2026, 11, 30), True),
        (date(2025, 12, 1), date(2026, 11, 30), True),
        (date(2026, 9, 15), date(2026, 10, 31), False),
        (date(2026, 10, 1), date(2026, 11, 12), False),
        (date(2026, 3, 5), date(2026, 3, 12), False),
        (date(2026, 11, 5), date(2026, 11, 30), False),
        (date(2027, 1, 1), date(2027, 1, 31), False),
    ],
    ids=["last-month", "this-month", "year", "one-of-two", "one-and-a-part", "week", "part-of-this-month", "future"],
)
def test_rates_are_described_only_if_they_are_of_the_same_days(first: date, last: date, *, expected: bool) -> None:
    assert has_rates(Days(first, last), date(2026, 11, 30)) is expected


def test_on_the_first_day_of_a_month_no_rate_is_described_and_the_day_is_named() -> None:
    first = date(2026, 12, 1)
    some = [figure("issued", 3, 2), figure("open_rate", 0.5, 0.25)]
    assert sentences(some, Days(first, first), first) == ("3 credentials were issued, 1 more than on 1 November (2).",)


@pytest.mark.parametrize(
    ("last", "name"), [(date(2026, 10, 12), "in the 8 days before"), (date(2026, 10, 5), "on the day before")]
)
def test_any_days_are_compared_with_as_many_before(last: date, name: str) -> None:
    some = [figure("issued", 3, 2), figure("open_rate", 0.5, 0.25)]
    assert sentences(some, Days(date(2026, 10, 5), last), LATER) == (
        f"3 credentials were issued, 1 more than {name} (2).",
    )


def test_rates_leave_out_what_was_issued_today() -> None:
    _, reason, _ = sentences([figure("issued", 104, 0), figure("open_rate", 0.5, None)], SO_FAR, TODAY)
    assert reason == "Rates cover 100 of the 104 credentials issued, excluding those issued today."


def test_a_year_so_far_is_compared_with_the_time_before() -> None:
    some = [figure("issued", 3, 2), figure("open_rate", 0.5, 0.25)]
    assert sentences(some, Days(date(2025, 12, 1), date(2026, 11, 29)), date(2026, 11, 29))[0] == (
        "3 credentials were issued, 1 more than in the previous period (2)."
    )
    assert sentences(some, Days(date(2025, 12, 1), date(2026, 11, 29)), date(2026, 11, 29))[-1].endswith(
        "25% of those issued in all of the 12 months before (50 of 200), which have had more time."
    )


def test_a_year_is_compared_with_the_year_before() -> None:
    (sentence,) = sentences([figure("issued", 3, 2)], Days(date(2025, 12, 1), date(2026, 11, 30)), LATER)
    assert sentence == "3 credentials were issued, 1 more than in the 12 months before (2)."


def test_a_part_is_neither_nothing_nor_all() -> None:
    assert [percent(share) for share in (0, 0.001, 0.5, 0.999, 1)] == [
        "0%", "less than 1%", "50%", "more than 99%", "100%",
    ]  # fmt: skip
