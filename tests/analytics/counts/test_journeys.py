"""How far credentials got."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.analytics.counts.counts import Step, fold
from chalicelib.analytics.counts.journeys import journeys
from chalicelib.analytics.event import Event, Kind, VisitorClass
from tests.analytics.counts.makers import NOON, event


def happened(kind: Kind, hours: float, credential: str = "c") -> Event:
    person = VisitorClass.PERSON if kind in (Kind.VIEW, Kind.REFERRAL) else None
    return event(kind, NOON + timedelta(hours=hours), credential_id=credential, visitor_class=person)


def test_each_credential_is_counted_once_at_its_first_time_by_day_of_issue() -> None:
    some = [
        happened(Kind.ISSUED, 0), happened(Kind.OPENED, 30), happened(Kind.OPENED, 3.9), happened(Kind.VIEW, 40),
        happened(Kind.ISSUED, 24, "d"), happened(Kind.OPENED, 27, "d"), happened(Kind.SHARED, 23, "d"),
    ]  # fmt: skip
    assert journeys(fold(some)["north"].touches) == {
        Step("2026-11-21", "welding", "issued", 0): 1,
        Step("2026-11-21", "welding", "opened", 3): 1,
        Step("2026-11-21", "welding", "viewed", 40): 1,
        Step("2026-11-22", "welding", "issued", 0): 1,
        Step("2026-11-22", "welding", "opened", 3): 1,
        Step("2026-11-22", "welding", "shared", 0): 1,  # clocks that differ
    }


def test_credential_whose_issue_was_not_recorded_is_not_counted() -> None:
    assert journeys(fold([happened(Kind.OPENED, 1)])["north"].touches) == {}
