"""Sessions: signed, short, revocable."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import jwt
import pytest

from chalicelib.access import sessions, signing_keys
from chalicelib.access.sessions import IDLE, LIFE
from chalicelib.errors import Unauthenticated
from tests.access.fakes import NOW, AccessFixture

EMAIL = "ada@example.org"


def refused(around: AccessFixture, cookie: str) -> bool:
    with pytest.raises(Unauthenticated):
        sessions.person(around.access_context, cookie)
    return True


def claims(cookie: str) -> dict:
    return jwt.decode(cookie, options={"verify_signature": False})


def test_a_session_says_who_is_there(around: AccessFixture) -> None:
    session, cookie = sessions.sign_in(around.access_context, EMAIL)
    person = sessions.person(around.access_context, cookie)
    assert (person.email, person.operator, person.session_id, person.csrf) == (EMAIL, False, session.id, session.csrf)


def test_an_operator_is_known_by_the_settings(around: AccessFixture) -> None:
    _, cookie = sessions.sign_in(around.access_context, "op@laurel.example")
    assert sessions.person(around.access_context, cookie).operator


def test_each_session_is_new(around: AccessFixture) -> None:
    (first, one), (second, other) = (sessions.sign_in(around.access_context, EMAIL) for _ in range(2))
    assert first.id != second.id
    assert first.csrf != second.csrf
    assert one != other
    assert len(first.id) * 5 >= 128
    assert len(first.csrf) * 5 >= 128


def test_a_session_ends_with_the_day_however_busy_it_is(around: AccessFixture) -> None:
    _, cookie = sessions.sign_in(around.access_context, EMAIL)
    moment = NOW
    while moment + timedelta(minutes=50) < NOW + LIFE:
        moment += timedelta(minutes=50)
        around.now = moment
        sessions.person(around.access_context, cookie)
    around.now = NOW + LIFE - timedelta(seconds=1)
    sessions.person(around.access_context, cookie)
    around.now = NOW + LIFE
    assert refused(around, cookie)


def test_a_session_that_nobody_uses_ends_after_an_hour(around: AccessFixture) -> None:
    _, cookie = sessions.sign_in(around.access_context, EMAIL)
    around.now = NOW + IDLE - timedelta(seconds=1)
    sessions.person(around.access_context, cookie)
    around.now += IDLE
    assert refused(around, cookie)


def test_its_use_is_noted_every_five_minutes(around: AccessFixture) -> None:
    session, cookie = sessions.sign_in(around.access_context, EMAIL)
    for minutes, noted in ((4, 0), (5, 5), (9, 5), (10, 10)):
        around.now = NOW + timedelta(minutes=minutes)
        sessions.person(around.access_context, cookie)
        assert around.session_store.sessions[EMAIL, session.id].seen == NOW + timedelta(minutes=noted)


def test_who_signs_out_is_out_and_others_stay(around: AccessFixture) -> None:
    _, one = sessions.sign_in(around.access_context, EMAIL)
    _, other = sessions.sign_in(around.access_context, EMAIL)
    sessions.sign_out(around.access_context, sessions.person(around.access_context, one))
    assert refused(around, one)
    assert sessions.person(around.access_context, other)


def test_who_signs_out_everywhere_is_out_everywhere(around: AccessFixture) -> None:
    cookies = [sessions.sign_in(around.access_context, EMAIL)[1] for _ in range(3)]
    _, stranger = sessions.sign_in(around.access_context, "bo@example.org")
    assert sessions.sign_out_everywhere(around.access_context, EMAIL) == 3
    assert all(refused(around, cookie) for cookie in cookies)
    assert sessions.person(around.access_context, other_user)


def test_use_does_not_bring_back_what_was_ended_meanwhile(around: AccessFixture) -> None:
    session, cookie = sessions.sign_in(around.access_context, EMAIL)
    around.now = NOW + timedelta(minutes=30)
    held = around.session_store.sessions.pop((EMAIL, session.id))
    around.session_store.seen(held, around.now)
    assert refused(around, cookie)


def parts(cookie: str) -> list[str]:
    return cookie.split(".")


def b64(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_changed_cookie_is_none(around: AccessFixture) -> None:
    _, cookie = sessions.sign_in(around.access_context, EMAIL)
    head, body, signature = parts(cookie)
    changed = b64({**claims(cookie), "sub": "op@laurel.example"})
    for spoilt in (
        f"{head}.{changed}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-2]}AA",
        f"{head}.{body}",
        "",
        "a.b.c",
        cookie + "=",
        "é" * 20,
        cookie + "A" * sessions.MAX_COOKIE,
    ):
        assert refused(around, spoilt)


@pytest.mark.parametrize("algorithm", ["none", "None", "HS512", "RS256"])
def test_only_the_one_algorithm_counts(around: AccessFixture, algorithm: str) -> None:
    _, cookie = sessions.sign_in(around.access_context, EMAIL)
    _, body, signature = parts(cookie)
    kid = jwt.get_unverified_header(cookie)["kid"]
    for end in ("", signature):
        assert refused(around, f"{b64({'alg': algorithm, 'typ': 'JWT', 'kid': kid})}.{body}.{end}")


def test_another_key_of_the_same_strength_signs_nothing(around: AccessFixture) -> None:
    _, cookie = sessions.sign_in(around.access_context, EMAIL)
    kid, day_secret = signing_keys.current(around.access_context)
    for key in (bytes(32), day_secret, signing_keys.derived(day_secret, "count")):
        assert refused(around, jwt.encode(claims(cookie), key, "HS256", {"kid": kid}))


@pytest.mark.parametrize(
    "kid", [None, 7, "", "x", "2026-11-23", "2026-02-30", "../2026-11-22", "2026-11-22\n", "9999-99-99"]
)
def test_a_key_that_is_not_todays_or_yesterdays_is_none(around: AccessFixture, kid: object) -> None:
    _, cookie = sessions.sign_in(around.access_context, EMAIL)
    head = {"alg": "HS256", "typ": "JWT"} | ({} if kid is None else {"kid": kid})
    _, body, signature = parts(cookie)
    assert refused(around, f"{b64(head)}.{body}.{signature}")


@pytest.mark.parametrize("missing", ["sub", "sid", "exp", "iat", "aud"])
def test_a_cookie_that_leaves_something_out_is_none(around: AccessFixture, missing: str) -> None:
    _, cookie = sessions.sign_in(around.access_context, EMAIL)
    kid, day_secret = signing_keys.current(around.access_context)
    said = {name: value for name, value in claims(cookie).items() if name != missing}
    assert refused(around, jwt.encode(said, signing_keys.derived(day_secret, "session"), "HS256", {"kid": kid}))


def test_a_cookie_for_something_else_is_none(around: AccessFixture) -> None:
    _, cookie = sessions.sign_in(around.access_context, EMAIL)
    kid, day_secret = signing_keys.current(around.access_context)
    said = {**claims(cookie), "aud": "oidc"}
    assert refused(around, jwt.encode(said, signing_keys.derived(day_secret, "session"), "HS256", {"kid": kid}))


def test_keys_change_every_day_and_the_old_ones_die(around: AccessFixture) -> None:
    around.now = NOW.replace(hour=23, minute=59)
    _, cookie = sessions.sign_in(around.access_context, EMAIL)
    kid, old = signing_keys.current(around.access_context)
    around.now += timedelta(minutes=2)
    _, later = sessions.sign_in(around.access_context, EMAIL)
    assert jwt.get_unverified_header(later)["kid"] != kid
    assert sessions.person(around.access_context, cookie)
    assert signing_keys.named(around.access_context, kid) == old
    around.now = NOW.replace(hour=12) + timedelta(days=1)
    assert kid in around.session_store.keys, "storage has not got round to deleting it"
    assert signing_keys.named(around.access_context, kid) is None


def test_secrets_whose_time_is_over_are_destroyed(around: AccessFixture) -> None:
    for days in range(4):
        around.now = NOW + timedelta(days=days)
        signing_keys.current(around.access_context)
    around.now = NOW.replace(hour=0, minute=5) + timedelta(days=4)
    assert signing_keys.forget(around.access_context) == 3
    assert list(around.session_store.keys) == ["2026-11-25"], "yesterday's still has sessions"
    assert signing_keys.forget(around.access_context) == 0


def test_all_who_need_a_days_key_at_once_get_the_same(around: AccessFixture) -> None:
    assert signing_keys.current(around.access_context) == signing_keys.current(around.access_context)
    assert len(around.session_store.keys) == 1
