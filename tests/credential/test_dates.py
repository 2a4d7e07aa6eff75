from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.credential import dates
from chalicelib.errors import Malformed


@pytest.mark.parametrize(
    ("text", "timestamp"),
    [
        ("2026-11-22T12:00:00Z", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("2026-11-22T12:00:00+02:00", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22T12:00:00.5-00:30", datetime(2026, 11, 22, 12, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-11-22T12:00:00.123456789Z", datetime(2026, 11, 22, 12, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-11-22T12:00:00+14:00", datetime(2026, 11, 21, 22, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_timestamps_with_an_offset_are_parsed(text: str, timestamp: datetime) -> None:
    assert dates.parse(text) == timestamp


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026-11-22T12:00:00",
        "2026-11-22 12:00:00Z",
        "2026-11-22T12:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T12:00:60Z",
        "2026-13-01T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-11-22T12:00:00z",
        "20261122T120000Z",
        "2026-11-22T12:00:00+25:00",
        "2026-11-22T12:00:00+14:01",
        "2026-11-22T12:00:00.Z",
        "２026-11-22T12:00:00Z",
        "",
        None,
        5,
        ["2026-11-22T12:00:00Z"],
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-11-22T12:00:00Z\n",
    ],
)
def test_other_dates_are_refused(text: object) -> None:
    with pytest.raises(Malformed) as caught:
        dates.parse(text)
    assert caught.value.code == "date_malformed"


@given(st.datetimes(timezones=st.just(UTC)).map(lambda timestamp: timestamp.replace(microsecond=0)))
@example(datetime(26, 11, 30, tzinfo=UTC))
def test_dates_round_trip_to_the_second(timestamp: datetime) -> None:
    assert dates.parse(dates.write(timestamp)) == timestamp
