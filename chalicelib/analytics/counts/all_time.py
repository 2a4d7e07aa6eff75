"""The counts of all time, from the newest month and a summary of those before it.

Reading every month every day would cost more the longer an issuer is here. So the first events of credentials up to the
end of the last month but one are kept (`Section.FIRSTS`), and made again when an older month changes.
"""

from __future__ import annotations

from datetime import date

from chalicelib.analytics.counts.counts import NOTHING, Counts, merge
from chalicelib.analytics.counts.journeys import first_events, with_journeys
from chalicelib.analytics.counts.periods import Period, month_of
from chalicelib.analytics.counts.ports import CountStore
from chalicelib.analytics.counts.sections import Section

MONTHS = (month_of(date.min), month_of(date.max))
"""The first and the last month that there can be."""


def of_all_time(store: CountStore, issuer_id: str, changed: Period, number: int) -> Counts:
    """What is stored of all time, after ``changed``, the earliest month that has changed. Raises `Superseded`."""
    cells = dict(store.sections(issuer_id, *MONTHS, Section.ACHIEVEMENTS))
    if not cells:
        return NOTHING
    *older, newest = cells
    before = _firsts(store, issuer_id, older, changed, number) if older else NOTHING
    touches = merge([before, store.section(issuer_id, newest, Section.CREDENTIALS)]).touches
    return with_journeys(Counts(merge(cells.values()).cells, touches))


def _firsts(store: CountStore, issuer_id: str, months: list[Period], changed: Period, number: int) -> Counts:
    """The first events of credentials in ``months``, which have a newer one after them."""
    stored = {
        month: found
        for month, found in store.sections(issuer_id, *MONTHS, Section.FIRSTS)
        if month in months and not found.empty
    }
    last = max((month for month in stored if month < changed), default=None)
    if last == months[-1]:
        return stored[last]
    rest = months if last is None else months[months.index(last) + 1 :]
    parts = [counts for _, counts in store.sections(issuer_id, rest[0], rest[-1], Section.CREDENTIALS)]
    found = Counts(touches=first_events(merge([NOTHING if last is None else stored[last], *parts]).touches))
    store.save_part(issuer_id, months[-1], Section.FIRSTS, found, number)
    for month in stored:
        if month != months[-1]:
            store.save_part(issuer_id, month, Section.FIRSTS, NOTHING, number)
    return found
