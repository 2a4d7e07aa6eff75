"""Validation of text, URLs and email addresses from issuers."""

from __future__ import annotations

import re
from unicodedata import category
from urllib.parse import urlsplit

from chalicelib.credential import email_address
from chalicelib.errors import Refused

MAX_URL = 2000
"""Maximum characters. Some browsers and email clients truncate longer URLs."""

_WORD = r"[^\s@.<>()\[\]:;,\"\\]"
_EMAIL = re.compile(rf"(?:{_WORD}|\.){{1,64}}@{_WORD}+(?:\.{_WORD}+)+")
"""A mailbox (RFC 5321, 4.1.2; RFC 6531, 3.3, for other scripts) at a name with a dot; quoted local parts, which are
rare, and addresses in brackets are treated as typos."""


_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Embeddings, overrides and isolates (UAX #9, 2.1 to 2.4): they can make one name look like another. The marks of
2.6 do not reorder other text."""
_UNSEEN = ("Cf", "Zs", "Mn", "Me")
"""Categories of characters that are invisible on their own."""
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols without a visible glyph: the Hangul fillers and the blank Braille pattern."""


def check_text(name: str, value: str, limit: int) -> None:
    """Check that ``value`` is not blank, has at most ``limit`` characters and contains no forbidden character.

    Forbidden are control characters, which a terminal executes, lone surrogates, which UTF-8 cannot encode, and the two
    code points that have no canonical form (`canonical.literals`). Raises `Refused` (`bad_text`).
    """
    if not value.strip():
        raise Refused(f"The {name} is missing.", code="bad_text")
    if len(value) > limit:
        raise Refused(f"The {name} is {len(value):,} characters long. The limit is {limit:,}.", code="bad_text")
    if any(category(character) in ("Cc", "Cs") and character not in "\n\t" for character in value):
        raise Refused(f"The {name} contains a control character.", code="bad_text")
    if "\ufffe" in value or "\uffff" in value:
        raise Refused(f"The {name} contains U+FFFE or U+FFFF, which are not characters.", code="bad_text")


def check_name(name: str, value: str, limit: int) -> None:
    """Check a name as `check_text` does; it must also be one visible line without direction overrides.

    Joiners are allowed because Persian and the scripts of India need them. Raises `Refused` (`bad_text`).
    """
    check_text(name, value, limit)
    if any(character in "\n\t" or category(character) in ("Zl", "Zp") for character in value):
        raise Refused(f"The {name} contains a line break or a tab. Enter it on one line.", code="bad_text")
    if any(character in _TURNS for character in value):
        raise Refused(
            f"The {name} contains an invisible character that changes the text direction. Type it again.",
            code="bad_text",
        )
    if all(character in _BLANKS or category(character) in _UNSEEN for character in value):
        raise Refused(f"The {name} contains only invisible characters. Type it again.", code="bad_text")


def check_url(name: str, value: str) -> None:
    """Check that ``value`` is an absolute http or https URL. Raises `Refused` (`bad_url`)."""
    _check_url(name, value, ("https", "http"))


def check_https(name: str, value: str) -> None:
    """Check that ``value`` is an absolute https URL without a user. Raises `Refused` (`bad_url`)."""
    _check_url(name, value, ("https",))
    if urlsplit(value).username is not None:
        raise Refused(f"The {name} {value[:80]!r} contains a user name. Remove it.", code="bad_url")
    if not value.isascii():  # it becomes a Location header, which is ASCII (RFC 9110, 5.5)
        raise Refused(
            f"The {name} has characters that a link cannot have. Copy it from the address bar of your browser.",
            code="bad_url",
        )


def with_https(typed: str) -> str:
    """Return the URL that a person ``typed``. People leave out the scheme, which is then taken as https."""
    return typed if not typed or ":" in typed.partition("/")[0] else f"https://{typed}"


def _check_url(name: str, value: str, schemes: tuple[str, ...]) -> None:
    if not value.strip():
        raise Refused(f"The {name} is missing.", code="bad_url")
    try:
        parts = urlsplit(value)
        good = parts.scheme in schemes and bool(parts.hostname) and len(value) <= MAX_URL
    except ValueError:
        good = False
    if not good or not value.isprintable() or any(character in ' <>"{}|\\^`' for character in value):
        starts = " or ".join(f"{scheme}://" for scheme in schemes)
        raise Refused(f"The {name} {value[:80]!r} is not a URL that starts with {starts}.", code="bad_url")


def check_email(name: str, value: str) -> None:
    """Check the syntax of an email address. Raises `Refused` (`bad_text`, `bad_email`)."""
    check_text(name, value, email_address.MAX_LENGTH)
    if not _EMAIL.fullmatch(value):
        raise Refused(f"{value[:80]!r} is not an email address.", code="bad_email")
