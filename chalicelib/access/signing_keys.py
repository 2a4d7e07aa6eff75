"""The secret of each day, from which the keys for that day's cookies and rate limits are derived."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, time, timedelta

from chalicelib.access.access_context import AccessContext

GRACE = timedelta(hours=12)
"""How long a secret is kept after its day, so that a session started at the end of the day can last its full time."""

_KID = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def current(access_context: AccessContext) -> tuple[str, bytes]:
    """Today's secret and its id; created on first use."""
    now = access_context.now()
    kid = now.date().isoformat()
    ends = _start(kid) + timedelta(days=1) + GRACE
    return kid, access_context.session_store.key(kid) or access_context.session_store.make_key(
        kid, access_context.entropy(32), ends
    )


def key_by_id(access_context: AccessContext, kid: object) -> bytes | None:
    """The secret with the id ``kid``; None for anything else or when it has expired, even if it is still stored."""
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        return None
    try:
        start = _start(kid)
    except ValueError:
        return None  # not a date
    valid = start <= access_context.now() < start + timedelta(days=1) + GRACE
    return access_context.session_store.key(kid) if valid else None


def forget(access_context: AccessContext) -> int:
    """Delete expired secrets; return how many were deleted. Hashes made with them can no longer be matched."""
    return access_context.session_store.destroy_keys_before(
        (access_context.now() - timedelta(days=1)).date().isoformat()
    )


def derived(secret: bytes, purpose: str) -> bytes:
    """Derive a key for one ``purpose``; keys for different purposes reveal nothing about each other."""
    return hmac.digest(secret, purpose.encode("ascii"), hashlib.sha256)


def _start(kid: str) -> datetime:
    return datetime.combine(datetime.fromisoformat(kid), time(), UTC)
