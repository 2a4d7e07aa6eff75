"""What changed in a period, in plain sentences computed from its key figures and those of the previous period.

All sentences compare the same days with the same days before, as every figure beside them does. Rates are of whole
months, so they are left out for other periods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from chalicelib.analytics.counts.periods import month_of
from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.kpi.kpis import Value
from chalicelib.analytics.kpi.left_out import because, those
from chalicelib.analytics.kpi.people import whole_months
from chalicelib.analytics.kpi.tables import KpiFigure

_COUNTED = {
    "issued": ("{count:,} credential was issued", "{count:,} credentials were issued"),
    "shares": ("Credentials were shared {count:,} time", "Credentials were shared {count:,} times"),
    "views": ("People viewed credentials {count:,} time", "People viewed credentials {count:,} times"),
    "referrals": (
        "There was {count:,} enrolment visit",
        "There were {count:,} enrolment visits",
    ),
    "conversions": ("Enrolment visits led to {count:,} sign-up", "Enrolment visits led to {count:,} sign-ups"),
}
_SHARES = {
    "open_rate": ("was opened from an email", "were opened from an email"),
    "share_rate": ("was shared at least once", "were shared at least once"),
    "re_enrolment_rate": ("went to someone who already had one", "went to people who already had one"),
}
"""What happened to some of the credentials issued."""


def has_rates(days: Days, today: date) -> bool:
    """Whether rates cover the same months as ``days``: whole ones, the current one up to yesterday."""
    months = whole_months(days, today)
    yesterday = today - timedelta(days=1)
    return (
        months is not None
        and months.first == days.first <= yesterday
        and min(months.last, yesterday) == min(days.last, yesterday)
    )


def sentences(figures: Sequence[KpiFigure], days: Days, today: date) -> tuple[str, ...]:
    """Compare ``figures`` of ``days`` with those before."""
    by_code = {figure.kpi.code: figure for figure in figures}
    rates = _shares(by_code, days, today) if has_rates(days, today) else ()
    return (*_counts(by_code, days), *rates)


def _counts(by_code: Mapping[str, KpiFigure], days: Days) -> Iterator[str]:
    found = [(words, by_code[code]) for code, words in _COUNTED.items() if code in by_code]
    counted = [(words, int(each.now.value or 0), int(each.before.value or 0)) for words, each in found]
    some, when = [(words, now, before) for words, now, before in counted if now or before], _when(days.before)
    if len(some) > 1 and not any(before for _, _, before in some):
        yield from (f"{_by_number(*words, now)}." for words, now, _ in some)
        yield f"None of this happened {when}."
        return
    for words, now, before in some:
        yield f"{_by_number(*words, now)}, {_compared(now, before, when)}."


def _by_number(one: str, many: str, count: int) -> str:
    return (one if count == 1 else many).format(count=count)


def _compared(now: int, before: int, when: str) -> str:
    if now == before:
        return f"as many as {when}"
    if not before:
        return f"and none {when}"
    difference = f"{abs(now - before):,} {'more' if now > before else 'fewer'}"
    return f"{difference} than {when} ({before:,})"


def _shares(by_code: Mapping[str, KpiFigure], days: Days, today: date) -> Iterator[str]:
    found = [(code, by_code[code]) for code in _SHARES if code in by_code]
    if found and all(figure.now.suppressed for _, figure in found):
        yield f"Rates are not shown, because {because(found[0][1].now.left_out)}."
    shown = [(code, figure) for code, figure in found if figure.now.numerator is not None]
    if shown:
        yield from _set_of_rates(shown[0][1].now, by_code, has_today=today in days)
    for code, figure in shown:
        happened = _by_number(*_SHARES[code], figure.now.numerator or 0)
        issued_part = f"{_part(figure.now)} credentials issued ({percent(figure.now.value or 0)})"
        yield f"{issued_part} {happened}{_rate_before(figure, days)}."


def _set_of_rates(rate: Value, by_code: Mapping[str, KpiFigure], *, has_today: bool) -> Iterator[str]:
    """Yield which credentials issued the rates do not cover, if there are any. They are known up to last midnight."""
    base = rate.denominator
    issued = by_code["issued"].now.value if "issued" in by_code else base
    if issued is not None and base != issued:
        without = " and ".join((*those(rate.left_out), *(("those issued today",) if has_today else ())))
        excluding = f", excluding {without}" if without else ""
        yield f"Rates cover {base:,} of the {int(issued):,} credentials issued{excluding}."


def _part(value: Value) -> str:
    return f"{value.numerator:,} of the {value.denominator:,}"


def _rate_before(figure: KpiFigure, days: Days) -> str:
    """Compare with the whole months before, even if the current month is not over."""
    now, before = figure.now, figure.before
    if now.value is None or before.value is None:
        return ""
    compared = days.before
    whole = Days(compared.first, month_of(compared.last).end.date() - timedelta(days=1))
    when = f"{'' if whole == compared else 'all of '}{_name(whole)} ({before.numerator:,} of {before.denominator:,})"
    if figure.kpi.grows:
        return f"; {percent(before.value)} of those issued in {when}, which have had more time"
    points = round(100 * now.value) - round(100 * before.value)
    if not points:
        return f", the same share as in {when}"
    more = "more" if points > 0 else "less"
    return f", {_by_number('{count} percentage point', '{count} percentage points', abs(points))} {more} than in {when}"


def percent(share: float) -> str:
    """Format a share as a percentage. A part is never rounded to none or all."""
    whole = round(100 * share)
    if share > 0 and whole == 0:
        return "less than 1%"
    return "more than 99%" if share < 1 and whole == 100 else f"{whole:,}%"


def _when(days: Days) -> str:
    return f"{'on' if days.many == 1 else 'in'} {_name(days)}"


def _name(days: Days) -> str:
    """The name of the days before; the page shows their dates."""
    if days.first.day != 1:
        return "the day before" if days.many == 1 else f"the {days.many:,} days before"
    whole = days.last + timedelta(days=1) == month_of(days.last).end.date()
    if month_of(days.first) == month_of(days.last):
        if whole:
            return f"{days.first:%B}"
        return f"the first {days.last.day} days of {days.first:%B}" if days.many > 1 else f"{days.first:%-d %B}"
    months = 12 * (days.last.year - days.first.year) + days.last.month - days.first.month + 1
    return f"the {months} months before" if whole else "the previous period"
