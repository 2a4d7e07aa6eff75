"""Write the names of the languages that holders can choose, from CLDR: `python -m tools.language_names`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from babel import Locale

from chalicelib.directory.profiles.languages import CODES
from chalicelib.language.languages import LANGUAGES

FILE = Path("chalicelib/language/language_names.py")
HEAD = '''"""Names of languages from CLDR, written by `python -m tools.language_names`."""

from __future__ import annotations

from collections.abc import Mapping

NAMES: Mapping[str, Mapping[str, str]] = {
'''


def source() -> str:
    """Return the module's source."""
    lines = []
    for code in LANGUAGES:
        locale = Locale.parse(code)
        lines.append(f'    "{code}": {{')
        lines.extend(f'        "{each}": "{locale.languages[each]}",' for each in CODES)
        lines.append("    },")
    return HEAD + "\n".join(lines) + '\n}\n"""By the language of the reader, then by the language that is named."""\n'


def formatted() -> str:
    """Return the source as `ruff` formats it."""
    command = [sys.executable, "-m", "ruff", "format", "-", "--stdin-filename", str(FILE)]
    return subprocess.run(command, input=source(), capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    FILE.write_text(formatted(), encoding="utf-8")
