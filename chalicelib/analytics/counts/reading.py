"""Read counts by day: past days as stored, and today from hours and buckets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chalicelib.analytics.counts.counts import NOTHING, Counts, Step, close_day, merge
from chalicelib.analytics.counts.periods import ALL_TIME, Level, Period, day_of, hour_of, month_of, months_earlier
from chalicelib.analytics.counts.ports import CountStore
from chalicelib.analytics.counts.sections import Part, Section, by_achievement, section_of


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
        """The days to compare with: the same number of months before, if the range starts on the first of a month (the
        last one cut to the same length); otherwise the same number of days before."""
        if self.first.day == 1:
            months = 12 * (self.last.year - self.first.year) + self.last.month - self.first.month + 1
            end = month_of(months_earlier(self.last, months)).end.date() - timedelta(days=1)
            complete = (self.last + timedelta(days=1)).day == 1
            return Days(
                months_earlier(self.first, months),
                end if complete else end.replace(day=min(self.last.day, end.day)),
            )
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
    _open: dict[str, tuple[date | None, Counts]] = field(default_factory=dict)
    """A cache, because several tables on a page need the same sections."""
    _journeys: dict[tuple[str, str | None], Mapping[Step, int]] = field(default_factory=dict)
    _totals: dict[tuple[str, Days, Part], Counts] = field(default_factory=dict)
    _stored: dict[tuple[str, Period, Period, Part], Sequence[tuple[Period, Counts]]] = field(default_factory=dict)

    def today(self, issuer_id: str) -> date:
        """The day that is not over; the first there can be before anything was counted."""
        return self._open_day(issuer_id)[0] or date.min

    def series(self, issuer_id: str, days: Days, section: Part) -> Iterator[tuple[date, Counts]]:
        """A section of each of ``days`` on which anything happened, in order."""
        stored = self._sections(issuer_id, day_of(days.first), day_of(days.last), section)
        today, counts = self._open_day(issuer_id)
        yield from ((period.start.date(), found) for period, found in stored if period.start.date() != today)
        if today is not None and today in days and not counts.empty:
            yield today, section_of(counts, section)

    def hours(self, issuer_id: str, day: date) -> Iterator[tuple[datetime, Counts]]:
        """Each past hour of ``day`` that has events, in order."""
        for _, period, counts in self.store.parts(day_of(day), {issuer_id}):
            yield period.start, close_day(counts)

    def total(self, issuer_id: str, days: Days, section: Part) -> Counts:
        """A section of all ``days`` together, without unique visitors, which are those of a day. A month that is in
        ``days`` as a whole, or as far as it has gone, is one read."""
        key = issuer_id, days, section
        if key not in self._totals:
            today, counts = self._open_day(issuer_id)
            self._totals[key] = merge(self._parts(issuer_id, days, section, today, counts))
        return self._totals[key]

    def by_month(self, issuer_id: str, days: Days, section: Part) -> Iterator[tuple[date, Counts]]:
        """A section of each month of ``days``, the first and the last as far as they are in them, in order."""
        today, _ = self._open_day(issuer_id)
        first, last = _whole_months(days, today)
        months = self._sections(issuer_id, month_of(first), month_of(last), section) if first <= last else ()
        stored = {period.start.date(): counts for period, counts in months}
        start = days.first.replace(day=1)
        while start <= days.last:
            end = month_of(start).end.date()
            part = Days(max(start, days.first), min(end - timedelta(days=1), days.last))
            over = today is not None and today >= end
            whole = over and part == Days(start, end - timedelta(days=1))
            yield start, stored.get(start, NOTHING) if whole else self.total(issuer_id, part, section)
            start = end

    def journeys(self, issuer_id: str, achievement: str | None) -> Mapping[Step, int]:
        """How far credentials got, of all time up to midnight. For one ``achievement``: its steps, those of a few
        others, and how many were issued and ended of all."""
        key = issuer_id, achievement
        if key not in self._journeys:
            parts = (Section.COHORTS,) if achievement is None else (Section.SIZES, by_achievement(achievement))
            found = [self.store.section(issuer_id, ALL_TIME, part).journeys for part in parts]
            self._journeys[key] = {step: many for steps in found for step, many in steps.items()}
        return self._journeys[key]

    def _sections(self, issuer_id: str, first: Period, last: Period, section: Part) -> Sequence[tuple[Period, Counts]]:
        key = issuer_id, first, last, section
        if key not in self._stored:
            self._stored[key] = tuple(self.store.sections(issuer_id, first, last, section))
        return self._stored[key]

    def _parts(
        self, issuer_id: str, days: Days, section: Part, today: date | None, open_day: Counts
    ) -> Iterator[Counts]:
        """The counts that make up ``days``: whole months, and single days at both ends."""
        first, last = _whole_months(days, today)
        if first <= last:
            months = self._sections(issuer_id, month_of(first), month_of(last), section)
            yield from (counts for _, counts in months)
        else:
            first, last = days.first, days.first - timedelta(days=1)
        for part in (Days(days.first, first - timedelta(days=1)), Days(last + timedelta(days=1), days.last)):
            if part.many > 0:
                stored = self._sections(issuer_id, day_of(part.first), day_of(part.last), section)
                yield from (counts for _, counts in stored)
        if today is not None and today in days:
            yield section_of(open_day, section)

    def _open_day(self, issuer_id: str) -> tuple[date | None, Counts]:
        """The day that is not over, and its counts so far; None before anything was counted."""
        if issuer_id not in self._open:
            self._open[issuer_id] = self._read_open_day(issuer_id)
        return self._open[issuer_id]

    def _read_open_day(self, issuer_id: str) -> tuple[date | None, Counts]:
        progress = self.store.progress()
        if progress is None:
            return None, NOTHING
        end = progress.folded_to
        day = day_of(end.date())
        hours = [counts for _, period, counts in self.store.parts(day, {issuer_id}) if period.end <= end]
        buckets = [counts for _, period, counts in self.store.parts(hour_of(end), {issuer_id}) if period.end <= end]
        return end.date(), close_day(merge([*hours, *buckets]))


def _whole_months(days: Days, today: date | None) -> tuple[date, date]:
    """The first and last day of the whole months in ``days``, the current month up to yesterday; if there are none, the
    last day is before the first."""
    first = days.first if days.first.day == 1 else month_of(days.first).end.date()
    last_month = month_of(days.last)
    complete = Period(Level.DAY, last_month.end - timedelta(days=1)).start.date() == days.last
    # The current month is stored up to yesterday.
    so_far = today is not None and days.last + timedelta(days=1) >= today and month_of(today) == last_month
    last = days.last if complete or so_far else last_month.start.date() - timedelta(days=1)
    return first, last
