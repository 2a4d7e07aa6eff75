"""Email addresses that people sign in with."""

from __future__ import annotations

import re

from chalicelib.credential import email_address
from chalicelib.errors import Refused
from chalicelib.language.phrase import phrase

_ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+",
    re.ASCII,
)
"""What browsers accept in a field of type email (HTML, "valid e-mail address"), with a dot in the domain."""


def normalize(text: str) -> str:
    """Check the syntax of an email address and return its normal form. Raises `Refused` (`bad_email`)."""
    found = email_address.normalize(text)
    # Check ASCII before lower-casing: U+212A lower-cases to an ordinary k, which would merge two mailboxes.
    if not text.isascii() or len(found) > email_address.MAX_LENGTH or not _ADDRESS.fullmatch(found):
        raise Refused(phrase("Enter an email address, for example ada@example.org."), code="bad_email")
    return found
