"""Reports on many credentials at once are the reports on each."""

from __future__ import annotations

from tests.http.fake_laurel import KINDS, id_of, seeded


def test_many_credentials_get_the_reports_that_each_gets_alone() -> None:
    """A credential without a status list of its own must not be judged by that of another."""
    laurel = seeded()
    reports = laurel.hosted_reports
    ids = [id_of(kind) for kind in KINDS]
    assert [one.report for one in reports.open_many(ids)] == [reports.open(each, None).report for each in ids]


def test_missing_credentials_are_left_out_and_nothing_is_recorded() -> None:
    laurel = seeded()
    found = laurel.hosted_reports.open_many(["x" * 26, id_of("valid")])
    assert [one.record.id for one in found] == [id_of("valid")]
    assert laurel.event_store.events == {}
