"""Key figures, computed by hand for a small programme."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from statistics import median as oracle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.counts.counts import fold
from chalicelib.analytics.counts.journeys import with_journeys
from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.event import NEW, RETURNING, Event, Kind, VisitorClass
from chalicelib.analytics.kpi import breakdowns
from chalicelib.analytics.kpi.figures import Figures, Filter, figures
from chalicelib.analytics.kpi.kpis import KPIS, Unit, Value, change, median
from chalicelib.analytics.kpi.people import People, visible
from tests.analytics.counts.makers import NOON, event

DAYS = Days(date(2026, 11, 1), date(2026, 11, 30))
TODAY = date(2027, 1, 15)
END = datetime(2026, 11, 30, tzinfo=UTC)


def acts(kind: Kind, many: int, hours: int = 0, *, of: str = "", **members: object) -> list[Event]:
    """One event of each of ``many`` credentials, ``hours`` after noon."""
    person = VisitorClass.PERSON if kind in (Kind.VIEW, Kind.REFERRAL) else None
    return [
        event(kind, NOON + timedelta(hours=hours), credential_id=f"{of}{n}", **{"visitor_class": person, **members})
        for n in range(many)
    ]


def programme(many: int = 20) -> list[Event]:
    """Twenty credentials: 16 delivered, 15 opened, 12 viewed, 10 shared on two networks, 5 of them with referrals; 12
    with an end date, of which 3 were renewed in time and 2 too late."""
    return [
        *acts(Kind.ISSUED, many, target=NEW, valid_until=END)[: min(12, many - 4)],
        *acts(Kind.ISSUED, many, target=NEW)[min(12, many - 4) : -4],
        *acts(Kind.ISSUED, many, target=RETURNING)[-4:],
        *acts(Kind.DELIVERED, 16),
        *acts(Kind.OPENED, 15, 1),
        *acts(Kind.VIEW, 12, 2, channel=None, country="DE", verdict="valid"),
        *acts(Kind.VIEW, 8, 3, country="CH", verdict="valid"),
        *acts(Kind.VIEW, 3, 3, visitor_class=VisitorClass.KNOWN_BOT),
        *acts(Kind.SHARED, 6, 4, target="x"),
        *acts(Kind.SHARED, 4, 4, of="1", target="linkedin_post"),
        *acts(Kind.REFERRAL, 5, 6),
        *acts(Kind.REFERRAL, 5, 7),
        *acts(Kind.VERIFICATION, 2, 3, visitor_class=VisitorClass.KNOWN_BOT, verdict="revoked"),
        *acts(Kind.LISTED, 8, 3, achievement_id="", visitor_class=VisitorClass.PERSON),
        *acts(Kind.LISTED, 3, 3, achievement_id="", visitor_class=VisitorClass.KNOWN_BOT),
        *acts(Kind.PROFILE_VIEW, 4, 3, achievement_id="", visitor_class=VisitorClass.PERSON),
        *acts(Kind.CONTACTED, 2, 4),
        *acts(Kind.RENEWED, 3, 9),
        *acts(Kind.RENEWED, 5, 480)[3:],
    ]  # fmt: skip


def of(some: list[Event], only: Filter = Filter()) -> Figures:  # noqa: B008 - it is frozen
    counts = with_journeys(fold(some)["north"])
    return figures(counts, visible(counts.journeys, DAYS, TODAY, only.achievement), only)


def values(found: Figures) -> dict[str, Value]:
    return {kpi.code: kpi.compute(found) for kpi in KPIS}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("issued", 20), ("delivery_rate", 16 / 20), ("open_rate", 15 / 20), ("share_rate", 10 / 20), ("shares", 10),
        ("views", 20), ("machine_views", 3), ("views_per_share", 2), ("referrals", 10), ("referral_reach", 5 / 20),
        ("referrals_per_share", 1), ("verifications", 2), ("re_enrolment_rate", 4 / 20), ("renewal_rate", 3 / 12),
        ("directory_impressions", 8), ("profile_views", 4), ("contacts_per_impression", 2 / 8),
        ("hours_to_first_view", 2), ("hours_to_first_share", 4),
    ],
)  # fmt: skip
def test_value_follows_its_formula(code: str, value: float) -> None:
    assert values(of(programme()))[code].value == pytest.approx(value)


def test_every_figure_has_a_name_a_formula_and_a_code_of_its_own() -> None:
    assert len({kpi.code for kpi in KPIS}) == len(KPIS)
    for kpi in KPIS:
        assert kpi.name
        assert kpi.formula.endswith((".", "%."))


def test_rates_of_fewer_than_ten_people_are_suppressed_and_counts_are_not() -> None:
    found = values(of(programme(9)))
    for kpi in KPIS:
        people = kpi.unit is Unit.HOURS or kpi.code.endswith(("_rate", "_reach"))
        if people:
            assert found[kpi.code].suppressed, kpi.code
        else:
            assert not found[kpi.code].suppressed


def test_nothing_to_divide_by_gives_no_figure() -> None:
    found = values(of([event(Kind.OPENED)]))
    for code in ("open_rate", "views_per_share", "hours_to_first_view"):
        assert found[code].value is None
        assert not found[code].suppressed


def test_reach_is_at_most_one_however_many_referrals_there_are() -> None:
    found = values(of([*programme(), *acts(Kind.REFERRAL, 20, 8), *acts(Kind.REFERRAL, 20, 9)]))
    assert found["referral_reach"].value == 1
    assert (found["referrals_per_share"].value or 0) > 1


def test_filter_limits_what_visitors_do() -> None:
    assert values(of(programme(), Filter(country="DE")))["views"].value == 12
    assert values(of(programme(), Filter(achievement="care")))["views"].value == 0
    assert values(of(programme(), Filter(channel="direct")))["referrals"].value == 10


def test_credentials_of_other_days_are_of_other_periods() -> None:
    counts = with_journeys(fold(programme())["north"])
    december = Days(date(2026, 12, 1), date(2026, 12, 31))
    later = figures(counts, visible(counts.journeys, december, TODAY, None), Filter())
    assert values(later)["open_rate"].value is None
    assert not values(later)["open_rate"].suppressed


@given(st.lists(st.integers(0, 9), min_size=1))
def test_median_is_that_of_the_values(some: list[int]) -> None:
    assert median({value: some.count(value) for value in some}) == oracle(some)


def test_change_compares_with_the_period_before() -> None:
    assert change(Value(5), Value(4)) == pytest.approx(0.25)
    assert change(Value(5), Value(0)) is None
    assert change(Value(None), Value(4)) is None


def test_breakdowns() -> None:
    found = of(programme())
    assert breakdowns.by_platform(found) == {"x": 6, "linkedin_post": 4}
    assert breakdowns.verdicts(found) == {"valid": 20, "revoked": 2}
    assert breakdowns.by_dimension(found.cells, "country")["CH"] == {"view": 8}
    (row,) = breakdowns.cohorts(found.steps, People(found.steps), DAYS, None)
    assert (row.month, row.issued, (row.stages or {})["opened"]) == ("2026-11", 20, 15)


def test_influencers_are_the_shared_credentials_that_bring_most_referrals() -> None:
    some = [*programme(), *acts(Kind.REFERRAL, 1, 8), *acts(Kind.VIEW, 1, 8, of="unshared")]
    found = breakdowns.influencers(fold(some)["north"].touches, 2)
    assert [(each.credential, each.referrals, each.views, each.shares) for each in found] == [
        ("0", 3, 2, 1), ("1", 2, 2, 1),
    ]  # fmt: skip


def test_small_cohorts_are_not_shown() -> None:
    steps = with_journeys(fold(programme(9))["north"]).journeys
    rows = breakdowns.cohorts(steps, visible(steps, DAYS, TODAY, None), DAYS, None)
    assert [(row.issued, row.stages) for row in rows] == [(9, None)]


def test_pathway_flow_shows_where_holders_stop() -> None:
    steps = [*acts(Kind.PATHWAY_STEP, 40, target="p#1"), *acts(Kind.PATHWAY_STEP, 30, target="p#2")]
    steps += [*acts(Kind.PATHWAY_STEP, 12, target="p#3"), *acts(Kind.PATHWAY_STEP, 3, target="q#1")]
    found = of([*steps, *acts(Kind.PATHWAY_COMPLETED, 12, target="p")])
    rows = [(row.pathway, row.steps, row.holders, row.dropped) for row in breakdowns.pathway_flow(found)]
    assert rows == [("p", 1, 40, None), ("p", 2, 30, 0.25), ("p", 3, 12, pytest.approx(0.6)), ("q", 1, None, None)]
    assert breakdowns.pathway_completion(found) == {"p": (12, 40)}
