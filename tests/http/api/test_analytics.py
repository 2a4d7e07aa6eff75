"""Counts and key figures through the API."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.access.roles import Role
from chalicelib.analytics.event import NEW, Kind
from chalicelib.analytics.kpi.tables import TABLES
from tests.analytics.counts.fakes import Clock
from tests.analytics.counts.makers import event
from tests.analytics.counts.test_folding import run_until_done
from tests.http.fake_laurel import NOW, Laurel
from tests.http.gateway import Gateway
from tests.http.signed_in import as_token


@pytest.fixture
def counted(laurel: Laurel) -> Laurel:
    """Twelve credentials issued ten days ago, viewed since; another issuer has events, too."""
    store = laurel.count_store
    store.clock = Clock(NOW - timedelta(days=11))
    run_until_done(store)
    store.clock.now = NOW - timedelta(days=10)
    for n in range(12):
        of: dict[str, Any] = {"issuer_id": "fernhill", "credential_id": f"{n}", "achievement_id": "=1+1"}
        store.write(event(Kind.ISSUED, store.clock(), visitor_class=None, target=NEW, **of))
        store.write(event(Kind.OPENED, store.clock(), visitor_class=None, **of))
        store.write(event(Kind.VIEW, store.clock(), visitor=f"{n}", country="DE", **of))
    store.write(event(Kind.VIEW, store.clock(), issuer_id="other"))
    store.clock.now = NOW - timedelta(hours=2)
    store.write(event(Kind.VIEW, store.clock(), issuer_id="fernhill", achievement_id="care"))
    store.clock.now = NOW
    run_until_done(store)
    return laurel


@pytest.fixture
def get(counted: Laurel, client: Gateway) -> Any:
    headers = as_token(counted, "fernhill", Role.VIEWER)

    def send(path: str, **more: str) -> Any:
        return client.get(f"/v1/analytics/{path}", **headers, **more)

    return send


def test_key_figures_come_with_their_formulas(get: Any) -> None:
    body = get("kpis").json
    assert (body["from"], body["to"], body["next"]) == ("2026-10-01", "2026-11-22", None)
    items = {item["code"]: item for item in body["items"]}
    assert items["issued"]["value"] == 12
    assert items["open_rate"]["value"] == 1
    assert items["views"]["value"] == 13
    assert items["open_rate"]["formula"].startswith("Credentials whose holder followed the link")


def test_every_table_is_json_and_csv_with_the_same_columns(get: Any) -> None:
    for name in TABLES:
        days = "?from=2026-11-21" if name == "hours" else ""
        rows = get(f"{name}{days}").json["items"]
        header, *lines = csv.reader(io.StringIO(get(f"{name}{days}", accept="text/csv").text))
        assert len(lines) == len(rows)
        assert all(list(row) == header for row in rows)


def test_cell_that_a_spreadsheet_would_run_is_text(get: Any) -> None:
    assert get("achievements").json["items"][0]["achievement"] == "=1+1"
    assert "\n'=1+1," in get("achievements", accept="text/csv").text.replace("\r", "")


def test_filters_and_days_limit_the_counts(get: Any) -> None:
    def views(query: str) -> int:
        return sum(item["view"] for item in get(f"days{query}").json["items"])

    assert views("") == 13
    assert views("?country=DE") == 12
    assert views("?achievement=care") == 1
    assert views("?from=2026-11-22") == 1
    assert views("?to=2026-11-21") == 12
    assert views("?from=2026-11-13&to=2026-11-14") == 0


def test_counts_that_a_filter_cannot_limit_are_null(get: Any) -> None:
    (day, *_) = get("days?country=DE").json["items"]
    assert (day["view"], day["issued"], day["shared"]) == (12, None, None)
    assert "shares" not in {item["code"] for item in get("kpis?channel=linkedin").json["items"]}


def test_unique_visitors_are_those_of_a_day(get: Any) -> None:
    (day, today) = get("days").json["items"]
    assert (day["visitors"], today["visitors"]) == (12, 1)
    assert get("days?country=DE").json["items"][0]["visitors"] == 12


def test_another_tenant_gets_its_own_counts_only(counted: Laurel, client: Gateway) -> None:
    headers = as_token(counted, "other", Role.OWNER)
    achievements = client.get("/v1/analytics/achievements", **headers).json["items"]
    assert [(item["achievement"], item["view"]) for item in achievements] == [("welding", 1)]
    for name in TABLES.keys() - {"achievements", "hours"}:
        assert "=1+1" not in client.get(f"/v1/analytics/{name}", **headers).text


def test_pages_add_up(get: Any) -> None:
    first = get("countries?limit=1")
    assert [item["country"] for item in first.json["items"]] == [""]
    assert first.headers["link"].startswith("<http://localhost:8000/v1/analytics/countries?limit=1&cursor=1>")
    last = get("countries?limit=1&cursor=1").json
    assert ([item["country"] for item in last["items"]], last["next"]) == (["DE"], None)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404), ("kpis?from=yesterday", 400), ("kpis?from=2026-11-23", 400), ("kpis?from=2020-01-01", 400),
        ("hours", 400), ("kpis?cursor=x", 400), ("kpis?limit=0", 400), ("kpis?issuer=other", 400),
        ("kpis?to=0001-01-01", 400), ("kpis?from=20261101", 400),
        ("platforms?channel=linkedin", 400), ("cohorts?country=DE", 400),
    ],
)  # fmt: skip
def test_invalid_request_is_refused(get: Any, path: str, status: int) -> None:
    assert get(path).status == status


def test_other_media_types_are_not_acceptable(get: Any) -> None:
    assert get("kpis", accept="text/html").status == 406


def test_days_in_the_wrong_order_are_named_as_that(get: Any) -> None:
    error = get("days?from=2026-11-02&to=2026-11-01").json
    assert error["errors"][0]["detail"] == "This must not be after the last day, 2026-11-01."
