"""Sessions: a browser in which somebody is signed in.

The cookie is a signed token (JWT, HS256), so that an invented one costs no read; the session's item in storage is
what can be ended at any moment, so both are asked at every request.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import jwt

from chalicelib.access import secrets, signing_keys
from chalicelib.access.access_context import AccessContext
from chalicelib.access.caller import Person
from chalicelib.access.models import Session
from chalicelib.errors import Unauthenticated

LIFE = signing_keys.GRACE
"""A working day: whoever signs in in the morning is not thrown out before the evening."""
IDLE = timedelta(hours=1)
"""A screen that nobody has touched for so long may be somebody else's by now."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is kept when a session was last used: one write in so long, not one a request."""
MAX_COOKIE = 1024
"""Characters; ours have about 350, and the longest address adds 300."""

_SHAPE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
"""The library would take padding, too."""
_PURPOSE = "session"
_ALGORITHM = "HS256"
# Dates are compared with the clock that all else goes by, not with the library's own.
_OPTIONS: Any = {"require": ["sub", "sid", "exp", "iat", "aud"], "verify_exp": False, "verify_iat": False}


def sign_in(access_context: AccessContext, email: str) -> tuple[Session, str]:
    """A new session for the person with that (normal) address, who has been proven to be there; and its cookie.

    Always a new one: what a browser brought along before is never made more powerful.
    """
    now = access_context.now()
    session = Session(
        id=secrets.fresh(access_context.entropy, secrets.SESSION_BYTES),
        email=email,
        csrf=secrets.fresh(access_context.entropy, secrets.SESSION_BYTES),
        created=now,
        seen=now,
        expires=now + LIFE,
    )
    kid, key = signing_keys.current(access_context)
    claims = {"sub": email, "sid": session.id, "iat": now, "exp": session.expires, "aud": _PURPOSE}
    cookie = jwt.encode(claims, signing_keys.derived(key, _PURPOSE), algorithm=_ALGORITHM, headers={"kid": kid})
    access_context.session_store.add_session(session)
    return session, cookie


def person(access_context: AccessContext, cookie: str) -> Person:
    """Who is signed in with ``cookie``. Raises `Unauthenticated`."""
    email, session_id = _read(access_context, cookie)
    session = access_context.session_store.session(email, session_id)
    now = access_context.now()
    if session is None or now >= session.expires or now - session.seen >= IDLE:
        raise _ended()
    if now - session.seen >= SEEN_EVERY:
        access_context.session_store.seen(session, now)
    return Person(email, email in access_context.operators, session.id, session.csrf)


def sign_out(access_context: AccessContext, who: Person) -> None:
    """End one session, wherever its cookie may have got to."""
    access_context.session_store.end_session(who.email, who.session_id)


def sign_out_everywhere(access_context: AccessContext, email: str) -> int:
    """End all sessions of a person; how many there were."""
    return access_context.session_store.end_sessions(email)


def _read(access_context: AccessContext, cookie: str) -> tuple[str, str]:
    if len(cookie) > MAX_COOKIE or not _SHAPE.fullmatch(cookie):
        raise _ended()
    try:
        key = signing_keys.named(access_context, jwt.get_unverified_header(cookie).get("kid"))
        if key is None:
            raise _ended()
        signer = signing_keys.derived(key, _PURPOSE)
        claims = jwt.decode(cookie, signer, algorithms=[_ALGORITHM], audience=_PURPOSE, options=_OPTIONS)
    except (jwt.InvalidTokenError, ValueError) as error:
        raise _ended() from error
    email, session_id = claims["sub"], claims["sid"]
    if (
        not isinstance(email, str)
        or not isinstance(session_id, str)
        or access_context.now().timestamp() >= claims["exp"]
    ):
        raise _ended()
    return email, session_id


def _ended() -> Unauthenticated:
    return Unauthenticated("You are not signed in.")
