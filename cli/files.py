"""Input files."""

from __future__ import annotations

from pathlib import Path

from cli.output import UsageProblem


def content(path: Path) -> bytes:
    """Read a file. Raises `UsageProblem`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}.", code="file_unreadable") from error
