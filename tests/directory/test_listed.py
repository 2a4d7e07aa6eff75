"""The listing of a published profile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.credential import dates
from chalicelib.credential.signed_content import start_as_signed
from chalicelib.directory.listed import listing_of
from chalicelib.directory.listing import Named
from chalicelib.directory.profiles.profile import Details, OpenTo
from chalicelib.directory.profiles.published import Published
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
