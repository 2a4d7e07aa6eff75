"""JSON files that commands are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from chalicelib.award.misplaced import Misplaced
from chalicelib.credential import strict_json
from cli.output import UsageFault

D = TypeVar("D")


def read(path: Path, understand: Callable[[Mapping[str, object]], D]) -> D:
    """What ``understand`` makes of the JSON object in the file. Raises `UsageFault`, `Malformed`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageFault(f"{path} cannot be read: {error.strerror}.", code="file_unreadable") from error
    try:
        return understand(strict_json.parse(content))
    except Misplaced as error:
        raise UsageFault(f"{path}: {error}", code=error.code) from error
