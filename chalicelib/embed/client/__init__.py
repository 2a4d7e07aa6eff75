"""The ES module that websites use to verify credentials (docs/quickstart.md).

Websites can pin a version with Subresource Integrity, so the file of a published version never changes: a change needs
a new file, which becomes `LATEST`. `clients/js` has a copy of the latest version and its types.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

LATEST = "v1.js"
_FOLDER = Path(__file__).parent
_FILE = re.compile(r"v[1-9]\d{0,2}\.js", re.ASCII)


@cache
def module(file: str) -> str | None:
    """Return the source of the version ``file``, such as ``v1.js``; None if there is no such version."""
    path = _FOLDER / file
    return path.read_text(encoding="utf-8") if _FILE.fullmatch(file) and path.exists() else None
