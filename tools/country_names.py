"""Write the names by which people call countries, from CLDR: `python -m tools.country_names`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

from chalicelib.directory import text
from chalicelib.language.languages import LANGUAGES

FILE = Path("chalicelib/directory/index/country_names.py")
HEAD = '''"""Names of countries from CLDR, written by `python -m tools.country_names`."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
'''
FOOT = '''
}
"""The English name of a country by each of its names, both as `text.key` writes them."""
'''
ALIASES = {
    "AE": ("UAE",),
    "CI": ("Ivory Coast",),
    "CV": ("Cabo Verde",),
    "CZ": ("Czech Republic",),
    "GB": ("UK", "Great Britain"),
    "KR": ("Korea", "Republic of Korea"),
    "MK": ("Macedonia",),
    "NL": ("Holland", "The Netherlands"),
    "PS": ("Palestine",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey",),
    "US": ("USA", "United States of America"),
    "VA": ("Vatican",),
}
"""Common English names that Babel's copy of CLDR does not have: it leaves out alternative names."""
_OTHERS = ("EU", "EZ", "UN", "ZZ", "XA", "XB")
"""Codes of CLDR that are no countries."""
_SAR = re.compile(r" SAR China$")
_IN_BRACKETS = re.compile(r"^(.*?)\s*[(（](.*?)[)）]$")


def names() -> dict[str, str]:
    """Return the English name by each name, both as they are compared. A name of two countries is left out."""
    english = Locale.parse("en")
    codes = [code for code in map(str, english.territories) if re.fullmatch("[A-Z]{2}", code) and code not in _OTHERS]
    meant: dict[str, set[str]] = {}
    for code in codes:
        canonical = text.key(next(_spellings(_SAR.sub("", english.territories[code]))))
        for name in (*ALIASES.get(code, ()), *_localized(code)):
            for spelling in _spellings(name):
                meant.setdefault(text.key(spelling), set()).add(canonical)
    return {name: canonicals.pop() for name, canonicals in sorted(meant.items()) if name and len(canonicals) == 1}


def _localized(code: str) -> Iterator[str]:
    for language in dict.fromkeys((*LANGUAGES, *get_official_languages(code, de_facto=True, regional=True))):
        try:
            yield _SAR.sub("", Locale.parse(language).territories.get(code, ""))
        except (UnknownLocaleError, ValueError):  # CLDR has no names in some official languages
            continue


def _spellings(name: str) -> Iterator[str]:
    """The name, or if it has another in brackets, each of the two."""
    found = _IN_BRACKETS.match(name)
    yield from found.groups() if found else (name,)


def formatted() -> str:
    """Return the source of the module as `ruff` formats it."""
    lines = (f'    "{name}": "{canonical}",' for name, canonical in names().items())
    source = (
        HEAD
        + "\n".join(lines)
        + '\n}\n"""The English name of a country by each of its names, both as `text.key` writes them."""\n'
    )
    command = [sys.executable, "-m", "ruff", "format", "-", "--stdin-filename", str(FILE)]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    FILE.write_text(formatted(), encoding="utf-8")
