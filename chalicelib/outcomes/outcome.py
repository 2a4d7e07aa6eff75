"""Outcomes: what happened to a person, who may have a credential of the issuer or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple, Protocol

from chalicelib.outcomes.savings import ManualCheck

YES_NO = "yes/no"
"""The unit of an outcome that happened or did not: 1 or 0."""
MAX_MEASURES = 50
"""Maximum kinds of outcome of an issuer: a page lists them all."""
MAX_EARLIER = 100
"""Maximum changes of one outcome: it is stored with all its values."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A kind of outcome, such as `days_to_productivity` in days."""

    issuer_id: str
    name: str
    unit: str

    @property
    def yes_no(self) -> bool:
        """Whether it is yes or no instead of a number."""
        return self.unit == YES_NO


class Earlier(NamedTuple):
    """A value that another one has replaced."""

    value: float
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome of one person. A person has at most one per name and day."""

    issuer_id: str
    name: str
    person: str
    """The hash of their email address, as `mailbox.digest`. The address itself is not stored."""
    on: date
    value: float
    stored_at: datetime
    """When it was imported."""
    earlier: tuple[Earlier, ...] = ()
    """The values that it has replaced, oldest first. They count in comparisons until ten people have newer ones
    (`suppression.whole_batches`), so that no comparison differs from the one before by the correction alone."""

    @property
    def versions(self) -> Iterator[Outcome]:
        """Each value of it in order, the current one last."""
        for value, stored_at in (*self.earlier, Earlier(self.value, self.stored_at)):
            yield replace(self, value=value, stored_at=stored_at, earlier=())

    @property
    def key(self) -> tuple[str, str, date]:
        """Identifies an outcome within an issuer."""
        return self.name, self.person, self.on


@dataclass(frozen=True, slots=True)
class Held:
    """A credential of the issuer, as far as a comparison needs it."""

    email: str
    achievement_id: str
    issued_at: datetime
    revoked_at: datetime | None = None
    """None also for one that a corrected version replaces."""


class OutcomeStore(Protocol):
    """Stores outcomes. Every method raises `Unavailable` when storage does not respond."""

    def measures(self, issuer_id: str) -> Sequence[Measure]:
        """The kinds of outcome of an issuer, by name."""

    def add_measure(self, measure: Measure) -> Measure:
        """Store a kind of outcome, unless there is one with the name, and return the stored one."""

    def stored(self, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
        """What is stored of the same names, persons and days, strongly consistent."""

    def save(self, outcomes: Sequence[Outcome]) -> None:
        """Store outcomes in place of those of the same name, person and day."""

    def outcomes(self, issuer_id: str, name: str, person: str | None = None) -> Iterator[Outcome]:
        """The outcomes with a name, by person and day; of all people, or of one."""

    def of_person(self, person: str) -> Iterator[tuple[str, str]]:
        """Which issuers have outcomes of a person, and of which names."""

    def delete(self, issuer_id: str, name: str, person: str | None = None) -> None:
        """Delete the outcomes with a name: of one person only, or all of them and the name itself."""

    def manual_check(self, issuer_id: str) -> ManualCheck | None:
        """What an issuer says about a manual check; None if nothing."""

    def save_manual_check(self, manual: ManualCheck) -> None:
        """Store it in place of an earlier one."""

    def held(self, issuer_id: str) -> Iterator[Held]:
        """The credentials of an issuer that were issued to an address."""
