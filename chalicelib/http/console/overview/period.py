"""The period and the filters of the dashboard, which are in its URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from chalicelib.analytics.counts.periods import months_earlier
from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.kpi.figures import Filter
from chalicelib.analytics.kpi.tables import MAX_DAYS
from chalicelib.http.console.forms.form_state import FormState

DEFAULT_MONTHS = 12
"""The current month and those before it."""
FIELDS = ("from", "to", "achievement", "channel", "country")
MAX_VALUE = 100
"""Maximum characters of a filter; the longest is the id of an achievement."""
_PERIOD = ("from", "to")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A period to choose with one click; ``query`` has the filters, too."""

    label: str
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the dashboard shows."""

    form: FormState
    days: Days
    only: Filter

    @property
    def query(self) -> str:
        """The query string that shows the same."""
        return urlencode({name: self.form.value(name) for name in FIELDS if self.form.value(name)})


def chosen(query: Mapping[str, str], today: date) -> Chosen:
    """Read the query. A period that is not valid is an error of the form, and the default is shown."""
    form = FormState({name: query.get(name, "").strip()[:MAX_VALUE] for name in FIELDS})
    last = _day(form, "to") or today
    first = _day(form, "from") or months_earlier(last, DEFAULT_MONTHS - 1)
    if not form.errors and first > last:
        form.add_error("to", "The last day must not be before the first.")
    elif not form.errors and Days(first, last).many > MAX_DAYS:
        form.add_error("from", f"Choose at most {MAX_DAYS} days.")
    if form.errors:
        first, last = months_earlier(today, DEFAULT_MONTHS - 1), today
    else:
        form = form.with_value("from", first.isoformat()).with_value("to", last.isoformat())
    return Chosen(form, Days(first, last), Filter(*(form.or_none(name) for name in FIELDS[2:])))


def shortcuts(current: Chosen, today: date) -> tuple[Shortcut, ...]:
    """Periods that people often choose."""
    month = today.replace(day=1)
    periods = {
        "This month": Days(month, today),
        "Last month": Days(months_earlier(today, 1), month - timedelta(days=1)),
        "Last 3 months": Days(months_earlier(today, 2), today),
        "Last 12 months": Days(months_earlier(today, DEFAULT_MONTHS - 1), today),
    }
    filters = {name: value for name, value in current.form.values.items() if value and name not in _PERIOD}
    return tuple(
        Shortcut(
            label,
            urlencode({"from": days.first.isoformat(), "to": days.last.isoformat(), **filters}),
            days == current.days,
        )
        for label, days in periods.items()
    )


def _day(form: FormState, name: str) -> date | None:
    text = form.text(name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.isoformat() != text or not 2000 <= day.year <= 9000:
        form.add_error(name, "Enter a date such as 2026-11-30.")
        return None
    return day
