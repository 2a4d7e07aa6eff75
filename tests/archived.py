"""An archive of events as earlier nights leave it."""

from __future__ import annotations

from datetime import date, timedelta

from chalicelib.analytics.archive import CATCH_UP_DAYS, EventArchive


def archive_days_before(archive: EventArchive, day: date) -> None:
    """Store the week before ``day`` as days without events.

    A run catches up with days that are missing, with 1,920 queries each (`tests/analytics/test_archive.py` tests that).
    """
    for back in range(1, CATCH_UP_DAYS + 1):
        archive.save(day - timedelta(days=back), [])
