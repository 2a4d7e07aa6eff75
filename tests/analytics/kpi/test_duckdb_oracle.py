# ruff: noqa: S608 - the queries are made of constants of this module
"""Every table and figure of a simulated year, with every filter, against DuckDB over the exported Parquet file.

The file comes from the archive, by `laurel analytics export`, and holds raw events only: DuckDB decides by itself what
a channel, a machine or a repeated hit is. In `make test-full`, the year has half a million events.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from chalicelib.analytics import archive
from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.event import Event, Kind, VisitorClass
from chalicelib.analytics.kpi.figures import Filter
from chalicelib.analytics.kpi.kpis import Unit
from chalicelib.analytics.kpi.suppression import suppressed
from chalicelib.analytics.kpi.tables import TABLES, Request, kpi_figures
from cli import parquet
from cli.demo.year import DAYS, Programme, simulate
from tests.analytics import fakes
from tests.analytics.counts.simulated import counted
from tests.size import sized

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("oracle")]  # one worker makes the year

EVENTS = sized(full=520_000, usual=40_000)
LAST = date(2026, 11, 29)
PROGRAMMES = [
    Programme("north", "welding", weight=4), Programme("north", "care", pathway="p"),
    Programme("north", "baking", pathway="p", step=2), Programme("south", "law", weight=2), Programme("east", "art"),
]  # fmt: skip
WINDOWS = [
    Days(LAST - timedelta(days=DAYS), LAST), Days(date(2026, 3, 1), date(2026, 5, 31)),
    Days(date(2026, 2, 11), date(2026, 6, 3)), Days(LAST, LAST),
    Days(date(2026, 6, 1), LAST + timedelta(days=1)),
]  # fmt: skip
FILTERS = [
    Filter(), Filter(achievement="welding"), Filter(channel="linkedin"), Filter(country="CH"),
    Filter("care", "search", "DE"),
]  # fmt: skip
STAGES = {
    "delivered": "delivered", "opened": "opened", "viewed": "view", "shared": "shared", "referred": "referral",
    "renewed": "renewed",
}  # fmt: skip


CHANNEL = """
CASE WHEN visitor_class IS NULL THEN ''
     WHEN widget IS NOT NULL THEN 'embed'
     WHEN channel IN ('linkedin_post', 'linkedin_profile') THEN 'linkedin'
     WHEN channel IS NOT NULL THEN channel
     WHEN utm_medium = 'email' THEN 'email'
     WHEN referrer IS NULL AND kind = 'verification' THEN 'api'
     WHEN referrer IS NULL THEN 'direct'
     WHEN referrer = 'www.linkedin.com' THEN 'linkedin'
     WHEN referrer = 't.co' THEN 'x'
     WHEN referrer IN ('www.google.com', 'duckduckgo.com') THEN 'search'
     ELSE 'website' END
"""
DETAIL = """
CASE WHEN kind IN ('shared', 'download', 'issued', 'pathway_step', 'pathway_completed') THEN coalesce(target, '')
     WHEN kind IN ('view', 'verification') THEN verdict
     WHEN kind IN ('impression', 'click') THEN coalesce(referrer, '')
     ELSE '' END
"""
MACHINE = """
visitor_class IS NOT NULL AND (visitor_class <> 'person' OR (visitor IS NOT NULL AND count(*) OVER (
    PARTITION BY visitor, credential_id, kind, epoch("at")::BIGINT // 180) > 60))
"""
REPEATED = 61
"""Identical hits of one visitor in three minutes, which no person makes."""


@pytest.fixture(scope="module")
def events() -> list[Event]:
    made = list(simulate(PROGRAMMES, LAST, EVENTS))
    view = next(event for event in made if event.kind is Kind.VIEW and event.issuer_id == "north")
    at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    hits = [
        replace(view, id=f"{visitor}{number:025}", at=at + timedelta(seconds=number), visitor=visitor * 32,
                visitor_class=VisitorClass.PERSON)
        for visitor, many in (("0", REPEATED), ("1", REPEATED - 1)) for number in range(many)
    ]  # fmt: skip
    return [*made, *hits]


@pytest.fixture(scope="module")
def reader(events: list[Event]) -> CountReader:
    return CountReader(counted(events, LAST))


@pytest.fixture(scope="module")
def database(events: list[Event], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The exported Parquet file, queried by DuckDB."""
    lines: dict[date, list[str]] = defaultdict(list)
    for event in events:
        lines[event.at.date()].append(archive.line_of(event))
    stored = fakes.EventArchive()
    for day, of in lines.items():
        stored.save(day, of)
    target = tmp_path_factory.mktemp("oracle") / "events.parquet"
    assert parquet.write(stored, stored.days(), target) == len(events)
    connection = duckdb.connect()
    connection.execute(
        'CREATE TABLE events AS SELECT id, kind, epoch("at")::BIGINT AS moment, issuer_id AS issuer, '
        f"achievement_id AS achievement, credential_id AS credential, visitor, {MACHINE} AS machine, "
        f"{CHANNEL} AS channel, coalesce(country, '') AS country, {DETAIL} AS detail, "
        f"epoch(valid_until)::BIGINT AS valid_until, day FROM '{target}'"
    )
    # The first times of each credential, over all time.
    connection.execute(
        "CREATE TABLE firsts AS SELECT issuer, achievement, credential, kind, min(moment) AS moment FROM events "
        "WHERE NOT machine GROUP BY ALL"
    )
    connection.execute(
        "CREATE TABLE issued AS SELECT *, strftime(make_timestamp(moment * 1000000), '%Y-%m-%d') AS day FROM firsts "
        "WHERE kind = 'issued'"
    )
    connection.execute(
        "CREATE TABLE ended AS SELECT e.issuer, e.achievement, e.credential, min(e.valid_until) AS moment, "
        "strftime(make_timestamp(min(e.valid_until) * 1000000), '%Y-%m-%d') AS day FROM events AS e "
        "LEFT JOIN firsts AS r ON r.credential = e.credential AND r.kind = 'revoked' "
        "WHERE e.valid_until IS NOT NULL GROUP BY e.issuer, e.achievement, e.credential, r.moment "
        "HAVING r.moment IS NULL OR r.moment >= min(e.valid_until)"
    )
    return connection


def where(issuer_id: str, days: Days, only: Filter) -> str:
    limits = [f"issuer = '{issuer_id}'", f"day BETWEEN '{days.first}' AND '{days.last}'"]
    for name in ("achievement", "channel", "country"):
        value = getattr(only, name)
        limits += [] if value is None else [f"{name} = '{value}'"]
    return " AND ".join(limits)


def people(database: Any, table: str, issuer_id: str, months: tuple[str, str], only: Filter) -> str:
    """The condition for the people of ``table`` that figures of ``months`` may be made of."""
    whole = "" if table == "issued" else f" AND day < '{LAST.replace(day=1)}'"  # what ends this month has not ended
    query = f"SELECT substr(day, 1, 7), achievement, count(*) FROM {table} WHERE issuer = ?{whole} GROUP BY ALL"
    sizes: dict[str, dict[str, int]] = defaultdict(dict)
    for month, achievement, many in database.execute(query, [issuer_id]).fetchall():
        sizes[month][achievement] = many
    shown, group = [], []
    for month in sorted(sizes):
        group.append(month)
        together: Counter[str] = sum((Counter(sizes[each]) for each in group), Counter())
        if together.total() >= 10:
            inside = all(months[0] <= each <= months[1] for each in group)
            shown += group if inside and only.achievement not in suppressed(together) else []
            group = []
    of = f"issuer = '{issuer_id}' AND substr(day, 1, 7) IN ({', '.join(map(repr, [*shown, '']))})"
    return of + ("" if only.achievement is None else f" AND achievement = '{only.achievement}'")


def months_of(days: Days) -> tuple[str, str]:
    """The first and the last whole month of ``days``; the last before the first if there are none."""
    whole = {day.strftime("%Y-%m") for day in days.each() if day.day == 1}
    ends = {day.strftime("%Y-%m") for day in days.each() if (day + timedelta(days=1)).day == 1 or day >= LAST}
    both = sorted(whole & ends)
    return (both[0], both[-1]) if both else ("9999", "0000")


def months_before(months: tuple[str, str]) -> tuple[str, str]:
    first, last = (12 * int(each[:4]) + int(each[5:] or 1) - 1 for each in months)
    if last < first:
        return months
    start, end = first - (last - first + 1), first - 1
    return f"{start // 12}-{start % 12 + 1:02}", f"{end // 12}-{end % 12 + 1:02}"


def expected(
    database: Any, issuer_id: str, days: Days, months: tuple[str, str], only: Filter
) -> dict[str, float | None]:
    """Every figure, by its formula."""

    def one(query: str) -> Any:
        return database.execute(query).fetchone()[0]

    def count(condition: str) -> int:
        return int(one(f"SELECT count(*) FROM events WHERE {where(issuer_id, days, only)} AND {condition}"))

    def ratio(numerator: float, denominator: float) -> float | None:
        return numerator / denominator if denominator else None

    of = people(database, "issued", issuer_id, months, only)
    issued = int(one(f"SELECT count(*) FROM issued WHERE {of}"))
    end = people(database, "ended", issuer_id, months, only)
    ended = int(one(f"SELECT count(*) FROM ended WHERE {end}"))
    in_time = int(
        one(
            "SELECT count(*) FROM ended AS e JOIN firsts AS f USING (issuer, achievement, credential) "
            "WHERE f.kind = 'renewed' "
            f"AND f.moment < e.moment AND e.credential IN (SELECT credential FROM ended WHERE {end})"
        )
    )

    def reached(kind: str) -> str:
        return (
            "FROM issued AS i JOIN firsts AS f USING (issuer, achievement, credential) "
            f"WHERE f.kind = '{kind}' AND i.credential IN (SELECT credential FROM issued WHERE {of})"
        )

    def rate(kind: str) -> float | None:
        return ratio(int(one(f"SELECT count(*) {reached(kind)}")), issued)

    def hours(kind: str) -> float | None:
        return (
            None
            if int(one(f"SELECT count(*) {reached(kind)}")) < 10
            else float(one(f"SELECT median((greatest(f.moment - i.moment, 0)) // 3600) {reached(kind)}"))
        )

    shares, views = count("kind = 'shared' AND NOT machine"), count("kind = 'view' AND NOT machine")
    conversions = count("kind = 'conversion'")
    referrals, acts = count("kind = 'referral' AND NOT machine"), count("kind = 'issued'")
    returning = int(
        one(
            "SELECT count(DISTINCT e.credential) FROM events AS e WHERE e.kind = 'issued' AND e.detail = 'returning' "
            f"AND e.credential IN (SELECT credential FROM issued WHERE {of})"
        )
    )
    return {
        "issued": acts, "delivery_rate": rate("delivered"), "open_rate": rate("opened"), "share_rate": rate("shared"),
        "shares": shares, "views": views, "machine_views": count("kind = 'view' AND machine"),
        "views_per_share": ratio(views, shares), "referrals": referrals, "referral_reach": rate("referral"),
        "referrals_per_share": ratio(referrals, shares), "conversions": conversions,
        "conversions_per_referral": ratio(conversions, referrals), "conversions_per_share": ratio(conversions, shares),
        "verifications": count("kind = 'verification'"),
        "re_enrolment_rate": ratio(returning, issued), "renewal_rate": ratio(in_time, ended),
        "directory_impressions": count("kind = 'listed' AND NOT machine"),
        "profile_views": count("kind = 'profile_view' AND NOT machine"),
        "contacts_per_impression": ratio(count("kind = 'contacted'"), count("kind = 'listed' AND NOT machine")),
        "hours_to_first_view": hours("view"), "hours_to_first_share": hours("shared"),
        "hours_to_first_referral": hours("referral"),
    }  # fmt: skip


@pytest.mark.parametrize("issuer_id", ["north", "south", "east"])
def test_every_figure_equals_that_of_duckdb(reader: CountReader, database: Any, issuer_id: str) -> None:
    for days in WINDOWS:
        for only in FILTERS:
            months = months_of(days)
            right = expected(database, issuer_id, days, months, only)
            before = expected(database, issuer_id, days.before, months_before(months), only)
            found = kpi_figures(reader, Request(issuer_id, days, only))
            assert found
            for each in found:
                assert each.now.value == pytest.approx(right[each.kpi.code]), (each.kpi.code, days, only)
                assert each.before.value == pytest.approx(before[each.kpi.code]), (each.kpi.code, days.before, only)
                assert each.kpi.unit is not Unit.RATIO or each.now.numerator is not None or each.now.value is None


@pytest.mark.parametrize("issuer_id", ["north", "south", "east"])
def test_every_breakdown_equals_that_of_duckdb(reader: CountReader, database: Any, issuer_id: str) -> None:
    for days in WINDOWS:
        for only in FILTERS:
            request, limits = Request(issuer_id, days, only), where(issuer_id, days, only)
            for name, column in (("achievements", "achievement"), ("channels", "channel"), ("countries", "country")):
                query = f"SELECT {column}, kind, count(*) FROM events WHERE {limits} AND NOT machine GROUP BY ALL"
                query += f" HAVING {column} != ''" if column == "achievement" else ""
                table = TABLES[name](reader, request)
                found = {
                    (row[0], kind): many
                    for row in table.rows
                    for kind, many in zip(table.columns[1:], row[1:], strict=True)
                    if many
                }
                assert found == {(value, kind): many for value, kind, many in database.execute(query).fetchall()}
            for name, condition in (
                ("platforms", "kind = 'shared' AND NOT machine"),
                ("verdicts", "(kind = 'verification' OR (kind = 'view' AND NOT machine))"),
            ):
                query = f"SELECT detail, count(*) FROM events WHERE {limits} AND {condition} GROUP BY ALL"
                assert dict(TABLES[name](reader, request).rows) == dict(database.execute(query).fetchall())


def test_every_day_equals_that_of_duckdb(reader: CountReader, database: Any) -> None:
    for days in WINDOWS:
        for only in FILTERS[:4]:
            limits = where("north", days, only)
            query = (
                "SELECT day, count(DISTINCT visitor) FILTER (kind = 'view' AND NOT machine AND visitor IS NOT NULL), "
                f"count(*) FILTER (kind = 'view' AND machine) FROM events WHERE {limits} GROUP BY day"
            )
            right = {day: counts for day, *counts in database.execute(query).fetchall() if any(counts)}
            rows = TABLES["days"](reader, Request("north", days, only)).rows
            found = {row[0]: [row[1] or 0, row[2]] for row in rows if row[1] or row[2]}
            assert found == right


def test_every_hour_equals_that_of_duckdb(reader: CountReader, database: Any) -> None:
    days = Days(LAST - timedelta(days=2), LAST)
    for only in FILTERS:
        limits = where("north", days, only)
        query = (
            "SELECT strftime(make_timestamp(moment * 1000000), '%Y-%m-%dT%H:00Z') AS hour, "
            "count(DISTINCT visitor) FILTER (kind = 'view' AND NOT machine AND visitor IS NOT NULL), "
            "count(*) FILTER (kind = 'view' AND machine), count(*) FILTER (kind = 'view' AND NOT machine), "
            f"count(*) FILTER (kind = 'verification') FROM events WHERE {limits} GROUP BY hour"
        )
        table = TABLES["hours"](reader, Request("north", days, only))
        views, verifications = table.columns.index("view"), table.columns.index("verification")
        found = {row[0]: (row[1] or 0, row[2], row[views], row[verifications]) for row in table.rows}
        right = {hour: tuple(counts) for hour, *counts in database.execute(query).fetchall()}
        if only != Filter():  # unique visitors by the hour are not counted for a filter
            right = {hour: (0, *counts[1:]) for hour, counts in right.items()}
        assert {hour: counts for hour, counts in found.items() if any(counts)} == {
            hour: counts for hour, counts in right.items() if any(counts)
        }


def test_every_kind_of_a_day_equals_that_of_duckdb(reader: CountReader, database: Any) -> None:
    for issuer_id in ("north", "south", "east"):
        for only in FILTERS:
            table = TABLES["days"](reader, Request(issuer_id, WINDOWS[0], only))
            query = (
                f"SELECT day, kind, count(*) FROM events WHERE {where(issuer_id, WINDOWS[0], only)} "
                "AND (kind = 'verification' OR NOT machine) GROUP BY ALL"
            )
            found = {
                (row[0], kind): many
                for row in table.rows
                for kind, many in zip(table.columns[3:], row[3:], strict=True)
                if many
            }
            assert found == {(day, kind): many for day, kind, many in database.execute(query).fetchall()}


def test_every_step_of_a_pathway_equals_that_of_duckdb(reader: CountReader, database: Any) -> None:
    for days in WINDOWS:
        for only in FILTERS:
            first, last = months_of(days)
            months = f"substr(day, 1, 7) BETWEEN '{first}' AND '{last}'"
            query = (
                f"SELECT detail, count(*) FROM events WHERE {where('north', WINDOWS[0], only)} AND {months} "
                "AND kind = 'pathway_step' GROUP BY detail"
            )
            counts = {int(detail.split("#")[1]): many for detail, many in database.execute(query).fetchall()}
            right = []
            for step in range(1, max(counts, default=0) + 1):
                holders, before = counts.get(step, 0), counts.get(step - 1, 0)
                known = before >= 10 and (before - holders >= 10 or before <= holders)
                shown = not 0 < holders < 10
                right.append(("p", step, holders if shown else None, 1 - holders / before if shown and known else None))
            assert TABLES["pathways"](reader, Request("north", days, only)).rows == right


def test_repeated_hits_are_machines_and_one_less_are_people(reader: CountReader, database: Any) -> None:
    query = "SELECT visitor, machine, count(*) FROM events WHERE visitor IN (?, ?) GROUP BY ALL ORDER BY visitor"
    found = database.execute(query, ["0" * 32, "1" * 32]).fetchall()
    assert found == [("0" * 32, True, REPEATED), ("1" * 32, False, REPEATED - 1)]


@pytest.mark.parametrize("achievement", [None, "welding", "care"], ids=["all", "welding", "care"])
def test_influencers_and_cohorts_equal_those_of_duckdb(
    reader: CountReader, database: Any, achievement: str | None
) -> None:
    only = Filter(achievement=achievement)
    of = "" if achievement is None else f" AND achievement = '{achievement}'"
    for days in WINDOWS:
        limits = where("north", days, only)
        query = (
            "SELECT credential, achievement, count(*) FILTER (kind = 'referral') AS r, count(*) FILTER (kind = 'view') "
            f"AS v, count(*) FILTER (kind = 'shared') AS s, "
            f"count(*) FILTER (kind = 'conversion') FROM events WHERE {limits} AND NOT machine GROUP BY ALL "
            "HAVING s > 0 AND (r > 0 OR v > 0) ORDER BY r DESC, v DESC, credential LIMIT 1000"
        )
        found = TABLES["influencers"](reader, Request("north", days, only)).rows
        assert found == database.execute(query).fetchall()
        cohorts = TABLES["cohorts"](reader, Request("north", days, only))
        for first, last, issued, *stages, left_out in cohorts.rows:
            assert (left_out is None) == (None not in stages)
            in_month = f"issuer = 'north' AND day BETWEEN '{first}-01' AND '{last}-31'{of}"
            assert database.execute(f"SELECT count(*) FROM issued WHERE {in_month}").fetchone()[0] == issued
            for stage, many in zip(cohorts.columns[3:-1], stages, strict=True):
                query = (
                    "SELECT count(*) FROM firsts WHERE kind = ? AND (issuer, achievement, credential) IN "
                    f"(SELECT (issuer, achievement, credential) FROM issued WHERE {in_month})"
                )
                assert many in (None, database.execute(query, [STAGES[str(stage)]]).fetchone()[0])


def test_year_has_half_a_million_events_of_three_issuers_or_a_part_of_them(events: list[Event]) -> None:
    assert len(events) >= sized(full=500_000, usual=38_000)
    assert {event.issuer_id for event in events} == {"north", "south", "east"}


def test_kinds_of_the_simulated_year_are_those_that_are_counted(events: list[Event]) -> None:
    assert {event.kind for event in events} >= {Kind.ISSUED, Kind.VIEW, Kind.SHARED, Kind.REFERRAL, Kind.VERIFICATION}
