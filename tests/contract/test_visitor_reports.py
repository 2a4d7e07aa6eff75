"""`moderation.visitor_report.VisitorReportStore`, on the fake and on the real engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from chalicelib.analytics.ulid import ulid
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.tasks import DynamoTaskQueue
from chalicelib.dynamo.stores.visitor_reports import DynamoVisitorReportStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound
from chalicelib.moderation import notices
from chalicelib.moderation.visitor_report import RETENTION, Inbox, Reason, State, VisitorReport, VisitorReportStore
from chalicelib.tasks.task_queue import TaskQueue
from tests import aws_calls, fakes
from tests.contract import samples
from tests.examples import examples
from tests.moderation.fakes import VisitorReportStore as FakeStore

NOW = samples.NOW


def sample_report(number: int = 1, issuer_id: str = "north", **changes: object) -> VisitorReport:
    at = NOW + timedelta(seconds=number)
    members = {"message": "It says “2031”.\nIt was 2021.", "email": "eve@example.org", **changes}
    report_id = ulid(at, number.to_bytes(10))
    return VisitorReport(report_id, "c" * 26, issuer_id, Reason.WRONG_PERSON, at, **members)  # type: ignore[arg-type]


@pytest.fixture(params=["fake", "real"])
def stores(request: pytest.FixtureRequest) -> tuple[VisitorReportStore, TaskQueue]:
    if request.param == "fake":
        tasks = fakes.TaskQueue()
        return FakeStore(tasks), tasks
    tables = request.getfixturevalue("tables")
    return DynamoVisitorReportStore(tables), DynamoTaskQueue(tables)


@pytest.fixture
def store(stores: tuple[VisitorReportStore, TaskQueue]) -> VisitorReportStore:
    return stores[0]


def test_a_report_is_in_both_inboxes_with_its_tasks(stores: tuple[VisitorReportStore, TaskQueue]) -> None:
    store, tasks = stores
    report = sample_report()
    for _ in range(2):  # the first reply may be lost
        store.add(report, notices.tasks(report, to_operator=True))
    assert store.report(report.id, NOW) == report
    assert store.reports("north", State.OPEN, None, 10, NOW) == [report]
    assert store.reports(None, State.OPEN, None, 10, NOW) == [report]
    assert store.reports("south", State.OPEN, None, 10, NOW) == []
    assert {task.kind for task in tasks.due(report.at, 10)} == {notices.TO_ISSUER, notices.TO_OPERATOR}


def test_a_report_may_have_no_words(store: VisitorReportStore) -> None:
    report = sample_report(message=None, email=None)
    store.add(report, ())
    assert store.report(report.id, NOW) == report


def test_words_are_not_returned_once_they_have_expired(store: VisitorReportStore) -> None:
    report = sample_report()
    store.add(report, ())
    just_before, after = report.at + RETENTION - timedelta(seconds=1), report.at + RETENTION
    assert store.report(report.id, just_before).email == "eve@example.org"
    for found in (store.report(report.id, after), *store.reports(None, State.OPEN, None, 10, after)):
        assert (found.message, found.email, found.reason) == (None, None, report.reason)


def test_words_are_stored_only_where_they_expire(tables: Tables) -> None:
    """The permanent table has backups, so what is deleted in it is not gone."""
    report = sample_report()
    DynamoVisitorReportStore(tables).add(report, ())
    raw = tables.get(tables.secrets, keys.reporter(report.id))
    assert raw is not None
    assert int(raw["expires"]["N"]) == pytest.approx((report.at + RETENTION).timestamp(), abs=1)
    for key in (
        keys.visitor_report(report.id), keys.issuer_report("north", "open", report.id),
        keys.operator_report("open", report.id),
    ):  # fmt: skip
        stored = repr(tables.get(tables.credentials, key))
        assert "eve@example.org" not in stored
        assert "2021" not in stored


def test_a_report_is_closed_in_one_inbox_only(store: VisitorReportStore) -> None:
    report = sample_report()
    store.add(report, ())
    closed = report.with_state(Inbox.ISSUER, State.CLOSED)
    store.replace(report, closed)
    assert store.reports("north", State.OPEN, None, 10, NOW) == []
    assert store.reports("north", State.CLOSED, None, 10, NOW) == [closed]
    assert store.reports(None, State.OPEN, None, 10, NOW) == [closed]


def test_a_change_of_an_old_version_is_a_conflict(store: VisitorReportStore) -> None:
    report = sample_report()
    store.add(report, ())
    store.replace(report, report.with_state(Inbox.ISSUER, State.CLOSED))
    with pytest.raises(Conflict):
        store.replace(report, report.with_state(Inbox.OPERATOR, State.CLOSED))
    assert store.reports(None, State.CLOSED, None, 10, NOW) == []


def test_an_unknown_report_is_not_found(store: VisitorReportStore) -> None:
    with pytest.raises(NotFound):
        store.report(sample_report().id, NOW)


def test_a_page_of_a_hundred_reports_costs_five_reads(tables: Tables) -> None:
    store = DynamoVisitorReportStore(tables)
    for number in range(101):
        store.add(sample_report(number), ())
    with aws_calls.counted(tables.client) as calls:
        assert len(store.reports(None, State.OPEN, None, 100, NOW)) == 100
    assert calls == ["Query", *["BatchGetItem"] * 4]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 5), st.sampled_from(["north", "south", "nor#th"])),
        st.tuples(st.sampled_from(list(Inbox)), st.integers(0, 5), st.sampled_from(list(State))),
    ),
    max_size=25,
)


@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_both_engines_list_the_same(
    tables: Tables, fresh_tables: Callable[[], None], steps: list[tuple[str, int, str]]
) -> None:
    fresh_tables()
    fake, real = FakeStore(), DynamoVisitorReportStore(tables)
    added: dict[int, VisitorReport] = {}
    for kind, number, value in steps:
        if kind == "add" and number not in added:
            added[number] = sample_report(number, value)
            for store in (fake, real):
                store.add(added[number], ())
        elif kind != "add" and number in added:
            before = fake.report(added[number].id, NOW)
            after = before.with_state(Inbox(kind), State(value))
            for store in (fake, real):
                store.replace(before, after)
        for issuer_id in (None, "north", "nor#th"):
            for state in State:
                for last in (None, sample_report(3).id):
                    wanted = (issuer_id, state, last, 3, NOW)
                    assert real.reports(*wanted) == fake.reports(*wanted)


@pytest.fixture
def fresh_tables(tables: Tables) -> Callable[[], None]:
    """Empties the tables: one pair for all examples, because creating them takes longer than an example."""

    def empty() -> None:
        for table in (tables.credentials, tables.secrets):
            for item in tables.client.scan(TableName=table)["Items"]:
                tables.client.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})

    return empty
