"""In-memory store of outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from chalicelib.outcomes.outcome import Held, Measure, Outcome
from chalicelib.outcomes.savings import ManualCheck
from tests import fakes


@dataclass
class OutcomeStore:
    """`outcomes.outcome.OutcomeStore`."""

    issuer_store: fakes.PublicStore
    named: dict[tuple[str, str], Measure] = field(default_factory=dict)
    values: dict[tuple[str, str, str, date], Outcome] = field(default_factory=dict)

    manual: dict[str, ManualCheck] = field(default_factory=dict)

    def measures(self, issuer_id: str) -> Sequence[Measure]:
        return [self.named[key] for key in sorted(self.named) if key[0] == issuer_id]

    def add_measure(self, measure: Measure) -> Measure:
        return self.named.setdefault((measure.issuer_id, measure.name), measure)

    def stored(self, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
        wanted = [(one.issuer_id, *one.key) for one in outcomes]
        return iter([self.values[key] for key in wanted if key in self.values])

    def save(self, outcomes: Sequence[Outcome]) -> None:
        for one in outcomes:
            self.values[one.issuer_id, one.name, one.person, one.on] = one

    def outcomes(self, issuer_id: str, name: str, person: str | None = None) -> Iterator[Outcome]:
        found = [key for key in sorted(self.values) if key[:2] == (issuer_id, name) and person in (None, key[2])]
        return iter([self.values[key] for key in found])

    def of_person(self, person: str) -> Iterator[tuple[str, str]]:
        return iter(sorted({key[:2] for key in self.values if key[2] == person}))

    def delete(self, issuer_id: str, name: str, person: str | None = None) -> None:
        for one in list(self.outcomes(issuer_id, name, person)):
            del self.values[one.issuer_id, one.name, one.person, one.on]
        if person is None:
            self.named.pop((issuer_id, name), None)

    def manual_check(self, issuer_id: str) -> ManualCheck | None:
        return self.manual.get(issuer_id)

    def save_manual_check(self, manual: ManualCheck) -> None:
        self.manual[manual.issuer_id] = manual

    def held(self, issuer_id: str) -> Iterator[Held]:
        for row in self.issuer_store.rows(issuer_id, None, 1_000_000):
            if row.email is not None:
                yield Held(row.email, row.achievement_id, row.issued_at, None if row.corrected else row.revoked_at)
