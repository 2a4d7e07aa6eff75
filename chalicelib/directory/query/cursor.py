"""Signed cursors. A cursor works for its query only and for a limited time, so no one can write one that starts
anywhere, and a list of cursors is not a copy of the directory."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

from chalicelib.directory.ports import SecretOfDay
from chalicelib.directory.query.query import Query
from chalicelib.errors import Refused
from chalicelib.language.phrase import phrase

LIFETIME = timedelta(hours=1)
"""Long enough to read a page of results."""
CODE = "bad_cursor"
_DOMAIN = b"laurel/directory/cursor/1"
_MAC_BYTES = 16
"""128 bits: forging a cursor must stay impossible for the hour that it could be used."""
_MAX_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Position:
    """Where the next page starts: in a tier below an ordinal, or in the order by name after a key and an ordinal."""

    generation: str
    tier: int
    before: int
    name_key: str | None = None
    seen: int = 0
    """Results on the pages so far."""


def write(position: Position, query: Query, now: datetime, secret: SecretOfDay) -> str | None:
    """The cursor of ``position``; None if there is no secret to sign it with."""
    key = secret(now.date())
    if key is None:
        return None
    claims = {**asdict(position), "expires": int((now + LIFETIME).timestamp()), "day": now.date().isoformat()}
    body = json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode()
    return _text(body + _mac(body, query, key))


def read(cursor: str, query: Query, now: datetime, secret: SecretOfDay) -> Position:
    """The position of ``cursor``. Raises `Refused` (`bad_cursor`) for one that is expired, of another query, or not
    from `write`."""
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        body, mac = data[:-_MAC_BYTES], data[-_MAC_BYTES:]
        claims = json.loads(body)
        day, expires = date.fromisoformat(claims.pop("day")), claims.pop("expires")
        position = Position(**claims)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise refused() from None
    recent = now.date() - timedelta(days=1) <= day <= now.date()
    key = secret(day) if recent and len(cursor) <= _MAX_LENGTH else None
    # The bytes are compared again as text, because base64 has several texts for the same bytes.
    if key is None or not hmac.compare_digest(mac, _mac(body, query, key)) or _text(data) != cursor:
        raise refused()
    if datetime.fromtimestamp(expires, UTC) <= now:
        raise refused()
    return position


def _mac(body: bytes, query: Query, secret: bytes) -> bytes:
    key = hmac.digest(secret, _DOMAIN, hashlib.sha256)
    return hmac.digest(key, query.digest.encode() + body, hashlib.sha256)[:_MAC_BYTES]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def refused() -> Refused:
    return Refused(phrase("This page of results has expired. Search again."), code=CODE)
