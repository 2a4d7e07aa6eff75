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
    if not value.strip():
        raise Refused(f"The {name} is empty.", code="bad_url")
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and len(value) <= MAX_URL
    except ValueError:
        good = False
    if not good or not value.isprintable() or any(letter in ' <>"{}|\\^`' for letter in value):
        raise Refused(
            f"The {name} {value[:80]!r} is not an address that starts with https:// or http://.", code="bad_url"
        )


def check_email(name: str, value: str) -> None:
    """Raises `Refused` (`bad_text`, `bad_email`) when ``value`` is not one e-mail address. Whether mail reaches
    anybody there is not known before it is sent."""
    check_text(name, value, MAX_EMAIL)
    if not _EMAIL.fullmatch(value):
        raise Refused(f"{value[:80]!r} is not an e-mail address.", code="bad_email")
