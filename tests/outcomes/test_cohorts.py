"""Who is a holder, who is not, and which outcome of a person counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.delivery import mailbox
from chalicelib.errors import Refused
from chalicelib.outcomes import cohorts
from chalicelib.outcomes.comparison import Compared
from chalicelib.outcomes.outcome import Earlier, Held, Measure, Outcome
from tests.fakes import PublicStore
from tests.outcomes.fakes import OutcomeStore

ISSUED_AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
ISSUED = ISSUED_AT.date()
STORED = datetime(2026, 8, 1, tzinfo=UTC)
BEFORE, AFTER = ISSUED - timedelta(days=30), ISSUED + timedelta(days=30)


def outcomes(people: range, on: date, value: float) -> list[Outcome]:
    return [Outcome("acme", "pay", f"p{number}", on, value + number % 2, STORED) for number in people]


def test_holders_are_compared_with_people_without_the_credential() -> None:
    holders, others = range(10), range(50, 70)
    issued = {f"p{number}": ISSUED_AT for number in holders}
    found = cohorts.holders_and_others(
        [*outcomes(holders, AFTER, 10), *outcomes(others, AFTER, 5)], issued, {}, yes_no=False
    )
    assert [(group.people, group.mean) for group in found.groups] == [(10, 10.5), (20, 5.5)]


def test_outcome_of_a_holder_from_before_the_issue_counts_for_neither_group() -> None:
    holders, others = range(10), range(50, 70)
    issued = {f"p{number}": ISSUED_AT for number in holders}
    early = cohorts.holders_and_others(
        [*outcomes(holders, BEFORE, 10), *outcomes(others, AFTER, 5)], issued, {}, yes_no=False
    )
    assert early.suppressed
    same_day = outcomes(holders, ISSUED, 10)
    assert cohorts.holders_and_others([*same_day, *outcomes(others, AFTER, 5)], issued, {}, yes_no=False).groups


def test_each_person_counts_once_with_the_latest_outcome() -> None:
    others = range(50, 65)
    found = [
        *outcomes(range(12), AFTER, 20),
        *outcomes(range(12), AFTER - timedelta(days=1), 10),
        *outcomes(others, AFTER, 5),
    ]
    issued = {f"p{number}": ISSUED_AT for number in range(12)}
    assert cohorts.holders_and_others(found, issued, {}, yes_no=False).groups[0].mean == 20.5


def test_people_are_compared_with_themselves_before() -> None:
    issued = {f"p{number}": ISSUED_AT for number in range(12)}
    found = [*outcomes(range(12), BEFORE, 10), *outcomes(range(11), AFTER, 14), *outcomes(range(50, 90), AFTER, 99)]
    compared = cohorts.before_and_after(found, issued, {}, yes_no=False)
    assert [(group.name, group.people) for group in compared.groups] == [("After it was issued", 10), ("Before", 10)]
    assert compared.differences[0].value == 4


def test_first_credential_of_an_achievement_makes_a_holder() -> None:
    held = [Held("Ada@Example.org", "a", STORED), Held("ada@example.org", "a", ISSUED_AT)]
    assert cohorts.first_issued(held) == {mailbox.digest("ada@example.org"): ISSUED_AT}


def test_comparison_is_limited_to_one_achievement_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    store = OutcomeStore(PublicStore())
    measure = store.add_measure(Measure("acme", "pay", "EUR"))
    store.save(outcomes(range(3), AFTER, 5))
    assert all(each.suppressed for each in cohorts.compare(store, measure, "a").values())
    assert list(cohorts.compare(store, measure, None)) == list(Compared)
    monkeypatch.setattr(cohorts, "MAX_OUTCOMES", 2)
    with pytest.raises(Refused) as refused:
        cohorts.compare(store, measure, None)
    assert refused.value.code == "too_many_outcomes"


def test_the_newest_outcome_waits_for_ten_people_whoever_it_is_about() -> None:
    issued = {f"p{number}": ISSUED_AT for number in range(10)}
    known = [*outcomes(range(10), BEFORE, 10), *outcomes(range(10), AFTER, 10), *outcomes(range(50, 60), AFTER, 5)]
    later = STORED + timedelta(hours=1)

    def shown(*newer: Outcome) -> object:
        found = [*newer, *known]
        return cohorts.holders_and_others(found, issued, {}, yes_no=False), cohorts.before_and_after(
            found, issued, {}, yes_no=False
        )

    first = shown()
    for person in ("a", "p3", "p50"):  # someone new, a holder, and one of the others
        for on in (AFTER - timedelta(days=1), AFTER + timedelta(days=1)):
            assert shown(Outcome("acme", "pay", person, on, 1_000, later)) == first
    ten = [replace(each, stored_at=later) for each in outcomes(range(90, 100), AFTER, 7)]
    assert shown(*ten) != first


def test_a_corrected_outcome_waits_for_ten_people_and_the_old_one_counts_until_then() -> None:
    issued = {f"p{number}": ISSUED_AT for number in range(10)}
    known = [*outcomes(range(10), BEFORE, 10), *outcomes(range(10), AFTER, 10), *outcomes(range(50, 75), AFTER, 5)]
    later = STORED + timedelta(hours=1)

    def corrected(people: Iterable[str]) -> object:
        found = [
            replace(each, value=1_000, stored_at=later, earlier=(Earlier(each.value, STORED),))
            if each.person in people
            else each
            for each in known
        ]
        return cohorts.holders_and_others(found, issued, {}, yes_no=False), cohorts.before_and_after(
            found, issued, {}, yes_no=False
        )

    first = corrected(())
    for person in ("p3", "p50", "p74"):
        assert corrected({person}) == first
    assert corrected({f"p{number}" for number in range(9)}) == first
    assert corrected({f"p{number}" for number in range(10)}) != first


def test_people_who_get_the_credential_leave_the_others_when_ten_have_changed() -> None:
    first = {f"p{number}": ISSUED_AT for number in range(10)}
    known = [*outcomes(range(10), AFTER, 10), *outcomes(range(50, 75), AFTER, 5)]
    later = STORED + timedelta(hours=1)

    def shown(new_holders: range) -> object:
        issued = {**first, **{f"p{number}": later for number in new_holders}}
        return cohorts.holders_and_others(known, issued, {}, yes_no=False)

    assert shown(range(50, 51)) == shown(range(50, 59)) == shown(range(0))
    after = cohorts.holders_and_others(
        known, {**first, **{f"p{number}": later for number in range(50, 65)}}, {}, yes_no=False
    )
    # 65 to 69 were shown with the first twenty; the withdrawals of ten of the others and 70 to 74 come after them.
    assert after.groups[1].people == 10


def test_people_whose_credential_is_revoked_leave_when_ten_have_changed() -> None:
    issued = {f"p{number}": ISSUED_AT for number in range(25)}
    known = [*outcomes(range(25), BEFORE, 7), *outcomes(range(25), AFTER, 10), *outcomes(range(50, 60), AFTER, 5)]
    later = STORED + timedelta(hours=1)

    def shown(revoked: range) -> object:
        ended = {f"p{number}": later for number in revoked}
        return cohorts.holders_and_others(known, issued, ended, yes_no=False), cohorts.before_and_after(
            known, issued, ended, yes_no=False
        )

    assert shown(range(1)) == shown(range(4)) == shown(range(0))
    assert [each.groups[0].people for each in shown(range(15))] == [10, 10]  # type: ignore[attr-defined]


def test_people_who_lost_the_credential_do_not_join_the_others() -> None:
    issued = {f"p{number}": ISSUED_AT for number in range(30)}
    known = [*outcomes(range(30), AFTER, 10), *outcomes(range(50, 60), AFTER, 5)]
    after = [replace(each, stored_at=STORED + timedelta(days=9)) for each in outcomes(range(10), AFTER, 99)]
    ended = {f"p{number}": STORED + timedelta(hours=1) for number in range(10)}
    found = cohorts.holders_and_others([*known, *after], issued, ended, yes_no=False)
    assert [(group.people, group.mean) for group in found.groups] == [(20, 10.5), (10, 5.5)]


def test_a_person_has_lost_the_credential_when_the_last_one_is_revoked() -> None:
    def of(name: str, revoked_at: datetime | None) -> Held:
        return Held(f"{name}@example.org", "a", ISSUED_AT, revoked_at)

    later = STORED + timedelta(days=1)
    held = [of("ada", STORED), of("ada", None), of("ben", later), of("ben", STORED), of("cy", None)]
    assert cohorts.last_revoked(held) == {mailbox.digest("ben@example.org"): later}
