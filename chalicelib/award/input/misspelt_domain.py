"""Find email addresses whose domain looks like a misspelling of a large mail provider. Only a hint: it may be correct.

Mailcheck, a library for browsers, also compares domains with such a list.
"""

from __future__ import annotations

PROVIDERS = (
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "yahoo.com", "yahoo.co.uk",
    "icloud.com", "protonmail.com", "live.com", "aol.com", "gmx.de", "gmx.net", "web.de", "t-online.de",
)  # fmt: skip
"""Large providers whose misspelt names are recognized."""
_SHORT = 8
"""Domains of up to this length resemble genuine ones (`gmx.at`, `aol.de`), so only swapped letters are recognized."""
_GENUINE = frozenset({"mail.com", "ymail.com", "email.com", "yahoo.co", "live.co.uk", "outlook.co"})
"""Mail providers and domains in use whose names are one character from those above."""


def suggestion(address: str) -> str | None:
    """The provider that the domain of ``address`` was probably meant to be; None if it looks right."""
    domain = address.rpartition("@")[2].casefold()
    if domain in PROVIDERS or domain in _GENUINE:
        return None
    return next((each for each in PROVIDERS if _is_misspelt(domain, each)), None)


def _is_misspelt(domain: str, provider: str) -> bool:
    return _has_swap(domain, provider) or (len(provider) > _SHORT and _has_one_change(domain, provider))


def _has_swap(one: str, other: str) -> bool:
    """Whether two neighbouring characters are swapped."""
    if len(one) != len(other):
        return False
    at = [place for place, (left, right) in enumerate(zip(one, other, strict=True)) if left != right]
    return len(at) == 2 and at[1] == at[0] + 1 and one[at[0]] == other[at[1]] and one[at[1]] == other[at[0]]


def _has_one_change(one: str, other: str) -> bool:
    """Whether one character is missing, added or different."""
    short, long = sorted((one, other), key=len)
    start = next((at for at, (left, right) in enumerate(zip(short, long, strict=False)) if left != right), len(short))
    rest = short[start + 1 :] if len(short) == len(long) else short[start:]
    return len(long) - len(short) <= 1 and rest == long[start + 1 :]
