"""Sessions: signed, short, revocable."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import jwt
import pytest

from chalicelib.access import sessions, signing_keys
from chalicelib.access.sessions import IDLE_TIMEOUT, LIFETIME
from chalicelib.errors import Unauthenticated
from tests.access.fakes import NOW, AccessFixture

EMAIL = "ada@example.org"


def refused(access: AccessFixture, cookie: str) -> bool:
    with pytest.raises(Unauthenticated):
        sessions.person(access.access_context, cookie)
    return True


def claims(cookie: str) -> dict:
    return jwt.decode(cookie, options={"verify_signature": False})


def test_session_identifies_its_user(access: AccessFixture) -> None:
    session, cookie = sessions.sign_in(access.access_context, EMAIL)
    person = sessions.person(access.access_context, cookie)
    assert (person.email, person.operator, person.session_id, person.csrf) == (EMAIL, False, session.id, session.csrf)


def test_operators_come_from_the_settings(access: AccessFixture) -> None:
    _, cookie = sessions.sign_in(access.access_context, "op@laurel.example")
    assert sessions.person(access.access_context, cookie).operator


def test_each_session_has_its_own_secrets(access: AccessFixture) -> None:
    (first, one), (second, other) = (sessions.sign_in(access.access_context, EMAIL) for _ in range(2))
    assert first.id != second.id
    assert first.csrf != second.csrf
    assert one != other
    assert len(first.id) * 5 >= 128
    assert len(first.csrf) * 5 >= 128


def test_active_session_expires_at_its_maximum_age(access: AccessFixture) -> None:
    _, cookie = sessions.sign_in(access.access_context, EMAIL)
    time = NOW
    while time + timedelta(minutes=50) < NOW + LIFETIME:
        time += timedelta(minutes=50)
        access.now = time
        sessions.person(access.access_context, cookie)
    access.now = NOW + LIFETIME - timedelta(seconds=1)
    sessions.person(access.access_context, cookie)
    access.now = NOW + LIFETIME
    assert refused(access, cookie)


def test_idle_session_expires_after_an_hour(access: AccessFixture) -> None:
    _, cookie = sessions.sign_in(access.access_context, EMAIL)
    access.now = NOW + IDLE_TIMEOUT - timedelta(seconds=1)
    sessions.person(access.access_context, cookie)
    access.now += IDLE_TIMEOUT
    assert refused(access, cookie)


def test_last_use_is_recorded_every_five_minutes(access: AccessFixture) -> None:
    session, cookie = sessions.sign_in(access.access_context, EMAIL)
    for minutes, recorded in ((4, 0), (5, 5), (9, 5), (10, 10)):
        access.now = NOW + timedelta(minutes=minutes)
        sessions.person(access.access_context, cookie)
        assert access.session_store.sessions[EMAIL, session.id].seen == NOW + timedelta(minutes=recorded)


def test_sign_out_ends_only_that_session(access: AccessFixture) -> None:
    _, one = sessions.sign_in(access.access_context, EMAIL)
    _, other = sessions.sign_in(access.access_context, EMAIL)
    sessions.sign_out(access.access_context, sessions.person(access.access_context, one))
    assert refused(access, one)
    assert sessions.person(access.access_context, other)


def test_sign_out_everywhere_ends_all_sessions_of_that_user(access: AccessFixture) -> None:
    cookies = [sessions.sign_in(access.access_context, EMAIL)[1] for _ in range(3)]
    _, other_user = sessions.sign_in(access.access_context, "bo@example.org")
    assert sessions.sign_out_everywhere(access.access_context, EMAIL) == 3
    assert all(refused(access, cookie) for cookie in cookies)
    assert sessions.person(access.access_context, other_user)


def test_recording_use_does_not_restore_an_ended_session(access: AccessFixture) -> None:
    session, cookie = sessions.sign_in(access.access_context, EMAIL)
    access.now = NOW + timedelta(minutes=30)
    ended = access.session_store.sessions.pop((EMAIL, session.id))
    access.session_store.mark_used(ended, access.now)
    assert refused(access, cookie)


def parts(cookie: str) -> list[str]:
    return cookie.split(".")


def b64(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_tampered_cookie_is_refused(access: AccessFixture) -> None:
    _, cookie = sessions.sign_in(access.access_context, EMAIL)
    head, body, signature = parts(cookie)
    changed = b64({**claims(cookie), "sub": "op@laurel.example"})
    for tampered in (
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
        assert refused(access, tampered)


@pytest.mark.parametrize("algorithm", ["none", "None", "HS512", "RS256"])
def test_other_signature_algorithms_are_refused(access: AccessFixture, algorithm: str) -> None:
    _, cookie = sessions.sign_in(access.access_context, EMAIL)
    _, body, signature = parts(cookie)
    kid = jwt.get_unverified_header(cookie)["kid"]
    for end in ("", signature):
        assert refused(access, f"{b64({'alg': algorithm, 'typ': 'JWT', 'kid': kid})}.{body}.{end}")


def test_signature_by_another_key_is_refused(access: AccessFixture) -> None:
    _, cookie = sessions.sign_in(access.access_context, EMAIL)
    kid, day_secret = signing_keys.current(access.access_context)
    for key in (bytes(32), day_secret, signing_keys.derived(day_secret, "count")):
        assert refused(access, jwt.encode(claims(cookie), key, "HS256", {"kid": kid}))


@pytest.mark.parametrize(
    "kid", [None, 7, "", "x", "2026-11-23", "2026-02-30", "../2026-11-22", "2026-11-22\n", "9999-99-99"]
)
def test_key_other_than_todays_or_yesterdays_is_refused(access: AccessFixture, kid: object) -> None:
    _, cookie = sessions.sign_in(access.access_context, EMAIL)
    head = {"alg": "HS256", "typ": "JWT"} | ({} if kid is None else {"kid": kid})
    _, body, signature = parts(cookie)
    assert refused(access, f"{b64(head)}.{body}.{signature}")


@pytest.mark.parametrize("missing", ["sub", "sid", "exp", "iat", "aud"])
def test_cookie_without_a_required_claim_is_refused(access: AccessFixture, missing: str) -> None:
    _, cookie = sessions.sign_in(access.access_context, EMAIL)
    kid, day_secret = signing_keys.current(access.access_context)
    payload = {name: value for name, value in claims(cookie).items() if name != missing}
    assert refused(access, jwt.encode(payload, signing_keys.derived(day_secret, "session"), "HS256", {"kid": kid}))


def test_cookie_for_another_audience_is_refused(access: AccessFixture) -> None:
    _, cookie = sessions.sign_in(access.access_context, EMAIL)
    kid, day_secret = signing_keys.current(access.access_context)
    payload = {**claims(cookie), "aud": "oidc"}
    assert refused(access, jwt.encode(payload, signing_keys.derived(day_secret, "session"), "HS256", {"kid": kid}))


def test_keys_rotate_daily_and_old_keys_expire(access: AccessFixture) -> None:
    access.now = NOW.replace(hour=23, minute=59)
    _, cookie = sessions.sign_in(access.access_context, EMAIL)
    kid, old = signing_keys.current(access.access_context)
    access.now += timedelta(minutes=2)
    _, later = sessions.sign_in(access.access_context, EMAIL)
    assert jwt.get_unverified_header(later)["kid"] != kid
    assert sessions.person(access.access_context, cookie)
    assert signing_keys.key_by_id(access.access_context, kid) == old
    access.now = NOW.replace(hour=12) + timedelta(days=1)
    assert kid in access.session_store.keys, "the store has not deleted it yet"
    assert signing_keys.key_by_id(access.access_context, kid) is None


def test_expired_keys_are_destroyed(access: AccessFixture) -> None:
    for days in range(4):
        access.now = NOW + timedelta(days=days)
        signing_keys.current(access.access_context)
    access.now = NOW.replace(hour=0, minute=5) + timedelta(days=4)
    assert signing_keys.forget(access.access_context) == 3
    assert list(access.session_store.keys) == ["2026-11-25"], "yesterday's still has sessions"
    assert signing_keys.forget(access.access_context) == 0


def test_key_of_the_day_is_created_once(access: AccessFixture) -> None:
    assert signing_keys.current(access.access_context) == signing_keys.current(access.access_context)
    assert len(access.session_store.keys) == 1
