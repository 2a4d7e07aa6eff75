"""The simulated year of the demo."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.event import Kind
from chalicelib.analytics.kpi.tables import TABLES, Request, kpi_figures
from chalicelib.http.console.overview.people import INFLUENCERS
from cli.demo.catalogue import HARBOUR
from cli.demo.history import seed_year
from cli.demo.plan import plan
from cli.demo.year import DAYS, Programme, simulate
from tests.analytics.counts.fakes import CountStore, context_of
from tests.award.fakes import BASE_URL

TODAY = date(2026, 11, 22)
YEAR = Days(TODAY - timedelta(days=DAYS), TODAY)


@pytest.fixture(scope="module")
def store() -> CountStore:
    """The counts of the demo, which no test changes."""
    made = CountStore()
    seed_year(context_of(made), BASE_URL, TODAY, "p")
    return made


def test_simulated_year_is_deterministic_and_ends_in_time() -> None:
    programmes = [Programme("north", "a"), Programme("south", "b", ("c" * 26,), pathway="p")]
    events = list(simulate(programmes, TODAY, 2_000))
    assert events == list(simulate(programmes, TODAY, 2_000))
    assert 1_000 < len(events) < 4_000
    assert {event.at.date() for event in events} <= {TODAY - timedelta(days=n) for n in range(DAYS)}
    assert {event.kind for event in events} >= {Kind.ISSUED, Kind.VIEW, Kind.SHARED, Kind.REFERRAL, Kind.PATHWAY_STEP}
    assert len({event.id for event in events}) == len(events)


def test_every_table_of_the_demo_has_rows_and_every_figure_a_value(store: CountStore) -> None:
    reader, request = CountReader(store), Request(HARBOUR.id, YEAR)
    assert all(each.now.value is not None for each in kpi_figures(reader, request))
    assert [name for name in TABLES if name != "hours" and not TABLES[name](reader, request).rows] == []


def test_seeding_again_changes_nothing(store: CountStore) -> None:
    before = dict(store.stored)
    seed_year(context_of(store), BASE_URL, TODAY + timedelta(days=9), "p")
    assert store.stored == before


def test_the_best_shared_credentials_of_the_demo_have_holders(store: CountStore) -> None:
    known = {each.id for each in plan(BASE_URL)}
    last_month = Days(TODAY.replace(day=1), TODAY)
    rows = TABLES["influencers"](CountReader(store), Request(HARBOUR.id, last_month)).rows
    assert {row[0] for row in rows[:INFLUENCERS]} <= known
    assert len(rows) > INFLUENCERS


def test_credentials_of_the_last_month_of_the_demo_are_viewed_and_shared(store: CountStore) -> None:
    rows = TABLES["cohorts"](CountReader(store), Request(HARBOUR.id, Days(TODAY - timedelta(days=200), TODAY))).rows
    columns = TABLES["cohorts"](CountReader(store), Request(HARBOUR.id, Days(TODAY, TODAY))).columns
    for row in (dict(zip(columns, row, strict=True)) for row in rows[:-1]):
        assert row["viewed"] > 0.3 * row["issued"]
        assert row["shared"] > 0
