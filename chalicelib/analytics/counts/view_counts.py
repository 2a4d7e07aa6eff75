"""How often people viewed and verified one credential, for its page, if its holder chose to show it.

Counts by credential are stored with those of all others of an issuer, which a page must not read. So the fold copies
those of such a credential, month by month, and overwrites a month when it changes: a repetition changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.analytics.counts.counts import Counts
from chalicelib.analytics.counts.periods import Period
from chalicelib.analytics.counts.sections import Section
from chalicelib.analytics.event import Kind

if TYPE_CHECKING:
    from chalicelib.analytics.counts.ports import CountStore


class ByPeople(NamedTuple):
    """How often people, not programs, viewed the page of a credential, and verified it in another way."""

    views: int = 0
    verifications: int = 0


@dataclass(frozen=True, slots=True)
class ViewCounts:
    """The view counts of one credential."""

    credential_id: str
    complete: bool = False
    """Whether the months before the holder's choice are counted. The next fold of the issuer's counts does that."""
    months: Mapping[str, ByPeople] = field(default_factory=dict)
    """By the name of the month, such as 2026-11; up to the last midnight UTC."""

    @property
    def total(self) -> ByPeople:
        """Of all months."""
        months = self.months.values()
        return ByPeople(sum(month.views for month in months), sum(month.verifications for month in months))

    def with_months(self, months: Iterable[tuple[Period, Counts]]) -> ViewCounts:
        """These view counts with the numbers of ``months`` in place of those before."""
        found = {**self.months, **{month.name: self._in(counts) for month, counts in months}}
        return replace(self, months={name: many for name, many in found.items() if any(many)})

    def _in(self, counts: Counts) -> ByPeople:
        times = {
            touch.kind: seen.times for touch, seen in counts.touches.items() if touch.credential == self.credential_id
        }
        return ByPeople(times.get(Kind.VIEW.value, 0), times.get(Kind.VERIFICATION.value, 0))


def refresh(
    store: CountStore, issuer_id: str, month: Period, counts: Counts, every: tuple[Period, Period], number: int
) -> None:
    """Store the ``counts`` of ``month`` in the view counts of an issuer's credentials; for new ones, those of ``every``
    month from the first to the last. Raises `Superseded`."""
    past: list[tuple[Period, Counts]] | None = None
    for before in store.view_counts(issuer_id):
        if before.complete:
            after = before.with_months([(month, counts)])
        else:
            past = list(store.sections(issuer_id, *every, Section.CREDENTIALS)) if past is None else past
            after = replace(before, complete=True).with_months([*past, (month, counts)])
        if after != before:
            store.save_view_counts(issuer_id, after, number)
