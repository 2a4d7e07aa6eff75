"""The fonts of PNG images: DejaVu Sans, reduced to the characters of `COVERED` (`LICENSE.txt`).

They cover Latin, Greek, Cyrillic, Armenian, Hebrew and Arabic script. To regenerate them, run fontTools' `pyftsubset`
on version 2.37 with `--no-hinting --layout-features='*' --name-IDs='*'` and these ranges. Without its names, the
renderer finds no other font for other scripts.
"""

from __future__ import annotations

import re
from pathlib import Path

FILES = tuple(str(Path(__file__).parent / name) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))
FAMILY = "DejaVu Sans"

COVERED = (
    "\u0020-\u007e\u00a0-\u02e9\u0300-\u034f\u0370-\u0525\u0531-\u0556\u0561-\u0587\u05b0-\u05c3\u05d0-\u05ea\u05f0-\u05f4\u060c\u061b\u061f\u0621-\u063a\u0640-\u0655"
    "\u0660-\u0670\u0679-\u06bf\u06f0-\u06f9\u1e00-\u1efb\u1f00-\u20b5\u2116\u2122\u2190-\u2193\u2212\u2248\u2260"
    "\u2264\u2265\ufb00-\ufb06"
)
"""The characters that both fonts have, as ranges of a regular expression."""
_COVERED = re.compile(f"[{COVERED}]*")


def covers(text: str) -> bool:
    """Whether the fonts have every character of ``text``."""
    return _COVERED.fullmatch(text) is not None
