from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery import reminders
from chalicelib.delivery.holder import timezones

MOMENTS = st.integers(946_684_800, 2_114_380_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ZONES = st.sampled_from(timezones.offered())


@given(MOMENTS, ZONES)
def test_next_allowed_time_is_in_daytime_and_soon(moment: datetime, zone: str) -> None:
    found = reminders.next_allowed(moment, zone)
    assert time(8) <= found.astimezone(ZoneInfo(zone)).time() < time(21)
    # A night lasts eleven hours, or twelve when the clocks go back, plus the safety margin.
    assert timedelta() <= found - moment <= timedelta(hours=36 if "Apia" in zone or "Kwajalein" in zone else 13)


@given(MOMENTS)
def test_unknown_timezone_uses_the_hour_after_noon_utc(moment: datetime) -> None:
    found = reminders.next_allowed(moment, None)
    assert found.hour == 12
    assert timedelta() <= found - moment <= timedelta(hours=24)


@pytest.mark.parametrize("offset", range(-4, 9))
def test_hour_after_noon_utc_is_daytime_from_brazil_to_china(offset: int) -> None:
    for minute in (0, 59):
        local = datetime(2026, 1, 1, 12, minute, tzinfo=UTC) + timedelta(hours=offset)
        assert time(8) <= local.time() < time(21)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("07:59", False), ("08:00", True), ("20:54", True), ("20:55", False), ("21:00", False), ("00:30", False)],
)
def test_reminders_are_allowed_from_eight_to_nine_in_the_evening(clock: str, expected: bool) -> None:
    local = datetime.fromisoformat(f"2026-06-01T{clock}:00").replace(tzinfo=ZoneInfo("Asia/Kolkata"))
    assert reminders.allowed(local.astimezone(UTC), "Asia/Kolkata") is expected


@pytest.mark.parametrize(
    "zone", [None, "", "Europe/Atlantis", "../../../etc/passwd", "/etc/localtime", "a" * 500, "\0"]
)
def test_unknown_timezone_names_are_rejected(zone: str | None) -> None:
    assert reminders.known(zone) is None
    assert reminders.allowed(datetime(2026, 6, 1, 12, 30, tzinfo=UTC), zone)
    assert not reminders.allowed(datetime(2026, 6, 1, 13, 30, tzinfo=UTC), zone)


def test_timezones_come_from_the_bundled_data() -> None:
    assert "Europe/Berlin" in timezones.offered()
    assert len(timezones.offered()) > 400


def test_older_names_are_not_offered_and_every_place_has_a_country() -> None:
    older = {"Asia/Saigon", "Australia/LHI", "America/Knox_IN", "America/Argentina/ComodRivadavia", "US/Eastern"}
    assert not older.intersection(timezones.offered())
    assert set(timezones.countries()) == set(timezones.offered()) - {timezones.UTC}
    assert "Asia/Saigon" in timezones.other_names()["Asia/Ho_Chi_Minh"]


@pytest.mark.parametrize(("days", "before"), [(365, 30), (120, 30), (40, 10), (4, 1)])
def test_expiry_reminder_is_due_a_month_before_or_in_the_last_quarter(days: int, before: int) -> None:
    noon = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    until = noon + timedelta(days=days)
    assert reminders.renewal_due(noon, until, None) == until - timedelta(days=before)
