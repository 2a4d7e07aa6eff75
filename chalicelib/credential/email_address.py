"""The normal form of email addresses: addresses are stored, hashed, searched and compared in this form only."""

from __future__ import annotations

MAX_LENGTH = 254
"""Maximum characters: the longest path of an email (RFC 5321, 4.5.3.1.3) without its two angle brackets."""

_GMAIL = ("gmail.com", "googlemail.com")
"""Two names of one host, which ignores dots (Gmail Help, "Dots don't matter in Gmail addresses")."""


def normalize(address: str) -> str:
    """Return ``address`` without surrounding white space and in lower case.

    RFC 5321 allows a host to distinguish `Ada` from `ada`, but no relevant host does, and two records for one mailbox
    would be confusing. The syntax is not checked.
    """
    return address.strip().lower()


def without_tag(address: str) -> str:
    """``address`` without a tag (`ada+news@example.org`): most hosts deliver all of them to one mailbox (RFC 5233).
    The dots in a name at Gmail are removed too, for the same reason.

    Only for limits, because some hosts have mailboxes with a plus sign in their names.
    """
    local, at, domain = address.rpartition("@")
    name, _, _ = local.partition("+")
    if domain in _GMAIL:
        name, domain = name.replace(".", ""), _GMAIL[0]
    return f"{name or local}{at}{domain}"
