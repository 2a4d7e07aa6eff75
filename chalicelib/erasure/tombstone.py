"""What is left of something that was erased."""

from __future__ import annotations

from enum import StrEnum


class Tombstone(StrEnum):
    """What a tombstone is for. It tells when something was erased to whoever knows its id, and nothing to others."""

    CREDENTIAL = "credential"
    HOLDER = "holder"
    MAILBOX = "mailbox"
