"""The periods that events are counted by: buckets of three minutes, hours, days, months, all time. All in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

BUCKET = timedelta(minutes=3)
"""With `GRACE`, the schedule of a minute and the fold's own time, an event is counted at most five minutes after it
happened."""
GRACE = timedelta(seconds=30)
"""How long after its end a bucket is read: longer than almost every write takes. A later write marks its bucket as late
(`ports.LateBuckets`), so no event depends on this."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Level(StrEnum):
    """The length of a period, shortest first."""

    BUCKET = "bucket"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    ALL = "all"


class Period(NamedTuple):
    """A period of time, identified by its level and start."""

    level: Level
    start: datetime

    @property
    def end(self) -> datetime:
        """The first moment after it. Raises `ValueError` for all time."""
        match self.level:
            case Level.BUCKET:
                return self.start + BUCKET
            case Level.HOUR:
                return self.start + timedelta(hours=1)
            case Level.DAY:
                return self.start + timedelta(days=1)
            case Level.MONTH:
                return (self.start + timedelta(days=32)).replace(day=1)
            case Level.ALL:
                raise ValueError("all time has no end")

    @property
    def parent(self) -> Period:
        """The next longer period that contains it. Raises `ValueError` for all time."""
        match self.level:
            case Level.BUCKET:
                return Period(Level.HOUR, self.start.replace(minute=0, second=0))
            case Level.HOUR:
                return Period(Level.DAY, self.start.replace(hour=0))
            case Level.DAY:
                return Period(Level.MONTH, self.start.replace(day=1))
            case Level.MONTH:
                return ALL_TIME
            case Level.ALL:
                raise ValueError("nothing contains all time")

    @property
    def name(self) -> str:
        """Its start in as many digits as its level needs; text order is time order."""
        text = self.start.isoformat(timespec="minutes")
        return {Level.ALL: "all", Level.MONTH: text[:7], Level.DAY: text[:10]}.get(self.level, text[:16] + "Z")

    def parts(self) -> list[Period]:
        """The buckets of an hour or the hours of a day, in order."""
        level, length = (Level.BUCKET, BUCKET) if self.level is Level.HOUR else (Level.HOUR, timedelta(hours=1))
        return [Period(level, self.start + length * n) for n in range((self.end - self.start) // length)]


ALL_TIME = Period(Level.ALL, _EPOCH)


def bucket_of(at: datetime) -> Period:
    """The bucket that contains ``at``."""
    return Period(Level.BUCKET, _EPOCH + (at - _EPOCH) // BUCKET * BUCKET)


def hour_of(at: datetime) -> Period:
    """The hour that contains ``at``."""
    return Period(Level.HOUR, at.astimezone(UTC).replace(minute=0, second=0, microsecond=0))


def day_of(day: date) -> Period:
    """The period of a UTC day."""
    return Period(Level.DAY, datetime(day.year, day.month, day.day, tzinfo=UTC))


def month_of(day: date) -> Period:
    """The period of the month of ``day``."""
    return day_of(day.replace(day=1))._replace(level=Level.MONTH)


def months_earlier(day: date, months: int) -> date:
    """The first day of the month that is ``months`` before that of ``day``."""
    number = 12 * day.year + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def first_open(now: datetime) -> datetime:
    """The start of the oldest bucket that is not closed yet."""
    return bucket_of(now - GRACE).start


def is_late(at: datetime, now: datetime) -> bool:
    """Whether the bucket of an event at the time ``at`` may have been read before ``now``."""
    return now >= bucket_of(at).end + GRACE / 2  # half of it, for clocks that differ
