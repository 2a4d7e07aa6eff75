"""Known browsers and known people, whose sign-in emails do not draw on the budgets of strangers.

A browser that has signed in carries a signed cookie that lists the addresses it signed in with, as keyed hashes. A
person who has signed in is stored under such a hash. Neither grants access: they only select a budget.
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.access import secrets, signing_keys
from chalicelib.access.access_context import AccessContext

LIFETIME = timedelta(days=400)
"""The longest that browsers keep a cookie (RFC 6265bis, 5.5). A person who signs in once a term stays known."""
MAX_ADDRESSES = 5
"""Maximum addresses per known browser: enough for a shared office computer."""
MAX_COOKIE = 1024
"""Maximum characters; a cookie with five addresses has about 400."""

_SHAPE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_PURPOSE = "known-browser"
_ALGORITHM = "HS256"
# The library's checks of dates use its own clock, so dates are compared here with the context's.
_OPTIONS: Any = {"require": ["sub", "adr", "exp", "aud"], "verify_exp": False}
_KEY_YEARS = 2
"""Years for which values made with a key (cookies, hashes of people) may stay valid after the key's own year."""


class KnownBrowser(NamedTuple):
    """The content of a valid cookie: the browser's random id, and the hashed addresses, newest first."""

    browser_id: str
    addresses: tuple[str, ...]
    kid: str


def remember(access_context: AccessContext, email: str, cookie: str | None) -> str:
    """Remember that the person with this (normalized) address has signed in with the browser that has this ``cookie``,
    and return the browser's next cookie.

    The hashes are made with the year's key, so a browser forgets its other addresses at its first sign-in of a year.
    """
    import jwt  # imported late, as in `sessions`

    now = access_context.now()
    kid, key = key_of_year(access_context)
    hashed = _hash(key, email)
    access_context.session_store.add_known_person(hashed, now + LIFETIME)
    before = browser(access_context, cookie)
    browser_id = before.browser_id if before else secrets.new_secret(access_context.entropy, secrets.SESSION_BYTES)
    others = before.addresses if before and before.kid == kid else ()
    addresses = [hashed, *(other for other in others if other != hashed)][:MAX_ADDRESSES]
    claims = {"sub": browser_id, "adr": addresses, "exp": now + LIFETIME, "aud": _PURPOSE}
    return jwt.encode(claims, signing_keys.derived(key, _PURPOSE), algorithm=_ALGORITHM, headers={"kid": kid})


def key_of_year(access_context: AccessContext) -> tuple[str, bytes]:
    """The id of this year's key and the key, for what must stay the same for longer than a day; created on first
    use."""
    year = access_context.now().year
    kid, ends = _kid(year), datetime(year + 1, 1, 1, tzinfo=UTC) + LIFETIME
    key = access_context.session_store.key(kid)
    return kid, key or access_context.session_store.make_key(kid, access_context.entropy(32), ends)


def browser(access_context: AccessContext, cookie: str | None) -> KnownBrowser | None:
    """The known browser with this ``cookie``; None when it is not valid."""
    import jwt  # imported late, as in `sessions`

    if cookie is None or len(cookie) > MAX_COOKIE or not _SHAPE.fullmatch(cookie):
        return None
    try:
        kid = jwt.get_unverified_header(cookie).get("kid")
        key = _named(access_context, kid)
        if key is None:
            return None
        signer = signing_keys.derived(key, _PURPOSE)
        claims = jwt.decode(cookie, signer, algorithms=[_ALGORITHM], audience=_PURPOSE, options=_OPTIONS)
    except (jwt.InvalidTokenError, ValueError):
        return None
    if access_context.now().timestamp() >= claims["exp"]:
        return None
    return KnownBrowser(claims["sub"], tuple(claims["adr"]), str(kid))


def browser_of(access_context: AccessContext, email: str, cookie: str | None) -> str | None:
    """The id of the browser with this ``cookie`` if it has signed in with this (normalized) address before."""
    found = browser(access_context, cookie)
    key = found and _named(access_context, found.kid)
    return found.browser_id if found and key and _hash(key, email) in found.addresses else None


class KnownPerson(NamedTuple):
    """Stored facts about the owner of an address."""

    has_signed_in: bool
    """Within `LIFETIME`, or an operator. The address accepts email, so an email to it does not bounce."""
    is_member: bool
    """An operator, or a member who has signed in. Membership alone is not enough, because anyone can create an issuer
    and add any address as a member."""


def person(access_context: AccessContext, email: str) -> KnownPerson:
    """Look up this (normalized) address. Every address takes the same reads, so that the time of a request does not
    reveal whose it is."""
    is_operator = email in access_context.operators
    is_added = next(access_context.member_store.issuers_of(email, 1), None) is not None
    now = access_context.now()
    keys = [access_context.session_store.key(_kid(now.year - past)) for past in range(_KEY_YEARS + 1)]
    found = [access_context.session_store.is_known_person(_hash(key, email), now) for key in keys if key]
    has_signed_in = is_operator or any(found)
    return KnownPerson(has_signed_in, is_operator or (is_added and has_signed_in))


def _kid(year: int) -> str:
    # Sorts after the daily secrets, which are deleted by date.
    return f"known-{year:04}"


def _named(access_context: AccessContext, kid: object) -> bytes | None:
    year = access_context.now().year
    if kid not in [_kid(year - past) for past in range(_KEY_YEARS + 1)]:
        return None
    return access_context.session_store.key(str(kid))


def _hash(key: bytes, email: str) -> str:
    return hmac.digest(signing_keys.derived(key, "known-address"), email.encode(), "sha256").hex()[:32]
