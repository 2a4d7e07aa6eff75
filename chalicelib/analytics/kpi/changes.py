"""What changed in a month, in plain sentences computed from its key figures and those of the month before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from chalicelib.analytics.counts.periods import month_of
from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.kpi.kpis import Value
from chalicelib.analytics.kpi.tables import KpiFigure

DAYS_OF_A_NEW_MONTH = 7
"""Until then a month says little, so the one before is described."""
_COUNTED = {
    "issued": ("{count:,} credential was issued", "{count:,} credentials were issued"),
    "shares": ("Credentials were shared {count:,} time", "Credentials were shared {count:,} times"),
    "views": ("People viewed credentials {count:,} time", "People viewed credentials {count:,} times"),
    "referrals": (
        "{count:,} visitor followed a link to an enrolment page",
        "{count:,} visitors followed a link to an enrolment page",
    ),
}
_SHARES = {
    "open_rate": "Of those issued, {now} were opened from an email",
    "share_rate": "{now} were shared at least once",
    "re_enrolment_rate": "{now} went to people who already had one",
}
"""Shares of the credentials issued in the month."""


def month_to_describe(today: date) -> Days:
    """The current month so far, or the one before if the current one has just begun."""
    if today.day > DAYS_OF_A_NEW_MONTH:
        return Days(today.replace(day=1), today)
    last = today.replace(day=1) - timedelta(days=1)
    return Days(last.replace(day=1), last)


def sentences(figures: Sequence[KpiFigure], days: Days) -> tuple[str, ...]:
    """Compare ``figures`` of ``days``, which begin with a month, with those before."""
    by_code = {figure.kpi.code: figure for figure in figures}
    return (*_counts(by_code, days), *_shares(by_code, days))


def _counts(by_code: Mapping[str, KpiFigure], days: Days) -> Iterator[str]:
    for code, (one, many) in _COUNTED.items():
        figure = by_code.get(code)
        if figure is not None:
            now, before = int(figure.now.value or 0), int(figure.before.value or 0)
            if now or before:
                yield f"{_by_number(one, many, now)}, {_compared(now, before, _period_before(days))}."


def _by_number(one: str, many: str, count: int) -> str:
    return (one if count == 1 else many).format(count=count)


def _compared(now: int, before: int, when: str) -> str:
    if now == before:
        return f"as many as in {when}"
    if not before:
        return f"and none in {when}"
    difference = f"{abs(now - before):,} {'more' if now > before else 'fewer'}"
    return f"{difference} than in {when} ({before:,})"


def _shares(by_code: Mapping[str, KpiFigure], days: Days) -> Iterator[str]:
    found = [(code, by_code[code]) for code in _SHARES if code in by_code]
    if found and all(figure.now.suppressed for _, figure in found):
        yield "Rates are not shown, because they would be about fewer than ten people."
    before = days.before.first
    for code, figure in found:
        if figure.now.value is not None:
            text = _SHARES[code].format(now=percent(figure.now.value))
            yield f"{text[0].upper()}{text[1:]}{_points(figure.now, figure.before, f'{before:%B}')}."


def _points(now: Value, before: Value, month: str) -> str:
    if now.value is None or before.value is None:
        return ""
    points = round(100 * now.value) - round(100 * before.value)
    if not points:
        return f", the same as in {month}"
    more = "more" if points > 0 else "less"
    return (
        f", {_by_number('{count} percentage point', '{count} percentage points', abs(points))} {more} than in {month}"
    )


def percent(share: float) -> str:
    """A share in percent, as people write it. A part is never shown as nothing or as all."""
    whole = round(100 * share)
    if share > 0 and whole == 0:
        return "less than 1 %"
    return "more than 99 %" if share < 1 and whole == 100 else f"{whole:,} %"


def _period_before(days: Days) -> str:
    before = days.before
    whole = before.last + timedelta(days=1) == month_of(before.first).end.date()
    same_month = before.first.month == before.last.month
    if whole and same_month:
        return f"{before.first:%B}"
    return f"the first {before.last.day} days of {before.first:%B}"
