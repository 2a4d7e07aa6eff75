"""Browser sessions of signed-in people.

The cookie is a signed token (JWT, HS256), so that a forged one costs no read. The stored session can be ended at any
time. Every request checks both.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from chalicelib.access import secrets, signing_keys
from chalicelib.access.access_context import AccessContext
from chalicelib.access.caller import Person
from chalicelib.access.models import Session
from chalicelib.errors import Unauthenticated

LIFETIME = signing_keys.GRACE
"""A working day, so that a person who signs in in the morning stays signed in until the evening."""
IDLE_TIMEOUT = timedelta(hours=1)
"""Idle timeout: someone else may be at a screen that has been idle this long."""
COOKIE_LIFETIME = LIFETIME + timedelta(hours=12)
"""How long a browser keeps the cookie. Once its session has ended, it opens nothing; it only shows that a form is from
a browser that was signed in (`was_signed_in`)."""
LAST_SEEN_INTERVAL = timedelta(minutes=5)
"""Precision of the last use of a session: at most one write per interval, not one per request."""
MAX_COOKIE = 1024
"""Maximum characters; cookies have about 350, and the longest address adds 300."""

_SHAPE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
"""The library would also accept padding."""
_PURPOSE = "session"
_ALGORITHM = "HS256"
# The library's checks of dates use its own clock, so dates are compared here with the context's.
_OPTIONS: Any = {"require": ["sub", "sid", "exp", "iat", "aud"], "verify_exp": False, "verify_iat": False}


def sign_in(access_context: AccessContext, email: str) -> tuple[Session, str]:
    """Start a session for the person with this (normalized) email address, which has been verified; return it and its
    cookie.

    The session is always new, so that a cookie the browser already had gains no rights.
    """
    import jwt  # imported late: it takes 25 ms, and calls with an API key do not need it

    now = access_context.now()
    session = Session(
        id=secrets.new_secret(access_context.entropy, secrets.SESSION_BYTES),
        email=email,
        csrf=secrets.new_secret(access_context.entropy, secrets.SESSION_BYTES),
        created=now,
        seen=now,
        expires=now + LIFETIME,
    )
    kid, key = signing_keys.current(access_context)
    claims = {"sub": email, "sid": session.id, "iat": now, "exp": session.expires, "aud": _PURPOSE}
    cookie = jwt.encode(claims, signing_keys.derived(key, _PURPOSE), algorithm=_ALGORITHM, headers={"kid": kid})
    access_context.session_store.add_session(session)
    return session, cookie


def person(access_context: AccessContext, cookie: str) -> Person:
    """The person signed in with ``cookie``. Raises `Unauthenticated`."""
    email, session_id = _read(access_context, cookie)
    session = access_context.session_store.session(email, session_id)
    now = access_context.now()
    if session is None or now >= session.expires or now - session.seen >= IDLE_TIMEOUT:
        raise _not_signed_in()
    if now - session.seen >= LAST_SEEN_INTERVAL:
        access_context.session_store.mark_used(session, now)
    return Person(email, email in access_context.operators, session.id, session.csrf)


def was_signed_in(access_context: AccessContext, cookie: str) -> bool:
    """Whether ``cookie`` belongs to a session, current or ended, whose day's secret still exists. It proves nothing
    else."""
    try:
        _claims(access_context, cookie)
    except Unauthenticated:
        return False
    return True


def sign_out(access_context: AccessContext, who: Person) -> None:
    """End one session, including any copies of its cookie."""
    access_context.session_store.end_session(who.email, who.session_id)


def sign_out_everywhere(access_context: AccessContext, email: str) -> int:
    """End all sessions of a person; return how many there were."""
    return access_context.session_store.end_sessions(email)


def _read(access_context: AccessContext, cookie: str) -> tuple[str, str]:
    email, session_id, expires = _claims(access_context, cookie)
    if access_context.now().timestamp() >= expires:
        raise _not_signed_in()
    return email, session_id


def _claims(access_context: AccessContext, cookie: str) -> tuple[str, str, float]:
    """The email address, the session id and the end in a cookie that Laurel signed. Raises `Unauthenticated`."""
    import jwt  # imported late, as above

    if len(cookie) > MAX_COOKIE or not _SHAPE.fullmatch(cookie):
        raise _not_signed_in()
    try:
        key = signing_keys.key_by_id(access_context, jwt.get_unverified_header(cookie).get("kid"))
        if key is None:
            raise _not_signed_in()
        signer = signing_keys.derived(key, _PURPOSE)
        claims = jwt.decode(cookie, signer, algorithms=[_ALGORITHM], audience=_PURPOSE, options=_OPTIONS)
    except (jwt.InvalidTokenError, ValueError) as error:
        raise _not_signed_in() from error
    email, session_id, expires = claims["sub"], claims["sid"], claims["exp"]
    if not isinstance(email, str) or not isinstance(session_id, str) or not isinstance(expires, int | float):
        raise _not_signed_in()
    return email, session_id, expires


def _not_signed_in() -> Unauthenticated:
    return Unauthenticated("You are not signed in.")
