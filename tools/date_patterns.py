"""Write the patterns of dates and numbers of every language from CLDR: `python -m tools.date_patterns`.

Babel and its data would add more to a cold start than a page takes, and a page needs two formats.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from babel import Locale

from chalicelib.language.languages import DEFAULT, LANGUAGES

FILE = Path("chalicelib/language/date_patterns.py")
_FIELDS = {
    "d": "{day}",
    "MMMM": "{month}",
    "M": "{number}",
    "y": "{year}",
    "HH": "{hour}",
    "H": "{hour}",
    "mm": "{minute}",
}
_TOKEN = re.compile(r"'([^']*)'|([A-Za-z])\2*")
HEAD = '''"""Date patterns, month names and number separators from CLDR, written by `python -m tools.date_patterns`."""

from __future__ import annotations

from typing import NamedTuple


class Patterns(NamedTuple):
    """How a language writes dates and numbers."""

    day: str
    minute: str
    months: tuple[str, ...]
    group: str
    """What separates the thousands of a number."""


'''


def pattern(cldr: str) -> str:
    """Return a pattern of CLDR (UTS #35, Date Field Symbol Table) as a format string."""
    return _TOKEN.sub(lambda found: found[1] if found[1] is not None else _FIELDS[found[0]], cldr)


def source() -> str:
    """Return the module's source."""
    lines = []
    for code in LANGUAGES:
        if code == DEFAULT:
            continue
        locale = Locale.parse(code)
        months = tuple(locale.months["format"]["wide"][number] for number in range(1, 13))
        long = pattern(str(locale.date_formats["long"]))
        both = str(locale.datetime_formats["long"]).replace("'", "")
        minute = both.replace("{1}", long).replace("{0}", "{hour}:{minute} UTC")
        lines.append(f'    "{code}": Patterns(\n        "{long}",\n        "{minute}",\n        (')
        lines.extend(f'            "{month}",' for month in months)
        group = locale.number_symbols[locale.default_numbering_system]["group"]
        lines.append(f"        ),\n        {group!r},\n    ),")
    return HEAD + "PATTERNS = {\n" + "\n".join(lines) + "\n}\n"


def formatted() -> str:
    """Return the source as `ruff` formats it."""
    command = [sys.executable, "-m", "ruff", "format", "-", "--stdin-filename", str(FILE)]
    return subprocess.run(command, input=source(), capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    FILE.write_text(formatted(), encoding="utf-8")
