"""Reports in the inboxes of issuers and operators."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.errors import Conflict, NotFound
from chalicelib.moderation import handling
from chalicelib.moderation.handling import MAX_PAGE_SIZE, MAX_READ, Filter
from chalicelib.moderation.visitor_report import State, VisitorReport
from tests.contract.test_visitor_reports import sample_report
from tests.http.fake_laurel import Laurel, seeded
from tests.moderation.fakes import VisitorReportStore


@pytest.fixture
def laurel() -> Laurel:
    return seeded()


def add(laurel: Laurel, count: int, issuer_id: str = "north", first: int = 0) -> list[str]:
    """Store reports; their ids, newest first."""
    made = [sample_report(number, issuer_id) for number in range(first, first + count)]
    for each in made:
        laurel.visitor_reports.add(each, ())
    return [each.id for each in reversed(made)]


def test_pages_of_an_issuer_follow_each_other(laurel: Laurel) -> None:
    ids, found, before, pages = add(laurel, 5), [], None, 0
    add(laurel, 3, "south", 10)
    while pages == 0 or before:
        page = handling.of_issuer(laurel.moderation_context, "north", State.OPEN, before, 2)
        found += [each.id for each in page.reports]
        before, pages = page.next, pages + 1
    assert (found, pages) == (ids, 3)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_pages_of_operators_contain_every_match_once(laurel: Laurel, count: int) -> None:
    add(laurel, 150, "south")
    ids = add(laurel, count, "north", 1000)
    found, before, pages = [], None, 0
    while pages == 0 or before:
        page = handling.of_operators(laurel.moderation_context, Filter(issuer_id="north"), before, 2)
        found += [each.id for each in page.reports]
        before, pages = page.next, pages + 1
    assert found == ids


def test_a_request_reads_a_bounded_number_of_reports(laurel: Laurel) -> None:
    add(laurel, 1, "north")
    add(laurel, MAX_READ + MAX_PAGE_SIZE, "south", 1)
    wanted = Filter(issuer_id="north")
    page = handling.of_operators(laurel.moderation_context, wanted, None, 10)
    assert (page.reports, page.next is not None) == ((), True)
    page = handling.of_operators(laurel.moderation_context, wanted, page.next, 10)
    assert ([each.issuer_id for each in page.reports], page.next) == (["north"], None)


def test_reports_are_filtered_by_credential(laurel: Laurel) -> None:
    add(laurel, 2)
    other = replace(sample_report(7), credential_id="d" * 26)
    laurel.visitor_reports.add(other, ())
    page = handling.of_operators(laurel.moderation_context, Filter(credential_id="d" * 26), None, 10)
    assert page.reports == (other,)


def test_an_issuer_cannot_close_the_operators_report(laurel: Laurel) -> None:
    context, (report_id,) = laurel.moderation_context, add(laurel, 1)
    handling.set_issuer_state(context, "north", report_id, State.CLOSED)
    assert [each.id for each in handling.of_operators(context, Filter(), None, 10).reports] == [report_id]
    handling.set_operator_state(context, report_id, State.CLOSED)
    assert handling.of_operators(context, Filter(), None, 10).reports == ()
    handling.set_issuer_state(context, "north", report_id, State.OPEN)
    assert handling.of_operators(context, Filter(), None, 10).reports == ()


def test_an_issuer_cannot_change_the_report_of_another(laurel: Laurel) -> None:
    (report_id,) = add(laurel, 1)
    for issuer_id, unknown in (("south", report_id), ("north", "x"), ("north", report_id[::-1])):
        with pytest.raises(NotFound):
            handling.set_issuer_state(laurel.moderation_context, issuer_id, unknown, State.CLOSED)


def test_closing_twice_changes_nothing(laurel: Laurel) -> None:
    (report_id,) = add(laurel, 1)
    first = handling.set_operator_state(laurel.moderation_context, report_id, State.CLOSED)
    assert handling.set_operator_state(laurel.moderation_context, report_id, State.CLOSED) == first


def test_a_change_that_always_loses_says_so(laurel: Laurel, monkeypatch: pytest.MonkeyPatch) -> None:
    (report_id,) = add(laurel, 1)

    def lose(_store: VisitorReportStore, _before: VisitorReport, _after: VisitorReport) -> None:
        raise Conflict("changed")

    monkeypatch.setattr(VisitorReportStore, "replace", lose)
    with pytest.raises(Conflict) as conflict:
        handling.set_operator_state(laurel.moderation_context, report_id, State.CLOSED)
    assert conflict.value.code == "busy"
