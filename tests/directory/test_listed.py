"""The listing of a published profile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from chalicelib.award import achievements
from chalicelib.award.issuing import issue, status_changes
from chalicelib.credential import dates
from chalicelib.credential.achievement import Skill
from chalicelib.credential.build import Holder
from chalicelib.credential.signed_content import start_as_signed
from chalicelib.directory.listed import RECHECKED, all_shown_now, listing_of
from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.profiles.profile import Details, OpenTo
from chalicelib.directory.profiles.published import Published
from tests.directory.fakes import ProfileStore
from tests.http.fake_laurel import KINDS, NOW, Laurel, id_of, seeded

SINCE = NOW - timedelta(days=2)
DETAILS = Details("Ada", "Analyst", "Lagos", ("en", "ig"), ("https://ada.example/",), (OpenTo.WORK,))
PUBLISHED = Published("h" * 26, DETAILS, tuple(map(id_of, KINDS)), indexed=False, since=SINCE, expires_at=None)


def opened(laurel: Laurel):
    return laurel.hosted_reports.open_many(PUBLISHED.credentials)


def test_a_listing_has_what_is_shown_and_what_valid_credentials_prove() -> None:
    laurel = seeded()
    record = laurel.issuer_store.record(id_of("valid"))
    found = listing_of(PUBLISHED, opened(laurel), 7, NOW)
    assert (found.id, found.version, found.name, found.headline) == ("h" * 26, 7, "Ada", "Analyst")
    assert (found.place, found.languages, found.open_to) == ("Lagos", ("en", "ig"), ("work",))
    assert found.skills == ("Python", "statistics")
    assert found.achievements == (Named(record.achievement_id, "Data analysis in practice"),)
    assert found.issuers == (Named("fernhill", "Fernhill College"),)
    assert (found.credentials, found.issued_at) == (1, start_as_signed(record))
    assert found.recent_at == SINCE


def test_a_newer_credential_makes_a_listing_recent() -> None:
    laurel = seeded()
    early = replace(PUBLISHED, since=NOW - timedelta(days=4000))
    found = listing_of(early, opened(laurel), 1, NOW)
    assert found.recent_at == laurel.issuer_store.record(id_of("valid")).issued_at


def test_the_newest_credential_has_the_date_that_its_page_shows_not_the_day_it_was_entered() -> None:
    laurel = seeded()
    record = laurel.issuer_store.record(id_of("valid"))
    found = listing_of(PUBLISHED, opened(laurel), 1, NOW)
    (page,) = [one for one in opened(laurel) if one.record.id == record.id]
    assert page.report.credential is not None
    assert found.issued_at is not None
    assert dates.write(found.issued_at) == page.report.credential["valid_from"]


def test_an_issuer_that_no_one_identifies_makes_no_one_findable() -> None:
    laurel = seeded()
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store._issuers["fernhill"] = replace(issuer, registered_as=None)
    found = listing_of(PUBLISHED, opened(laurel), 1, NOW)
    assert (found.skills, found.achievements, found.issuers, found.credentials, found.issued_at) == (
        (),
        (),
        (),
        0,
        None,
    )
    assert found.recent_at == SINCE


COURSES = tuple(f"course{'a' * 19}{letter}" for letter in "abcdefghijkl")
"""Credentials of a person who has more than are verified when their listing is shown; the newest first."""
ENDS = NOW + timedelta(days=5)
"""The last moment at which the oldest of them is valid."""


@dataclass
class Graduate:
    """A person with all `COURSES`, each of which proves a skill of its own, and their listing in the index."""

    laurel: Laurel
    published: Published
    indexed: Listing

    def shown(self) -> Listing:
        """The listing as it is shown now, before the index has been updated."""
        public = ProfileStore(public={self.published.holder_id: self.published})
        (found,) = all_shown_now(public, self.laurel.hosted_reports, [self.indexed])
        assert found is not None
        return found

    def revoke(self, number: int) -> None:
        status_changes.revoke(self.laurel.issuer_context, "fernhill", COURSES[number], "Issued by mistake.")


@pytest.fixture
def graduate() -> Graduate:
    laurel = seeded()
    for number, credential_id in enumerate(COURSES):
        laurel.now = NOW - timedelta(days=number)
        course = achievements.NewAchievement(
            "fernhill", f"Course {number}", "A course.", "Passed.", None, "A badge", (Skill(f"Skill {number}"),)
        )
        award = issue.Award(
            "fernhill", achievements.add(laurel.issuer_context, course).id, Holder("Ada", "ada@example.org"),
            credential_id=credential_id, valid_until=ENDS if credential_id == COURSES[-1] else None,
        )  # fmt: skip
        issue.issue(laurel.issuer_context, award)
    laurel.now = NOW
    published = replace(PUBLISHED, credentials=COURSES)
    return Graduate(laurel, published, listing_of(published, laurel.hosted_reports.open_many(COURSES), 1, NOW))


def test_only_the_newest_of_many_credentials_are_verified_when_nothing_has_changed(graduate: Graduate) -> None:
    assert len(graduate.indexed.newest) == RECHECKED
    assert graduate.indexed.next_expiry == ENDS
    graduate.revoke(-1)  # the index learns this from the stream
    assert graduate.shown() == graduate.indexed


@pytest.mark.parametrize("days", [0, 365], ids=["now", "later"])
def test_a_revoked_credential_of_many_proves_nothing_at_once(graduate: Graduate, days: int) -> None:
    graduate.revoke(0)
    graduate.laurel.now += timedelta(days=days)
    found = graduate.shown()
    expected = [f"Skill {number}" for number in range(1, 11 if days else 12)]
    assert (list(found.skills), found.credentials) == (expected, len(expected))


def test_an_old_credential_of_many_that_has_expired_proves_nothing_at_once(graduate: Graduate) -> None:
    graduate.laurel.now = ENDS
    assert graduate.shown() == graduate.indexed
    graduate.laurel.now += timedelta(seconds=1)
    found = graduate.shown()
    assert "Skill 11" not in found.skills
    assert found.credentials == len(COURSES) - 1
    assert "Course 11" not in [one.name for one in found.achievements]


def test_an_old_credential_of_many_that_is_hidden_is_not_shown(graduate: Graduate) -> None:
    graduate.published = replace(graduate.published, credentials=COURSES[:-1])
    assert "Skill 11" not in graduate.shown().skills
