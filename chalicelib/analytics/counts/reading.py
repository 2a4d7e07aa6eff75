"""Read counts by day: past days as stored, and today from hours and buckets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.analytics.counts.counts import NOTHING, Counts, close_day, merge
from chalicelib.analytics.counts.periods import ALL_TIME, Level, Period, day_of, hour_of, month_of
from chalicelib.analytics.counts.ports import CountStore
from chalicelib.analytics.counts.sections import Section, section_of


@dataclass(frozen=True, slots=True)
class Days:
    """A range of UTC days, both ends included."""

    first: date
    last: date

    @property
    def many(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Days:
        """The preceding range of the same length, for comparison."""
        last = self.first - timedelta(days=1)
        return Days(last - timedelta(days=self.many - 1), last)

    def each(self) -> Iterator[date]:
        """Yield each day in order."""
        return (self.first + timedelta(days=n) for n in range(self.many))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class CountReader:
    """Reads an issuer's counts. All methods raise `Unavailable`."""

    store: CountStore

    def series(self, issuer_id: str, days: Days, section: Section) -> Iterator[tuple[date, Counts]]:
        """A section of each of ``days`` that has events, in order."""
        stored = self.store.sections(issuer_id, day_of(days.first), day_of(days.last), section)
        today, counts = self._open_day(issuer_id)
        yield from ((period.start.date(), found) for period, found in stored if period.start.date() != today)
        if today is not None and today in days and not counts.empty:
            yield today, section_of(counts, section)

    def hours(self, issuer_id: str, day: date) -> Iterator[tuple[datetime, Counts]]:
        """Each past hour of ``day`` that has events, in order."""
        for _, period, counts in self.store.parts(day_of(day), {issuer_id}):
            yield period.start, close_day(counts)

    def total(self, issuer_id: str, days: Days, section: Section) -> Counts:
        """The sum of a section over ``days``, without unique visitors, which are counted per day. A whole month in
        ``days``, or the current one up to today, is one read."""
        today, counts = self._open_day(issuer_id)
        return merge(self._parts(issuer_id, days, section, today, counts))

    def journeys(self, issuer_id: str) -> Counts:
        """The journeys of all credentials up to last midnight."""
        return self.store.section(issuer_id, ALL_TIME, Section.JOURNEYS)

    def _parts(
        self, issuer_id: str, days: Days, section: Section, today: date | None, open_day: Counts
    ) -> Iterator[Counts]:
        """The counts that make up ``days``: whole months, and single days at both ends."""
        first, last = _whole_months(days, today)
        if first <= last:
            months = self.store.sections(issuer_id, month_of(first), month_of(last), section)
            yield from (counts for _, counts in months)
        else:
            first, last = days.first, days.first - timedelta(days=1)
        for part in (Days(days.first, first - timedelta(days=1)), Days(last + timedelta(days=1), days.last)):
            if part.many > 0:
                stored = self.store.sections(issuer_id, day_of(part.first), day_of(part.last), section)
                yield from (counts for _, counts in stored)
        if today is not None and today in days:
            yield section_of(open_day, section)

    def _open_day(self, issuer_id: str) -> tuple[date | None, Counts]:
        """The current day and its counts so far; None before anything was counted."""
        progress = self.store.progress()
        if progress is None:
            return None, NOTHING
        end = progress.folded_to
        day = day_of(end.date())
        hours = [counts for _, period, counts in self.store.parts(day, {issuer_id}) if period.end <= end]
        buckets = [counts for _, period, counts in self.store.parts(hour_of(end), {issuer_id}) if period.end <= end]
        return end.date(), close_day(merge([*hours, *buckets]))


def _whole_months(days: Days, today: date | None) -> tuple[date, date]:
    """The first and last day of the months that lie in ``days`` completely, or up to today; if there are none, the last
    day is before the first."""
    first = days.first if days.first.day == 1 else month_of(days.first).end.date()
    last_month = month_of(days.last)
    complete = Period(Level.DAY, last_month.end - timedelta(days=1)).start.date() == days.last
    so_far = today is not None and days.last >= today and month_of(today) == last_month
    last = days.last if complete or so_far else last_month.start.date() - timedelta(days=1)
    return first, last
