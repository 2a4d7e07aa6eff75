"""Compare holders of an issuer's credentials with others, and with themselves before they had one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from chalicelib.analytics.kpi.suppression import whole_batches
from chalicelib.delivery import mailbox
from chalicelib.errors import Refused
from chalicelib.outcomes import comparison
from chalicelib.outcomes.comparison import Compared, Comparison
from chalicelib.outcomes.outcome import Held, Measure, Outcome, OutcomeStore

MAX_OUTCOMES = 50_000
"""Maximum outcomes of a name, and credentials, that a comparison reads: 20 MB, in less than the 29 seconds of a
response."""
MAX_CREDENTIALS = 50_000
NAMES = {
    Compared.HOLDERS: ("People with the credential", "People without it"),
    Compared.BEFORE_AFTER: ("After it was issued", "Before"),
}
"""No one has lost a credential."""
T = TypeVar("T")


def compare(store: OutcomeStore, measure: Measure, achievement_id: str | None) -> dict[Compared, Comparison]:
    """Both comparisons, for the holders of one achievement or of any. Raises `Refused` (`too_many_outcomes`)."""
    outcomes = _at_most(MAX_OUTCOMES, store.outcomes(measure.issuer_id, measure.name), "outcomes with this name")
    held = _at_most(MAX_CREDENTIALS, store.held(measure.issuer_id), "credentials")
    asked = [each for each in held if achievement_id in (None, each.achievement_id)]
    issued, ended = first_issued(asked), last_revoked(asked)
    return {
        Compared.HOLDERS: holders_and_others(outcomes, issued, ended, yes_no=measure.yes_no),
        Compared.BEFORE_AFTER: before_and_after(outcomes, issued, ended, yes_no=measure.yes_no),
    }


def first_issued(held: Iterable[Held]) -> dict[str, datetime]:
    """When each person got their first credential, by the hash of their address."""
    found: dict[str, datetime] = {}
    for each in held:
        person = mailbox.digest(each.email)
        found[person] = min(each.issued_at, found.get(person, each.issued_at))
    return found


def last_revoked(held: Iterable[Held]) -> dict[str, datetime]:
    """When each person lost their last credential, by the hash of their address; those who have one are left out."""
    found: dict[str, datetime] = {}
    valid: set[str] = set()
    for each in held:
        person = mailbox.digest(each.email)
        if each.revoked_at is None:
            valid.add(person)
        else:
            found[person] = max(each.revoked_at, found.get(person, each.revoked_at))
    return {person: at for person, at in found.items() if person not in valid}


def holders_and_others(
    outcomes: Iterable[Outcome], issued: Mapping[str, datetime], ended: Mapping[str, datetime], *, yes_no: bool
) -> Comparison:
    """Each person counts once, with their latest outcome. A holder's outcomes from before the day of issue are left
    out: they belong neither to a holder nor to someone who never became one. Nor do those who lost the credential."""
    found = [version for each in outcomes for version in each.versions]
    holders = (each for each in found if each.person in issued and each.on >= issued[each.person].date())
    given = [(each.stored_at, each.person, each.value) for each in _latest(holders)]
    groups = _until(given, ended), _of_others(found, issued)
    first, second = (list(whole_batches(each).values()) for each in groups)
    return comparison.between(NAMES[Compared.HOLDERS], first, second, yes_no=yes_no)


def _until(given: Iterable[tuple[datetime, str, T]], ended: Mapping[str, datetime]) -> Iterator[tuple[str, T | None]]:
    """What was ``given`` before each person's credential was revoked, and then its withdrawal, which waits for ten
    people as everything does."""
    kept = [(at, person, value) for at, person, value in given if person not in ended or at < ended[person]]
    people = sorted({person for _, person, _ in kept} & ended.keys())
    changes: list[tuple[datetime, str, T | None]] = [*kept, *((ended[person], person, None) for person in people)]
    return ((person, value) for _, person, value in sorted(changes, key=lambda each: each[0]))


def _of_others(outcomes: Iterable[Outcome], issued: Mapping[str, datetime]) -> Iterator[tuple[str, float | None]]:
    """Each change of the latest outcome of people who have no credential. Those who get one leave the group then, so
    that this too waits for ten people."""
    found = [each for each in outcomes if each.person not in issued or each.stored_at < issued[each.person]]
    given: list[tuple[datetime, str, float | None]] = [
        (each.stored_at, each.person, each.value) for each in _latest(found)
    ]
    given += ((issued[person], person, None) for person in sorted({each.person for each in found} & issued.keys()))
    return ((person, value) for _, person, value in sorted(given, key=lambda each: each[0]))


def before_and_after(
    outcomes: Iterable[Outcome], issued: Mapping[str, datetime], ended: Mapping[str, datetime], *, yes_no: bool
) -> Comparison:
    """Holders with an outcome before the day of issue and one from that day on; the latest of each counts."""
    of_holders = [version for each in outcomes if each.person in issued for version in each.versions]
    pairs = whole_batches(_until(_pairs(of_holders, issued), ended))
    return comparison.within(NAMES[Compared.BEFORE_AFTER], pairs, yes_no=yes_no)


def _latest(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Each change of a person's latest outcome, in the order of import."""
    latest: dict[str, date] = {}
    for each in _by_import(outcomes):
        if each.on >= latest.get(each.person, each.on):
            latest[each.person] = each.on
            yield each


def _pairs(
    outcomes: Sequence[Outcome], issued: Mapping[str, datetime]
) -> Iterator[tuple[datetime, str, tuple[float, float]]]:
    """Each change of a person's latest outcomes after the issue and before, in the order of import."""
    after: dict[str, Outcome] = {}
    before: dict[str, Outcome] = {}
    later = _by_import(each for each in outcomes if each.on >= issued[each.person].date())
    earlier = _by_import(each for each in outcomes if each.on < issued[each.person].date())
    for each in sorted([*later, *earlier], key=_place):
        person, side = each.person, after if each.on >= issued[each.person].date() else before
        if each.on >= side.get(person, each).on:
            side[person] = each
            if person in after and person in before:
                yield each.stored_at, person, (after[person].value, before[person].value)


def _by_import(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The order in which outcomes join a batch; of the outcomes of a person in one import, the latest only."""
    found: dict[tuple[datetime, str], Outcome] = {}
    for each in outcomes:
        key = each.stored_at, each.person
        found[key] = max(each, found.get(key, each), key=_place)
    return sorted(found.values(), key=_place)


def _place(outcome: Outcome) -> tuple[datetime, date, str]:
    return outcome.stored_at, outcome.on, outcome.person


def _at_most(most: int, found: Iterable[T], what: str) -> list[T]:
    read = list(islice(found, most + 1))
    if len(read) > most:
        raise Refused(f"There are more than {most:,} {what}, too many to compare.", code="too_many_outcomes")
    return read
