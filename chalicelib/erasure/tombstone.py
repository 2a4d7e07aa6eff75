"""What is left of something that was erased."""

from __future__ import annotations

from enum import StrEnum


class Tombstone(StrEnum):
    """What a tombstone is for. It shows the time of erasure to anyone who knows the id, and nothing to anyone else."""

    CREDENTIAL = "credential"
    HOLDER = "holder"
    MAILBOX = "mailbox"
