"""What an issuer may write: text within bounds, and absolute web addresses."""

from __future__ import annotations

from unicodedata import category
from urllib.parse import urlsplit

from chalicelib.errors import Refused

MAX_URL = 2000
"""Longer addresses are cut by some browsers and mail programs."""


def check_text(name: str, value: str, limit: int) -> None:
    """Raises `Refused` (`bad_text`) when ``value`` is blank, over ``limit`` characters or holds what no text needs:
    control characters, which a terminal obeys, halves of surrogate pairs, which UTF-8 cannot write, and the two
    code points that no canonical form has (`canonical.literals`)."""
    if not value.strip():
        raise Refused(f"The {name} is empty.", code="bad_text")
    if len(value) > limit:
        raise Refused(f"The {name} has {len(value):,} characters; at most {limit:,} fit.", code="bad_text")
    if any(category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in value):
        raise Refused(f"The {name} holds a control character.", code="bad_text")
    if "\ufffe" in value or "\uffff" in value:
        raise Refused(f"The {name} holds what is no character, U+FFFE or U+FFFF.", code="bad_text")


def check_url(name: str, value: str) -> None:
    """Raises `Refused` (`bad_url`) when ``value`` is not an absolute http or https address."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and len(value) <= MAX_URL
    except ValueError:
        good = False
    if not good or not value.isprintable() or any(letter in ' <>"{}|\\^`' for letter in value):
        raise Refused(
            f"The {name} {value[:80]!r} is not an address that starts with https:// or http://.", code="bad_url"
        )
