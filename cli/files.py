"""Input files."""

from __future__ import annotations

from pathlib import Path

from cli.output import UsageFault


def content(path: Path) -> bytes:
    """Read a file. Raises `UsageFault`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageFault(f"{path} cannot be read: {error.strerror}.", code="file_unreadable") from error
