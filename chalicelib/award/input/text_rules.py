"""What an issuer may write: text within bounds, absolute web addresses, and e-mail addresses."""

from __future__ import annotations

import re
from unicodedata import category
from urllib.parse import urlsplit

from chalicelib.errors import Refused

MAX_URL = 2000
"""Longer addresses are cut by some browsers and mail programs."""
MAX_EMAIL = 254
"""Characters: what fits into a path of mail (RFC 5321, 4.5.3.1.3, less the two angle brackets)."""

_WORD = r"[^\s@.<>()\[\]:;,\"\\]"
_EMAIL = re.compile(rf"(?:{_WORD}|\.){{1,64}}@{_WORD}+(?:\.{_WORD}+)+")
"""A mailbox (RFC 5321, 4.1.2; RFC 6531, 3.3, for other scripts) at a name with a dot; quoted local parts, which hardly
anybody has, and addresses in brackets are taken for slips."""


_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Embeddings, overrides and isolates (UAX #9, 2.1 to 2.4): with them one name can be shown as another. The marks of
2.6 turn nothing but themselves."""
_UNSEEN = ("Cf", "Zs", "Mn", "Me")
"""Categories of what shows nothing by itself."""
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that are drawn as nothing: the fillers of Hangul, and the empty pattern of Braille."""


def check_text(name: str, value: str, limit: int) -> None:
    """Raises `Refused` (`bad_text`) when ``value`` is blank, over ``limit`` characters or holds what no text needs:
    control characters, which a terminal obeys, halves of surrogate pairs, which UTF-8 cannot write, and the two
    code points that no canonical form has (`canonical.literals`)."""
    if not value.strip():
        raise Refused(f"The {name} is missing.", code="bad_text")
    if len(value) > limit:
        raise Refused(f"The {name} has {len(value):,} characters. The limit is {limit:,}.", code="bad_text")
    if any(category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in value):
        raise Refused(f"The {name} contains a control character.", code="bad_text")
    if "\ufffe" in value or "\uffff" in value:
        raise Refused(f"The {name} contains U+FFFE or U+FFFF, which are not characters.", code="bad_text")


def check_name(name: str, value: str, limit: int) -> None:
    """As `check_text`, for what somebody or something is called: one line, that shows something and is read in the
    order in which it is written. Joiners within it stay: Persian and the scripts of India write with them."""
    check_text(name, value, limit)
    if any(letter in "\n\t" or category(letter) in ("Zl", "Zp") for letter in value):
        raise Refused(f"The {name} contains a line break or a tab. Enter it on one line.", code="bad_text")
    if any(letter in _TURNS for letter in value):
        raise Refused(
            f"The {name} contains an invisible character that changes the text direction. Type it again.",
            code="bad_text",
        )
    if all(letter in _BLANKS or category(letter) in _UNSEEN for letter in value):
        raise Refused(f"The {name} contains only invisible characters. Type it again.", code="bad_text")


def check_url(name: str, value: str) -> None:
    """Raises `Refused` (`bad_url`) when ``value`` is not an absolute http or https address."""
    if not value.strip():
        raise Refused(f"The {name} is missing.", code="bad_url")
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and len(value) <= MAX_URL
    except ValueError:
        good = False
    if not good or not value.isprintable() or any(letter in ' <>"{}|\\^`' for letter in value):
        raise Refused(f"The {name} {value[:80]!r} is not a URL that starts with https:// or http://.", code="bad_url")


def check_email(name: str, value: str) -> None:
    """Raises `Refused` (`bad_text`, `bad_email`) when ``value`` is not one e-mail address. Whether mail reaches
    anybody there is not known before it is sent."""
    check_text(name, value, MAX_EMAIL)
    if not _EMAIL.fullmatch(value):
        raise Refused(f"{value[:80]!r} is not an email address.", code="bad_email")
