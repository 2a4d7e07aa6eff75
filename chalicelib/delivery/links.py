"""Secrets in the links of emails.

An email about a credential has two links: one opens the holder's page, the other only unsubscribes from the issuer's
emails. A secret is 256 random bits after the id of its mailbox, so that all links of a mailbox can be
found and deleted. Only its SHA-256 is stored, so that the table does not grant access. Each email has its own links,
which tell which credential a visit is about.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

VALIDITY = timedelta(days=400)
"""How long a link to one issuer's credentials works: a year, and a month to look for last year's email."""
WIDE_VALIDITY = timedelta(days=1)
"""How long a link to the credentials of all issuers works: it is sent on request, and used at once."""
RETENTION = timedelta(days=800)
"""How long an expired link can still request a new one, and an unsubscribe link works."""
WIDE_RETENTION = timedelta(days=30)
"""The same for a link to all issuers' credentials, which any single-issuer link can request again."""

MAILBOX_ID_BYTES = 16
"""Bytes of a mailbox's digest; enough to tell mailboxes apart."""
SECRET_BYTES = 32

_TOKEN = re.compile(r"([A-Za-z0-9_-]{22})[A-Za-z0-9_-]{43}", re.ASCII)


class Purpose(StrEnum):
    """The purpose of a link."""

    MY = "my"
    UNSUBSCRIBE = "unsubscribe"
    ERASURE = "erasure"
    """Cancels a pending erasure."""
    SAVED = "saved"
    """Turns off emails about saved people and searches."""


@dataclass(frozen=True, slots=True)
class Link:
    """The stored data of a link."""

    mailbox_id: str
    """The mailbox: the first `MAILBOX_ID_BYTES` of its digest, in hex."""
    digest: str
    """SHA-256 of the secret, in hex."""
    purpose: Purpose
    email: str
    created_at: datetime
    issuer_id: str | None = None
    """The issuer whose credentials and settings it opens; None for all, which the holder requested."""
    credential_id: str | None = None

    @property
    def valid_until(self) -> datetime:
        """When the link stops opening the holder's page."""
        return self.created_at + (WIDE_VALIDITY if self.opens_all_issuers else VALIDITY)

    @property
    def opens_all_issuers(self) -> bool:
        """Whether it opens the credentials of all issuers."""
        return self.issuer_id is None

    @property
    def requested(self) -> bool:
        """Whether Laurel sent it because the holder requested it. Any other is in an issuer's email, which is about a
        credential, and which a reply quotes."""
        return self.credential_id is None

    @property
    def expires(self) -> datetime:
        """When the link is deleted."""
        return self.created_at + (WIDE_RETENTION if self.opens_all_issuers else RETENTION)


Keeps = Callable[[Link], bool]
"""Which links stay when all others of a mailbox are deleted."""


def keep_none(_link: Link) -> bool:
    """Keep no link."""
    return False


class LinkKey(NamedTuple):
    """The storage key of a link."""

    mailbox_id: str
    digest: str


def secret(mailbox_id: str, entropy: bytes) -> str:
    """Encode a mailbox (`mailbox_id_of`) and 32 random bytes as 65 characters for a URL."""
    if len(entropy) != SECRET_BYTES:
        raise ValueError(f"a link's secret is {SECRET_BYTES} bytes")
    return _encoded(bytes.fromhex(mailbox_id)) + _encoded(entropy)


def mailbox_id_of(mailbox_digest: str) -> str:
    """The mailbox id used in links."""
    return mailbox_digest[: 2 * MAILBOX_ID_BYTES]


def link_key(token: str) -> LinkKey | None:
    """The storage key of the link with the secret ``token``; None when it is malformed."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    mailbox_id = base64.urlsafe_b64decode(match[1] + "==")
    return LinkKey(mailbox_id.hex(), hashlib.sha256(token.encode()).hexdigest())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
