"""How far credentials got."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.analytics.counts.counts import Step, fold
from chalicelib.analytics.counts.journeys import journeys
from chalicelib.analytics.event import NEW, RETURNING, Event, Kind, VisitorClass
from tests.analytics.counts.makers import NOON, event


def happened(kind: Kind, hours: float, credential: str = "c") -> Event:
    person = VisitorClass.PERSON if kind in (Kind.VIEW, Kind.REFERRAL) else None
    return event(kind, NOON + timedelta(hours=hours), credential_id=credential, visitor_class=person)


def test_each_credential_is_counted_once_at_its_first_time_by_month_of_issue() -> None:
    some = [
        happened(Kind.ISSUED, 0), happened(Kind.OPENED, 30), happened(Kind.OPENED, 3.9), happened(Kind.VIEW, 40),
        happened(Kind.ISSUED, 24, "d"), happened(Kind.OPENED, 27, "d"), happened(Kind.SHARED, 23, "d"),
    ]  # fmt: skip
    assert journeys(fold(some)["north"].touches) == {
        Step("2026-11", "welding", "issued", 0): 2,
        Step("2026-11", "welding", "opened", 0): 2,
        Step("2026-11", "welding", "viewed", 40): 1,
        Step("2026-11", "welding", "shared", 0): 1,  # clocks that differ
    }


def test_returning_holders_are_counted() -> None:
    some = [replace(happened(Kind.ISSUED, 0, each), target=target) for each, target in (("c", NEW), ("d", RETURNING))]
    assert journeys(fold(some)["north"].touches)[Step("2026-11", "welding", "returning", 0)] == 1


@pytest.mark.parametrize(
    ("then", "expired", "in_time"),
    [
        ([], 1, 0), ([(Kind.RENEWED, 200)], 1, 1), ([(Kind.RENEWED, 300)], 1, 0), ([(Kind.REVOKED, 200)], 0, 0),
        ([(Kind.REVOKED, 300)], 1, 0), ([(Kind.RENEWED, 300), (Kind.RENEWED, 100)], 1, 1),
    ],
    ids=["ends", "renewed", "renewed-late", "revoked", "revoked-late", "renewed-twice"],
)  # fmt: skip
def test_end_dates_are_counted_by_their_month_with_renewals_before_them(
    then: list[tuple[Kind, float]], expired: int, in_time: int
) -> None:
    issued = replace(happened(Kind.ISSUED, 0), valid_until=NOON + timedelta(hours=240))
    steps = journeys(fold([issued, *(happened(kind, hours) for kind, hours in then)])["north"].touches)
    assert steps.get(Step("2026-12", "welding", "expired", 0), 0) == expired
    assert steps.get(Step("2026-12", "welding", "renewed_in_time", 0), 0) == in_time


def test_credential_whose_issue_was_not_recorded_is_not_counted() -> None:
    assert journeys(fold([happened(Kind.OPENED, 1)])["north"].touches) == {}
