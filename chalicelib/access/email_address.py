"""Normalised email addresses."""

from __future__ import annotations

import re

from chalicelib.errors import Refused

MAX = 254
"""Characters: the maximum path of an email (RFC 5321, 4.5.3.1.3) without the two angle brackets."""

_ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+",
    re.ASCII,
)
"""What browsers accept in a field of type email (HTML, "valid e-mail address"), with a dot in the domain."""


def normalize(text: str) -> str:
    """Normalise ``text`` as an email address: lower case, no surrounding white space.

    RFC 5321 allows a host to distinguish `Ada` from `ada`, but no relevant host does, and two accounts for one mailbox
    would be confusing. Raises `Refused` (`bad_email`).
    """
    found = text.strip().lower()
    # Check ASCII before lower-casing: U+212A lower-cases to an ordinary k, which would merge two mailboxes.
    if not text.isascii() or len(found) > MAX or not _ADDRESS.fullmatch(found):
        raise Refused("Enter an email address, for example ada@example.org.", code="bad_email")
    return found
