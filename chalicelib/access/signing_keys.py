"""The secret of each day, from which what is signed and counted that day takes its keys."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, time, timedelta

from chalicelib.access.access_context import AccessContext

GRACE = timedelta(hours=12)
"""How long a day's secret is still known after its day: a session that began at its end lives no longer."""

_KID = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def current(access_context: AccessContext) -> tuple[str, bytes]:
    """Today's secret and its name; made by whoever needs it first."""
    now = access_context.now()
    kid = now.date().isoformat()
    ends = _start(kid) + timedelta(days=1) + GRACE
    return kid, access_context.session_store.key(kid) or access_context.session_store.make_key(
        kid, access_context.entropy(32), ends
    )


def named(access_context: AccessContext, kid: object) -> bytes | None:
    """The secret that ``kid`` names; None for anything else, and when its time is over, wherever it still lies."""
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        return None
    try:
        start = _start(kid)
    except ValueError:
        return None  # no such day
    good = start <= access_context.now() < start + timedelta(days=1) + GRACE
    return access_context.session_store.key(kid) if good else None


def forget(access_context: AccessContext) -> int:
    """Destroy the secrets whose time is over; how many there were. What was hashed with them says nothing any more."""
    return access_context.session_store.destroy_keys_before(
        (access_context.now() - timedelta(days=1)).date().isoformat()
    )


def derived(secret: bytes, purpose: str) -> bytes:
    """A key for one ``purpose``: what is made with it says nothing about the others."""
    return hmac.digest(secret, purpose.encode("ascii"), hashlib.sha256)


def _start(kid: str) -> datetime:
    return datetime.combine(datetime.fromisoformat(kid), time(), UTC)
