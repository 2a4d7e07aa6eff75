"""People in a list who already hold the credential."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.award import achievements
from chalicelib.award.bulk import existing_holders
from chalicelib.award.bulk.existing_holders import MAX_ADDRESSES
from chalicelib.award.bulk.upload import Row
from chalicelib.award.issuing import status_changes
from tests.award.fakes import IssuerFixture, new_achievement

ADA = Row(2, "Ada Nwosu", "Ada@example.org")


@pytest.fixture
def acme() -> IssuerFixture:
    return IssuerFixture(registered=True)


def compare(acme: IssuerFixture, *rows: Row) -> existing_holders.Comparison:
    return existing_holders.compare(acme.issuer_context, "acme", acme.achievement.id, rows)


def test_every_row_of_a_holder_is_found_with_the_newest_credential(acme: IssuerFixture) -> None:
    acme.issue()
    acme.clock.now += timedelta(days=1)
    newest = acme.issue()
    again = replace(ADA, number=4)
    found = compare(acme, ADA, Row(3, "Bo", "bo@example.org"), again, Row(5, "No Address"))
    assert found.complete
    assert [(one.row.number, one.credential.credential_id) for one in found.held] == [(2, newest.id), (4, newest.id)]


def test_credential_of_another_achievement_and_what_no_longer_counts_are_not_held(acme: IssuerFixture) -> None:
    other = achievements.add(acme.issuer_context, new_achievement(name="Design"))
    acme.issue(achievement_id=other.id)
    revoked = acme.issue()
    status_changes.revoke(acme.issuer_context, "acme", revoked.id, "Mistake")
    acme.issue(valid_until=acme.clock() + timedelta(days=1))
    acme.clock.now += timedelta(days=2)
    assert compare(acme, ADA).held == ()


def test_addresses_over_the_limit_are_not_compared(acme: IssuerFixture) -> None:
    others = tuple(Row(number, "Bo", f"bo{number}@example.org") for number in range(MAX_ADDRESSES))
    assert compare(acme, *others).complete
    assert not compare(acme, *others, ADA).complete
