"""The ledger of consents: its fold, against a simple model, for any history."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.directory.profiles import consent
from chalicelib.directory.profiles.consent import (
    FIELDS,
    RECORDED,
    TEXTS,
    WIDER,
    Audience,
    ConsentEntry,
    Decision,
    Subject,
    Visibility,
)

START = datetime(2026, 11, 1, tzinfo=UTC)
CREDENTIAL = consent.credential_subject("c" * 26)
SUBJECTS = [*Subject, CREDENTIAL]


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    subject, granted = draw(st.sampled_from(SUBJECTS)), draw(st.booleans())
    days = draw(st.none() | st.integers(1, 40)) if subject is Subject.PROFILE and granted else None
    ends = None if days is None else START + timedelta(days=days)
    return Decision(subject, draw(st.sampled_from(Audience)), granted, ends)


@st.composite
def ledgers(draw: st.DrawFn) -> list[ConsentEntry]:
    sets = draw(st.lists(st.lists(decisions(), max_size=6), max_size=12))
    return [ConsentEntry(n, START + timedelta(days=n), 1, tuple(each)) for n, each in enumerate(sets, 1)]


@given(ledgers(), st.sampled_from(SUBJECTS), st.sampled_from(Audience), st.integers(0, 50))
def test_what_is_allowed_follows_from_the_latest_decisions_alone(
    entries: list[ConsentEntry], subject: str, audience: Audience, day: int
) -> None:
    now = START + timedelta(days=day)

    def latest(wanted: str) -> list[Decision]:
        of = {one.audience: one for entry in entries for one in entry.decisions if one.subject == wanted}
        return [one for each, one in of.items() if each in WIDER[audience] and one.granted]

    whole = any(one.expires_at is None or now < one.expires_at for one in latest(Subject.PROFILE))
    expected = whole and bool(latest(subject))
    assert consent.allows(consent.grants_of(entries), subject, audience, now) == expected


@given(ledgers(), st.randoms())
def test_the_fold_does_not_depend_on_the_order_in_which_entries_are_read(
    entries: list[ConsentEntry], random: st.DataObject
) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert consent.grants_of(shuffled) == consent.grants_of(entries)


@given(ledgers(), st.integers(0, 50))
def test_a_withdrawal_leaves_nothing_to_any_audience_whatever_came_before(
    entries: list[ConsentEntry], day: int
) -> None:
    taken_back = consent.withdrawal(consent.grants_of(entries))
    after = consent.grants_of([*entries, ConsentEntry(len(entries) + 1, START, 1, taken_back)])
    assert after == {}
    now = START + timedelta(days=day)
    assert not any(consent.allows(after, subject, each, now) for subject in SUBJECTS for each in Audience)


@given(ledgers(), st.lists(decisions(), max_size=8))
def test_recording_only_the_changes_has_the_effect_of_recording_everything(
    entries: list[ConsentEntry], wanted: list[Decision]
) -> None:
    unique = list({(one.subject, one.audience): one for one in wanted}.values())
    grants = consent.grants_of(entries)
    number = len(entries) + 1
    whole = consent.grants_of([*entries, ConsentEntry(number, START, 1, tuple(unique))])
    changed = consent.changes(grants, unique)
    assert consent.grants_of([*entries, ConsentEntry(number, START, 1, changed)]) == whole
    assert consent.changes(whole, unique) == ()


@given(ledgers(), st.sampled_from(SUBJECTS), st.sampled_from(Visibility))
def test_a_choice_records_the_consent_that_was_given_and_no_other(
    entries: list[ConsentEntry], subject: str, chosen: Visibility
) -> None:
    taken = ConsentEntry(len(entries) + 1, START, 1, consent.choose(subject, chosen))
    grants = consent.grants_of([*entries, taken])
    assert [each for each in Audience if (subject, each) in grants] == [one for one in (RECORDED[chosen],) if one]
    assert consent.visibility(grants, subject) is chosen


def test_without_an_entry_nothing_is_allowed() -> None:
    assert not any(consent.allows({}, subject, each, START) for subject in (*FIELDS, CREDENTIAL) for each in Audience)


def test_a_field_alone_is_not_shown_without_the_profile() -> None:
    entry = ConsentEntry(1, START, 1, consent.choose(Subject.NAME, Visibility.EVERYONE))
    assert not consent.allows(consent.grants_of([entry]), Subject.NAME, Audience.PUBLIC, START)


def test_only_the_whole_profile_has_an_end() -> None:
    with pytest.raises(ValueError, match="only the consent to the whole profile expires"):
        Decision(Subject.NAME, Audience.PUBLIC, granted=True, expires_at=START)


def test_a_published_text_never_changes() -> None:
    """Entries name the version that the holder saw, so a new text needs a new version."""
    assert sorted(TEXTS) == list(range(1, consent.TEXT_VERSION + 1))

    assert hashlib.sha256(TEXTS[1].encode()).hexdigest()[:16] == "9ce7041e46eb1a36"
    assert hashlib.sha256(TEXTS[2].encode()).hexdigest()[:16] == "962ea5244a5a2752"
