"""Tokens of referrals, and the sign-ups that they credit."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import Kind
from chalicelib.analytics.recorder import Recorder
from chalicelib.catalogue import conversion
from chalicelib.catalogue.conversion import Conversions, ReferredClick
from chalicelib.errors import Refused
from tests import fakes

KEY, NONCE = b"k" * conversion.KEY_BYTES, b"n" * conversion.NONCE_BYTES
MONTH = date(2026, 11, 1)
CLICKED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CLICK = ReferredClick("01KAHZ0000000000000000000A", CLICKED, "welding", "c" * 26, Channel.LINKEDIN_POST, "CH")


def sealed(click: ReferredClick = CLICK, issuer_id: str = "north") -> str:
    return conversion.seal(click, issuer_id, MONTH, KEY, NONCE)


def context(at: datetime) -> tuple[Conversions, fakes.EventStore]:
    store, events = fakes.CatalogueStore(fakes.IssuerStore()), fakes.EventStore()
    store.conversion_keys[MONTH] = KEY
    return Conversions(store, Recorder(events, fakes.Fallback()), lambda: at), events


@pytest.mark.parametrize(
    "click",
    [CLICK, replace(CLICK, credential_id=None), replace(CLICK, channel=None, country=None)],
    ids=["all", "no-credential", "no-channel"],
)
def test_a_token_is_read_as_it_was_made(click: ReferredClick) -> None:
    assert conversion.unseal(sealed(click), "north", KEY) == click


def test_the_longest_token_is_accepted() -> None:
    click = replace(CLICK, achievement_id="6f2c5d0e-8a3b-4c1d-9e2f-0a1b2c3d4e5f", channel=max(Channel, key=len))
    assert len(sealed(click, "n" * 64)) <= conversion.MAX_TOKEN
    assert conversion.unseal(sealed(click, "n" * 64), "n" * 64, KEY) == click


def test_a_token_says_nothing_to_the_enrolment_page() -> None:
    _, _, text = sealed().partition(".")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert not any(part in raw for part in (CLICK.event_id.encode(), b"welding", b"cccc", b"linkedin"))


def test_a_token_is_no_use_to_another_issuer_or_month_or_when_changed() -> None:
    token = sealed()
    assert conversion.unseal(token, "south", KEY) is None
    assert conversion.unseal(token.replace("202611", "202610"), "north", KEY) is None
    assert conversion.unseal(token, "north", b"x" * 32) is None
    flipped = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert conversion.unseal(flipped, "north", KEY) is None


@pytest.mark.parametrize(
    "token", ["", "x", "202611.", "202613." + "a" * 60, "202611." + "a" * 60, "202611." + "é" * 60]
)
def test_anything_else_is_not_a_referral(token: str) -> None:
    conversions, events = context(CLICKED)
    with pytest.raises(Refused) as refused:
        conversion.credit(conversions, "north", token)
    assert refused.value.code == "not_a_referral"
    assert events.events == {}


def test_a_sign_up_counts_once_however_often_it_is_reported() -> None:
    conversions, events = context(CLICKED + timedelta(days=3))
    first = conversion.credit(conversions, "north", sealed())
    later = replace(conversions, clock=lambda: CLICKED + timedelta(days=9))
    second = conversion.credit(later, "north", sealed())
    assert (first.repeated, second.repeated) == (False, True)
    assert (first.event_id, first.at) == (second.event_id, second.at)
    (event,) = events.events.values()
    assert (event.kind, event.issuer_id, event.achievement_id) == (Kind.CONVERSION, "north", "welding")
    assert (event.channel, event.country, event.at) == (Channel.LINKEDIN_POST, "CH", CLICKED + timedelta(days=3))


def test_a_click_that_is_reported_with_two_tokens_counts_once() -> None:
    conversions, events = context(CLICKED)
    conversion.credit(conversions, "north", sealed())
    conversion.credit(conversions, "north", conversion.seal(CLICK, "north", MONTH, KEY, b"m" * 12))
    assert len(events.events) == 1


def test_a_sign_up_names_no_credential_that_was_erased_since_the_click() -> None:
    conversions, events = context(CLICKED)
    found = conversion.credit(conversions, "north", sealed())
    assert found.referral.credential_id is None
    assert [event.credential_id for event in events.events.values()] == [None]


@pytest.mark.parametrize("days", [91, 200], ids=["window", "key"])
def test_an_old_referral_is_refused(days: int) -> None:
    conversions, _ = context(CLICKED + timedelta(days=days))
    with pytest.raises(Refused) as refused:
        conversion.credit(conversions, "north", sealed())
    assert refused.value.code == "referral_expired"


def test_the_key_of_a_month_outlives_its_last_token() -> None:
    assert conversion.key_expires(MONTH) == datetime(2026, 12, 1, tzinfo=UTC) + conversion.WINDOW
    assert conversion.key_expires(date(2026, 12, 1)) == datetime(2027, 1, 1, tzinfo=UTC) + conversion.WINDOW
