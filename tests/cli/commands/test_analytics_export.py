# ruff: noqa: S608 - the queries are made of paths of this module
"""Export to Parquet, and the queries that the documentation shows."""

from __future__ import annotations

import gzip
import re
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from chalicelib.analytics import archive
from chalicelib.analytics.event import Event
from chalicelib.analytics.event_json import MEMBERS, to_wire
from cli.demo.year import Programme, simulate
from tests.cli.conftest import FakeServices, Run

LAST = date(2026, 11, 29)
DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "analytics.md").read_text()
QUERIES = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture
def events(services: FakeServices) -> list[Event]:
    made = sorted(simulate([Programme("north", "welding")], LAST, 3000, days=40), key=lambda event: event.id)
    for days in range(40):
        day = LAST - timedelta(days=days)
        services.event_archive.save(day, [archive.line_of(each) for each in made if each.at.date() == day])
    return made


def test_exported_rows_are_the_archived_events(run: Run, events: list[Event], tmp_path: Path) -> None:
    target = tmp_path / "events.parquet"
    result = run("analytics", "export", str(target), "--json")
    assert (result.code, result.rows[0]["events"]) == (0, len(events))
    assert list(tmp_path.iterdir()) == [target]
    found = duckdb.sql(f"SELECT * FROM '{target}' ORDER BY id")
    assert found.columns == [*MEMBERS, "day"]
    form = "%Y-%m-%dT%H:%M:%S.%fZ"
    for row, event in zip(found.fetchall(), events, strict=True):
        *values, day = row
        as_text = [each.strftime(form) if hasattr(each, "strftime") else each for each in values]
        assert dict(zip(MEMBERS, as_text, strict=True)) == to_wire(event)
        assert day == event.at.date().isoformat()


def test_only_the_days_that_are_asked_for_are_exported(run: Run, events: list[Event], tmp_path: Path) -> None:
    target = tmp_path / "events.parquet"
    run("analytics", "export", str(target), "--from", "2026-11-10", "--to", "2026-11-11")
    assert {day for (day,) in duckdb.sql(f"SELECT day FROM '{target}'").fetchall()} == {"2026-11-10", "2026-11-11"}


@pytest.mark.parametrize(
    "more",
    [("--from", "x"), ("--from", "2026-11-02", "--to", "2026-11-01"), ("--from", "2027-01-01")],
    ids=["no_date", "no_order", "not_archived"],
)
def test_days_must_be_archived_dates_in_order(
    run: Run, events: list[Event], tmp_path: Path, more: tuple[str, ...]
) -> None:
    target = tmp_path / "events.parquet"
    target.write_bytes(b"before")
    assert run("analytics", "export", str(target), *more).code == 2
    assert target.read_bytes() == b"before"


def test_export_of_days_without_events_has_its_columns(run: Run, services: FakeServices, tmp_path: Path) -> None:
    services.event_archive.save(LAST, [])
    target = tmp_path / "events.parquet"
    assert run("analytics", "export", str(target)).code == 0
    assert duckdb.sql(f"SELECT * FROM '{target}'").columns == [*MEMBERS, "day"]


@pytest.mark.slow
def test_documented_queries_run_on_the_export_and_on_the_archive_with_equal_results(
    run: Run, services: FakeServices, events: list[Event], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("analytics", "export", "events.parquet")
    for day in services.event_archive.days():
        folder = tmp_path / "events" / f"day={day}"
        folder.mkdir(parents=True)
        (folder / "events.ndjson.gz").write_bytes(gzip.compress("".join(services.event_archive.lines(day)).encode()))
    connection = duckdb.connect()
    for block in re.findall(r"```sql duckdb\n(.*?)```", DOCUMENT, re.DOTALL):
        connection.execute(block)
    columns = dict.fromkeys([*MEMBERS, "day"], "VARCHAR")  # as the table in Athena
    connection.execute(
        "CREATE VIEW archived AS SELECT * FROM read_json('events/*/events.ndjson.gz', format='newline_delimited', "
        f"columns={columns}, hive_partitioning=true, hive_types_autocast=false)"
    )
    assert len(QUERIES) >= 4
    for query in QUERIES:
        found = connection.execute(query).fetchall()
        assert found or "utm_source" in query  # no simulated link is tagged
        assert connection.execute(query.replace("FROM events", "FROM archived")).fetchall() == found


def test_documented_athena_table_has_the_members_of_an_event() -> None:
    (block,) = re.findall(r"```sql athena\n(.*?)```", DOCUMENT, re.DOTALL)
    columns = block[block.index("(") + 1 : block.index(")")].split(",")
    assert [tuple(column.split()) for column in columns] == [(name, "string") for name in MEMBERS]
