"""The secrets in a letter's links.

A letter carries two: one opens the holder's own page, the other does nothing but end an issuer's mail. Both are 256
random bits; what is kept is their SHA-256, so that who reads the table can open nothing. Each letter has its own, which
is how it is known from which letter, and so about which credential, somebody comes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GOOD_FOR = timedelta(days=400)
"""How long a holder's link opens their page: a year and the month in which people look for last year's letter."""
KEPT_FOR = timedelta(days=800)
"""How long a link that opens nothing any more can still ask for a fresh one, and an issuer's mail can be ended."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class Purpose(StrEnum):
    """What a link is for."""

    MY = "my"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Link:
    """What stands behind the secret in a link."""

    digest: str
    """SHA-256 of the secret, in hex."""
    purpose: Purpose
    email: str
    made_at: datetime
    issuer_id: str | None = None
    """Whose letter it stands in; None for a link that the holder asked for."""
    credential_id: str | None = None

    @property
    def good_until(self) -> datetime:
        """When it stops to open anything."""
        return self.made_at + GOOD_FOR

    @property
    def expires(self) -> datetime:
        """When it is gone."""
        return self.made_at + KEPT_FOR


def secret(entropy: bytes) -> str:
    """43 characters for a URL from 32 unpredictable bytes."""
    if len(entropy) != 32:
        raise ValueError("a link's secret is 32 bytes")
    return base64.urlsafe_b64encode(entropy).decode().rstrip("=")


def digest(token: str) -> str | None:
    """Under what a link is kept whose secret is ``token``; None when it cannot be one."""
    return hashlib.sha256(token.encode()).hexdigest() if _TOKEN.fullmatch(token) else None
