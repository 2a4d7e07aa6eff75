"""Issuers whose counting failed: kept from the others, noted and retried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chalicelib.analytics.counts.periods import Period
from chalicelib.analytics.counts.ports import CountStore, Late, Superseded


@dataclass(frozen=True, slots=True)
class Failure:
    """Counting an issuer in a period failed. The others are counted all the same."""

    issuer_id: str
    period: Period
    error: Exception


class Failures:
    """Issuers whose counting failed in this run. Each is noted before the run's progress is stored, so that the next
    run retries it; if the note cannot be stored, the run fails."""

    def __init__(self, store: CountStore) -> None:
        self._store = store
        self.notes: set[Late] = set()
        self.found: list[Failure] = []

    def add(self, issuer_id: str, period: Period, error: Exception) -> None:
        """Note a failure. Raises `Unavailable`."""
        note = Late.of_issuer(period.start, issuer_id)  # the first bucket of the period: folding it folds the period
        self._store.note_failure(note)
        self.notes.add(note)
        self.found.append(Failure(issuer_id, period, error))


@contextmanager
def isolated(failures: Failures | None, issuer_id: str, period: Period) -> Iterator[None]:
    """Keep what fails for one issuer from the others."""
    try:
        yield
    except Superseded:
        raise
    except Exception as error:
        if failures is None:
            raise
        failures.add(issuer_id, period, error)
