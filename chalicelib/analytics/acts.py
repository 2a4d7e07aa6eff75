"""Events that issuers, holders and mail servers cause, so they have no visitor."""

from __future__ import annotations

import hashlib
from datetime import datetime

from chalicelib.analytics.event import NOT_CHECKED, Event, Kind
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid


def act(
    kind: Kind,
    issuer_id: str,
    achievement_id: str,
    credential_id: str,
    at: datetime,
    *,
    once: str,
    target: str | None,
    valid_until: datetime | None = None,
) -> Event:
    """Build such an event. Its id depends on kind, credential, time and ``once``, so a repeated call builds the same
    event."""
    named = hashlib.sha256(f"{kind.value} {credential_id} {once}".encode()).digest()
    return Event(
        id=ulid(at, named[:ENTROPY_BYTES]),
        kind=kind,
        at=at,
        credential_id=credential_id,
        issuer_id=issuer_id,
        achievement_id=achievement_id,
        verdict=NOT_CHECKED,
        visitor=None,
        referrer=None,
        target=target,
        valid_until=valid_until,
    )
