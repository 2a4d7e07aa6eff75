"""What an audience may see of a profile."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.directory.profiles import consent
from chalicelib.directory.profiles.consent import FIELDS, WIDER, Audience, ConsentEntry, Subject, Visibility
from chalicelib.directory.profiles.profile import Details, OpenTo, Profile
from chalicelib.directory.profiles.published import publish, views

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DETAILS = Details(
    "Ada Nwosu", "Data analyst", "Lagos", ("en", "ig"), ("https://ada.example/",), (OpenTo.WORK, OpenTo.MENTORING)
)
PROFILE = Profile("0" * 64, "h" * 26, DETAILS, NOW)
CREDENTIALS = ("a" * 26, "b" * 26)
choices = st.fixed_dictionaries({field: st.sampled_from(Visibility) for field in FIELDS})
shown = st.fixed_dictionaries({one: st.sampled_from(Visibility) for one in CREDENTIALS})


def ledger(by_field: dict[Subject, Visibility], by_credential: dict[str, Visibility]) -> list[ConsentEntry]:
    decisions = consent.choose(Subject.PROFILE, Visibility.EVERYONE)
    for field, chosen in by_field.items():
        decisions += consent.choose(field, chosen)
    for credential_id, chosen in by_credential.items():
        decisions += consent.choose(consent.credential_subject(credential_id), chosen)
    return [ConsentEntry(1, NOW, 1, decisions)]


@given(choices, shown, st.sampled_from(Audience))
def test_an_audience_sees_exactly_what_it_was_granted(
    by_field: dict[Subject, Visibility], by_credential: dict[str, Visibility], audience: Audience
) -> None:
    found = publish(PROFILE, ledger(by_field, by_credential), audience, NOW)
    details = found.details if found else Details()
    for field in FIELDS:
        allowed = consent.RECORDED[by_field[field]] in WIDER[audience]
        assert getattr(details, field) == (getattr(DETAILS, field) if allowed else getattr(Details(), field))
    expected = [one for one in CREDENTIALS if consent.RECORDED[by_credential[one]] in WIDER[audience]]
    assert list(found.credentials if found else ()) == expected
    assert (found is None) == (details == Details() and not expected)


@given(choices, shown)
def test_recruiters_see_all_that_everyone_sees_and_the_rest_is_only_announced(
    by_field: dict[Subject, Visibility], by_credential: dict[str, Visibility]
) -> None:
    found = views(PROFILE, ledger(by_field, by_credential), NOW)
    only = Visibility.RECRUITERS in (*by_field.values(), *by_credential.values())
    assert all(one.more == only for one in found.values())
    public, full = found.get(Audience.PUBLIC), found.get(Audience.RECRUITERS)
    if public is not None:
        assert full is not None
        assert {*public.credentials} <= {*full.credentials}
        for field in FIELDS:
            assert getattr(public.details, field) in (getattr(Details(), field), getattr(full.details, field))


def test_every_field_of_the_details_is_consented_to() -> None:
    """Otherwise a new field would be public, or never shown."""
    assert {each.name for each in fields(Details)} == set(FIELDS)


def test_nothing_of_the_mailbox_is_published() -> None:
    found = publish(PROFILE, ledger(dict.fromkeys(FIELDS, Visibility.EVERYONE), {}), Audience.PUBLIC, NOW)
    assert PROFILE.mailbox not in repr(found)


def test_a_profile_ends_at_its_expiry() -> None:
    ends = NOW + timedelta(days=30)
    decisions = consent.choose(Subject.PROFILE, Visibility.EVERYONE, ends)
    decisions += consent.choose(Subject.NAME, Visibility.EVERYONE)
    entries = [ConsentEntry(1, NOW, 1, decisions)]
    found = publish(PROFILE, entries, Audience.PUBLIC, NOW)
    assert found is not None
    assert found.is_current(ends - timedelta(seconds=1))
    assert not found.is_current(ends)
    assert publish(PROFILE, entries, Audience.PUBLIC, ends) is None


def test_publishing_for_longer_does_not_make_a_profile_new() -> None:
    """Otherwise a holder could stay first in the order by recency by saving the form every day."""
    name = consent.choose(Subject.NAME, Visibility.EVERYONE)
    on, off = (consent.choose(Subject.PROFILE, one) for one in (Visibility.EVERYONE, Visibility.NOBODY))
    longer = consent.choose(Subject.PROFILE, Visibility.EVERYONE, NOW + timedelta(days=90))
    entries = [
        ConsentEntry(number, NOW + timedelta(days=number), 1, decisions)
        for number, decisions in enumerate(((*on, *name), longer, off, on), 1)
    ]
    since = [consent.shown_since(entries[:count]) for count in range(5)]
    assert since == [None, entries[0].at, entries[0].at, None, entries[3].at]
    found = publish(PROFILE, entries[:2], Audience.PUBLIC, NOW)
    assert found is not None
    assert found.since == entries[0].at
