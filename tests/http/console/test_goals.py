"""The page of goals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import NEW, RETURNING, Kind
from chalicelib.outcomes.goals import GOALS
from chalicelib.outcomes.savings import NONE
from tests.analytics.counts import simulated
from tests.analytics.counts.fakes import Clock
from tests.analytics.counts.makers import event
from tests.analytics.counts.test_folding import run_until_done
from tests.http.console.test_dashboard import acts
from tests.http.fake_laurel import NOW, Laurel
from tests.http.signed_in import Browser

HERE = "/console/fernhill/goals"
VALUES = {"goal": "efficiency", "minutes": "20", "cost": "15", "currency": "eur", "percent": "50"}


@pytest.fixture
def counted(laurel: Laurel) -> Laurel:
    """Twelve credentials, two of them to people who had one before, each viewed from LinkedIn in Germany."""
    store, achievement = laurel.count_store, next(iter(laurel.issuer_store.achievements("fernhill"))).id
    store.clock = Clock(NOW - timedelta(days=40))
    run_until_done(store)
    for n in range(12):
        of: dict[str, Any] = {"issuer_id": "fernhill", "credential_id": f"{n}", "achievement_id": achievement}
        target = RETURNING if n < 2 else NEW
        store.write(event(Kind.ISSUED, store.clock(), visitor_class=None, target=target, **of))
        visit = {"visitor": f"{n}", "country": "DE", "channel": Channel.LINKEDIN_POST, "verdict": "valid"}
        store.write(event(Kind.VIEW, store.clock(), **visit, **of))
    store.clock.now = NOW
    run_until_done(store)
    return laurel


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.code)
def test_each_goal_has_a_view_with_its_figures_and_formulas(viewer: Browser, counted: Laurel, goal: Any) -> None:
    page = viewer.get(f"{HERE}?goal={goal.code}").text
    assert f"<h1>{goal.name}</h1>" in page
    assert page.count('data-label="Formula"') == len(goal.figures)
    assert page.count('<h2 id="part-') == len(goal.parts)


def test_saved_cost_needs_values_and_shows_them(owner: Browser, viewer: Browser, counted: Laurel) -> None:
    page = viewer.get(f"{HERE}?goal=efficiency").text
    assert NONE in page
    assert "12 verifications with a verdict" in page
    assert owner.post(HERE, VALUES).headers["location"].endswith("goal=efficiency&did=manual_check_saved")
    page = viewer.get(f"{HERE}?goal=efficiency").text
    assert "Assumes that 50% of verifications" in page
    assert all(f"<span>{value}</span>" in page for value in ("6", "2", "90"))
    assert 'name="minutes"' not in page


def test_value_out_of_range_is_an_error(owner: Browser, counted: Laurel) -> None:
    for name in ("minutes", "cost", "percent", "currency"):
        reply = owner.post(HERE, {**VALUES, name: ""})
        assert reply.status == 422
        assert 'class="errors"' in reply.text
    assert counted.outcome_store.manual == {}


def test_new_learners_are_those_without_an_earlier_credential(viewer: Browser, counted: Laurel) -> None:
    assert "10 of 12." in viewer.get(f"{HERE}?goal=launch").text


def test_views_by_network_and_country_are_compared(viewer: Browser, counted: Laurel) -> None:
    assert "LinkedIn" in viewer.get(f"{HERE}?goal=brand").text
    page = viewer.get(f"{HERE}?goal=international").text
    assert "Germany" in page
    assert "+12" in page


def test_goal_without_a_survey_links_to_the_page_that_switches_it_on(viewer: Browser, counted: Laurel) -> None:
    assert '/console/fernhill/survey">Survey of holders</a>' in viewer.get(f"{HERE}?goal=transformation").text


def test_goals_call_enrolment_visits_what_the_overview_calls_them(viewer: Browser, counted: Laurel) -> None:
    page = viewer.get(f"{HERE}?goal=awareness").text
    assert "Shares that bring the most visits" in page
    assert "Referrals" not in page
    assert "Influencers" not in page


def test_learners_of_a_month_that_is_left_out_are_not_called_no_data(viewer: Browser, laurel: Laurel) -> None:
    october = [act for n in range(12) for act in acts(Kind.ISSUED, 1, 40, target=NEW, credential_id=f"october{n}")]
    events = [*acts(Kind.ISSUED, 3, 70, target=NEW), *october]
    laurel.count_store = simulated.counted(events, NOW.date() - timedelta(days=1))
    page = viewer.get(f"{HERE}?goal=launch&from=2026-10-01&to=2026-10-31").text
    assert "Not shown, because they would be about a month that is combined with one outside this period" in page
    assert page.count("No data for this period.") == 1, "of shares, not of new learners"
