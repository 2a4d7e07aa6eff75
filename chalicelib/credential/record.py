"""The record of a credential that Laurel hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """The purpose of a status list (Bitstring Status List v1.0, `statusPurpose`)."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class State(StrEnum):
    """The status of a credential, as last set by its issuer."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class CredentialStatus:
    """The issuer's last status change, its time, and the reason if one was given."""

    state: State
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A credential's index in one status list."""

    purpose: Purpose
    list_id: str
    index: int


@dataclass(frozen=True, slots=True)
class Record:
    """A hosted credential: the signed bytes as issued, and its metadata."""

    id: str
    issuer_id: str
    achievement_id: str
    document: bytes
    """The signed credential, JSON, byte for byte as issued."""
    jwt: str | None
    """The same credential as a compact VC-JWT, if requested when it was issued."""
    entries: tuple[Entry, ...]
    status: CredentialStatus
    issued_at: datetime
    version: int = 1
    holder_name: str = ""
    """As entered by the issuer; the same value is in the credential."""
    achievement_version: int = 1
    """The version of the achievement that was issued."""
    valid_until: datetime | None = None
    supersedes: str | None = None
    """The id of the credential that this one replaces."""
    superseded_by: str | None = None
    """The id of the credential that replaces this one."""
    corrected: bool = False
    """Whether it was revoked only because a corrected version replaces it."""
    taken_down: datetime | None = None
    """When an operator hid its page; None if it is shown."""
    shows_view_counts: bool = False
    """Whether its holder wants its page to show how often it was viewed and verified."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A published status list: its bits, and the signed status list credential made from them."""

    id: str
    issuer_id: str
    purpose: Purpose
    bits: bytes
    """Uncompressed, most significant bit first; at least 16,384 bytes (131,072 entries)."""
    document: bytes
    """The signed BitstringStatusListCredential, JSON."""
    version: int = 1


IMAGE_EXTENSIONS: Mapping[str, str] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/svg+xml": "svg",
}
"""Extension by media type of the images that Laurel serves."""
IMAGE_NAME = re.compile(rf"([0-9a-f]{{64}})\.(?:{'|'.join(IMAGE_EXTENSIONS.values())})", re.ASCII)
"""The last segment of an image's URL; the group is its SHA-256."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image that Laurel serves, named by the SHA-256 of its bytes."""

    sha256: str
    media_type: str
    content: bytes

    @property
    def file_name(self) -> str:
        """Its last URL segment."""
        return f"{self.sha256}.{IMAGE_EXTENSIONS[self.media_type]}"
