"""One thing that happened to a credential."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What happened."""

    VIEW = "view"
    """A person's page was served; the credential was verified for it."""
    VERIFICATION = "verification"
    """A program was given the report or the credential's summary."""
    DOWNLOAD = "download"
    """The signed credential itself was handed out."""
    DELIVERED = "delivered"
    """The mail server of its holder took a letter about it."""
    OPENED = "opened"
    """Its holder followed the link in a letter, for the first time."""
    SHARED = "shared"
    """Its holder set out to show it somewhere: ``target`` says where."""


@dataclass(frozen=True, slots=True)
class Event:
    """A stored fact. There is no address and no user agent in it, by construction."""

    id: str
    """A ULID: sortable by time, unique, and the key that makes a replay harmless."""
    kind: Kind
    at: datetime
    credential_id: str
    issuer_id: str
    achievement_id: str
    verdict: str
    """`not_checked` where no verification went along."""
    visitor: str | None
    """A keyed hash that is the same for one visitor within one UTC day; None when no salt could be had."""
    referrer: str | None
    """The host of the referring page, never its path."""
    target: str | None = None
    """The platform that it was shared on."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asked, as the edge saw it. It lives for one request and is never stored."""

    kind: Kind
    address: str
    user_agent: str
    referrer: str | None
