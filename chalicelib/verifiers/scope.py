"""What an API key of a verifier permits."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """A permission of an API key."""

    VERIFY = "verify"
    """Verify one request's credentials."""
    BATCH = "batch"
    """Verify many credentials in one request or job."""
    WATCH = "watch"
    """Watch credentials, and be told when their verdict changes."""
