"""An e-mail address, as it is compared."""

from __future__ import annotations

import re

from chalicelib.errors import Refused

MAX = 254
"""Characters: what fits into a path of mail (RFC 5321, 4.5.3.1.3, less the two angle brackets)."""

_ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+",
    re.ASCII,
)
"""What browsers take in a field of type email (HTML, "valid e-mail address"), with a dot in the domain."""


def normal(text: str) -> str:
    """``text`` as one person's address is always written: in lower case, without white space around it.

    RFC 5321 lets a host tell `Ada` from `ada`; none that matters does, and two accounts for one mailbox would
    surprise. Raises `Refused` (`bad_email`).
    """
    found = text.strip().lower()
    # Before the lower case: that of U+212A is an ordinary k, and so two mailboxes would be one person.
    if not text.isascii() or len(found) > MAX or not _ADDRESS.fullmatch(found):
        raise Refused("Enter an email address, for example ada@example.org.", code="bad_email")
    return found
