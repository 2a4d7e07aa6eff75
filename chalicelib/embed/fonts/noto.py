"""Noto Sans for the scripts that DejaVu Sans lacks, one file for each script (`LICENSE-Noto.txt`).

`tools/subset_fonts.py` makes the files, with the characters that this module names. They have one weight: bold text in
these scripts is drawn in it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_INDIC = "\u0964\u0965\u200c\u200d\u25cc"
"""Punctuation and joiners that the Indic scripts share."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script and its font. ``covers`` says whether the font has a character."""

    name: str
    covers: Callable[[str], bool]

    @property
    def file(self) -> str:
        """Path of the font."""
        return str(Path(__file__).parent / f"NotoSans{self.name}.ttf")


def _in_encoding(encoding: str) -> Callable[[str], bool]:
    """Whether a character is in the two-byte part of a national standard, which Python's codecs list."""

    def covers(char: str) -> bool:
        try:
            return len(char.encode(encoding)) == 2
        except UnicodeEncodeError:
            return False

    return covers


def _in_ranges(ranges: str) -> Callable[[str], bool]:
    # Compiled with the first text that needs it: a cold start that draws nothing would pay for it.
    return lambda char: re.fullmatch(f"[{ranges}]", char) is not None


_JAPANESE, _CHINESE, _KOREAN = (_in_encoding(name) for name in ("euc_jp", "gb2312", "euc_kr"))
_HANGUL = _in_ranges("\uac00-\ud7a3")
_HAN = _in_ranges("\u4e00-\u9fff")

SCRIPTS = (
    Script("Devanagari", _in_ranges(f"\u0900-\u097f{_INDIC}")),
    Script("Bengali", _in_ranges(f"\u0980-\u0983\u0985-\u09fe{_INDIC}")),
    Script("Tamil", _in_ranges("\u0b82-\u0bfa\u200c\u200d\u25cc")),
    Script("Thai", _in_ranges("\u0e01-\u0e3a\u0e3f-\u0e5b\u25cc")),
    # JIS X 0208; then the characters of GB 2312 and KS X 1001 that it lacks.
    Script("JP", _JAPANESE),
    Script("SC", lambda char: _HAN(char) and _CHINESE(char) and not _JAPANESE(char)),
    Script("KR", lambda char: _HANGUL(char) and _KOREAN(char)),
)
