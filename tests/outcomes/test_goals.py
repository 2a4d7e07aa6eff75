"""The nine goals, and what verifications save."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.analytics.kpi.kpis import KPIS
from chalicelib.award.achievements import KINDS
from chalicelib.errors import Refused
from chalicelib.http.console.outcomes.goal_parts import BUILDERS
from chalicelib.outcomes import savings
from chalicelib.outcomes.goals import GOALS, HIGH_STAKES, Part, goal_of
from chalicelib.outcomes.savings import ManualCheck, Savings

MANUAL = ManualCheck("north", 20, 15, "EUR", 30)


def test_there_are_nine_goals_of_existing_figures() -> None:
    assert len({goal.code for goal in GOALS}) == 9
    codes = {kpi.code for kpi in KPIS}
    assert all(set(goal.figures) <= codes and goal.figures for goal in GOALS)
    assert {part for goal in GOALS for part in goal.parts} == set(Part) == BUILDERS.keys()
    assert goal_of("unknown") == GOALS[0]


def test_high_stakes_are_types_of_open_badges() -> None:
    assert set(KINDS) >= HIGH_STAKES


def test_savings_follow_from_verifications_and_the_values_of_the_issuer() -> None:
    assert savings.savings(MANUAL, 1_000) == Savings(300, 100.0, 4_500)
    said = savings.assumption(MANUAL)
    assert all(text in said for text in ("30%", "20 minutes", "15 EUR", "You entered these values"))


@pytest.mark.parametrize(
    "changes",
    [{"minutes": 0}, {"minutes": 10_001}, {"cost": -1}, {"cost": 100_001}, {"percent": 0}, {"percent": 101},
     {"currency": "euro"}, {"currency": ""}],
    ids=str,
)  # fmt: skip
def test_values_out_of_range_are_refused(changes: dict[str, object]) -> None:
    savings.check(MANUAL)
    with pytest.raises(Refused):
        savings.check(replace(MANUAL, **changes))  # type: ignore[arg-type]
