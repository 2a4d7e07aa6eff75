"""The permissions of a verifier's API key."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """A permission that a route requires, and that a person chooses when they create a key. The names are stored with
    each key, so they never change."""

    VERIFY = "verify"
    """Verify one request's credentials."""
    BATCH = "batch"
    """Verify many credentials in one request or job."""
    DIRECTORY = "directory"
    """Search the directory."""
    WATCH = "watch"
    """Watch credentials, and be told when their verdict changes."""
