"""File names of downloads, from the title of what they contain."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

MAX_LENGTH = 60
"""Maximum characters of a title in a file name: file systems allow 255 bytes, and a character in UTF-8 has up to
four."""
_KEPT = frozenset(" -_.")


def attachment(title: str, otherwise: str, ending: str) -> str:
    """The value of `Content-Disposition` (RFC 6266, 4) for a file named ``title``, or ``otherwise`` without a letter or
    digit in it. A client that knows only ASCII gets what is left of it in ASCII."""
    name = readable(title)
    plain = readable(unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()) or otherwise
    value = f'attachment; filename="{plain}.{ending}"'
    return value if not name or name == plain else f"{value}; filename*=UTF-8''{quote(f'{name}.{ending}', safe='')}"


def readable(title: str) -> str:
    """The letters, digits and marks of ``title``, with single spaces for what else is in it, such as separators of
    folders, quotation marks, and characters that change the direction of text."""
    kept = (each if each in _KEPT or unicodedata.category(each)[0] in "LNM" else " " for each in title)
    name = " ".join("".join(kept).split())[:MAX_LENGTH].strip(" .-_")
    return name if any(each.isalnum() for each in name) else ""
