"""The secrets in a letter's links.

A letter carries two: one opens the holder's own page, the other does nothing but end an issuer's mail. Each is 256
random bits behind the name of the mailbox that it was made for, so that all of one mailbox can be found and deleted.
What is kept is the SHA-256: who reads the table can open nothing. Each letter has links of its own, which is how it is
known from which letter, and so about which credential, somebody comes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

GOOD_FOR = timedelta(days=400)
"""How long a holder's link opens their page: a year and the month in which people look for last year's letter."""
KEPT_FOR = timedelta(days=800)
"""How long a link that opens nothing any more can still ask for a fresh one, and an issuer's mail can be ended."""

BOX_BYTES = 16
"""Of a mailbox's digest: as many as make two mailboxes differ."""
SECRET_BYTES = 32

_TOKEN = re.compile(r"([A-Za-z0-9_-]{22})[A-Za-z0-9_-]{43}", re.ASCII)


class Purpose(StrEnum):
    """What a link is for."""

    MY = "my"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Link:
    """What stands behind the secret in a link."""

    box: str
    """The mailbox that it was made for: the first `BOX_BYTES` of its digest, in hex."""
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


class Name(NamedTuple):
    """Where a link is kept."""

    box: str
    digest: str


def secret(box: str, entropy: bytes) -> str:
    """65 characters for a URL: of a mailbox (`box_of`), and 32 unpredictable bytes."""
    if len(entropy) != SECRET_BYTES:
        raise ValueError(f"a link's secret is {SECRET_BYTES} bytes")
    return _encoded(bytes.fromhex(box)) + _encoded(entropy)


def box_of(mailbox_digest: str) -> str:
    """The mailbox, as links name it."""
    return mailbox_digest[: 2 * BOX_BYTES]


def name(token: str) -> Name | None:
    """Where the link is kept whose secret is ``token``; None when it cannot be one."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    box = base64.urlsafe_b64decode(match[1] + "==")
    return Name(box.hex(), hashlib.sha256(token.encode()).hexdigest())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
