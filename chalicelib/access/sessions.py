"""Sessions: a browser in which somebody is signed in.

The cookie is a signed token (JWT, HS256), so that an invented one costs no read; the session's item in storage is
what can be ended at any moment, so both are asked at every request.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import jwt

from chalicelib.access import secret
from chalicelib.access.caller import Person
from chalicelib.access.gate import Gate
from chalicelib.access.nouns import Session
from chalicelib.errors import Unauthenticated

LIFE = timedelta(hours=12)
"""A working day: whoever signs in in the morning is not thrown out before the evening."""
IDLE = timedelta(hours=1)
"""A screen that nobody has touched for so long may be somebody else's by now."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is kept when a session was last used: one write in so long, not one a request."""
MAX_COOKIE = 1024
"""Characters; ours have about 350."""

_KID = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_KEY_LIFE = timedelta(days=1) + LIFE
"""A key signs for the day that it is named for, and the last session of that day outlives it."""
_CLAIMS = ["sub", "sid", "exp", "iat", "aud"]
_AUDIENCE = "session"
_ALGORITHM = "HS256"


def sign_in(gate: Gate, email: str) -> tuple[Session, str]:
    """A new session for the person with that (normal) address, who has been proven to be there; and its cookie.

    Always a new one: what a browser brought along before is never made more powerful.
    """
    now = gate.now()
    session = Session(
        id=secret.fresh(gate.entropy, 20),
        email=email,
        csrf=secret.fresh(gate.entropy, 20),
        created=now,
        seen=now,
        expires=now + LIFE,
    )
    kid, key = _signing_key(gate, now)
    claims = {"sub": email, "sid": session.id, "iat": now, "exp": session.expires, "aud": _AUDIENCE}
    cookie = jwt.encode(claims, key, algorithm=_ALGORITHM, headers={"kid": kid})
    gate.passes.add_session(session)
    return session, cookie


def person(gate: Gate, cookie: str) -> Person:
    """Who is signed in with ``cookie``. Raises `Unauthenticated`."""
    email, session_id = _read(gate, cookie)
    session = gate.passes.session(email, session_id)
    now = gate.now()
    if session is None or now >= session.expires or now - session.seen >= IDLE:
        raise _ended()
    if now - session.seen >= SEEN_EVERY:
        gate.passes.seen(session, now)
    return Person(email, email in gate.operators, session.id, session.csrf)


def sign_out(gate: Gate, email: str, session_id: str) -> None:
    """End one session, wherever its cookie may have got to."""
    gate.passes.end_session(email, session_id)


def sign_out_everywhere(gate: Gate, email: str) -> int:
    """End all sessions of a person; how many there were."""
    return gate.passes.end_sessions(email)


def _read(gate: Gate, cookie: str) -> tuple[str, str]:
    if len(cookie) > MAX_COOKIE:
        raise _ended()
    try:
        kid = jwt.get_unverified_header(cookie).get("kid")
        key = _key(gate, kid)
        if key is None:
            raise _ended()
        # Dates are compared with the clock that all else goes by, not with the library's own.
        options: Any = {"require": _CLAIMS, "verify_exp": False, "verify_iat": False}
        claims = jwt.decode(cookie, key, algorithms=[_ALGORITHM], audience=_AUDIENCE, options=options)
    except (jwt.InvalidTokenError, ValueError) as error:
        raise _ended() from error
    email, session_id, expires = claims["sub"], claims["sid"], claims["exp"]
    if not isinstance(session_id, str) or not isinstance(expires, int) or gate.now().timestamp() >= expires:
        raise _ended()
    return email, session_id


def _key(gate: Gate, kid: object) -> bytes | None:
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        return None
    try:
        day = datetime.combine(datetime.fromisoformat(kid), time(), UTC)
    except ValueError:
        return None
    # What storage has not deleted yet signs nothing any more.
    return gate.passes.key(kid) if gate.now() < day + _KEY_LIFE else None


def _signing_key(gate: Gate, now: datetime) -> tuple[str, bytes]:
    """The day's key, made by whoever needs it first."""
    day = datetime.combine(now.date(), time(), UTC)
    kid = day.date().isoformat()
    key = gate.passes.key(kid) or gate.passes.make_key(kid, gate.entropy(32), day + _KEY_LIFE)
    return kid, key


def _ended() -> Unauthenticated:
    return Unauthenticated("You are not signed in, or not any more.")
