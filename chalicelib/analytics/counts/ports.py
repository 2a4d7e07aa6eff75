"""Ports of the counting engine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.analytics.counts.counts import Counts
from chalicelib.analytics.counts.periods import Period
from chalicelib.analytics.counts.sections import Part
from chalicelib.analytics.counts.view_counts import ViewCounts
from chalicelib.analytics.event import Event


class Late(NamedTuple):
    """A bucket to fold again, because an event was stored after it was closed, or because counting an issuer failed.
    Each event and each such issuer has a note of its own, so that removing a note that was read never removes
    another's."""

    bucket: datetime
    event_id: str

    @classmethod
    def of_issuer(cls, bucket: datetime, issuer_id: str) -> Late:
        """The note that counting ``issuer_id`` failed in ``bucket`` or in what contains it."""
        return cls(bucket, _FAILED + issuer_id)

    @property
    def failed_issuer(self) -> str | None:
        """The issuer whose counting failed; None for an event."""
        return self.event_id.removeprefix(_FAILED) if self.event_id.startswith(_FAILED) else None


_FAILED = "issuer:"
"""Event ids never start with this, because they are ULIDs."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of the fold, and the run that folds."""

    number: int
    """Of the run that stored this. Each run takes the next number and never overwrites what a later run has stored."""
    folded_to: datetime
    """The start of the first bucket that is not folded."""
    busy_until: datetime
    """Until when the run may work; in the past when it has ended."""
    owner: str = ""
    """Random, so that two runs never store equal items."""


class Superseded(Exception):
    """A later run of the fold has taken over. It redoes unfinished work."""


class BucketReader(Protocol):
    """Reads the events of a bucket."""

    def events(self, bucket: Period) -> Iterator[Event]:
        """Every stored event of ``bucket``, strongly consistent, in any order. Raises `Unavailable`."""


class CountStore(Protocol):
    """Stores counts. All methods raise `Unavailable`."""

    def progress(self, *, latest: bool = True) -> Progress | None:
        """The last stored progress; None before the first run. Without ``latest``, possibly an earlier one, for half
        the price."""

    def save_progress(self, progress: Progress, since: int, done: Sequence[Late] = ()) -> None:
        """Store ``progress`` and delete the notes ``done``, if run ``since`` is still the last one (0: none).

        At most `MAX_DONE` notes. Raises `Superseded`.
        """

    def late(self, limit: int) -> list[Late]:
        """At most ``limit`` notes, those of events first, oldest bucket first. The newest may still be missing: they
        are there for the next run."""

    def note_failure(self, note: Late) -> None:
        """Store a note that counting an issuer failed. Notes of events are read before these."""

    def save(self, issuer_id: str, period: Period, counts: Counts, number: int, *, shrunk: bool = False) -> None:
        """Overwrite the counts of an issuer in ``period``, in all sections if it is a day or longer; for ``shrunk`` see
        `sections.parts_of`.

        Raises `Superseded` if a run with a higher number has stored them.
        """

    def save_part(self, issuer_id: str, period: Period, part: Part, counts: Counts, number: int) -> None:
        """Overwrite one section of a day or longer period, as `save` does."""

    def parts(self, whole: Period, issuer_ids: Collection[str] | None = None) -> Iterator[tuple[str, Period, Counts]]:
        """The stored counts of the buckets of an hour, or the hours of a day, of all issuers or of ``issuer_ids``,
        issuer by issuer. Strongly consistent."""

    def stored_parts(self, whole: Period) -> list[tuple[str, Period]]:
        """Whose counts of which buckets or hours `parts` has, including those that cannot be read."""

    def section(self, issuer_id: str, period: Period, section: Part) -> Counts:
        """A section of a day, a month or all time; `NOTHING` if none is stored."""

    def sections(self, issuer_id: str, first: Period, last: Period, section: Part) -> Iterator[tuple[Period, Counts]]:
        """The section of every stored day or month from ``first`` to ``last``, which have the same level, in order."""

    def view_counts(self, issuer_id: str) -> list[ViewCounts]:
        """The view counts of those of an issuer's credentials whose holders show them."""

    def save_view_counts(self, issuer_id: str, view_counts: ViewCounts, number: int) -> None:
        """Overwrite the view counts of a credential, unless its holder hid them meanwhile.

        Raises `Superseded` if a run with a higher number has stored them.
        """


MAX_DONE = 90
"""Maximum notes deleted with one progress: a transaction has at most 100 actions (TransactWriteItems)."""
