"""Domain names that prove no identity: public suffixes, and names that a provider gives to anyone
(publicsuffix.org)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def shared_suffix(host: str) -> str | None:
    """Return the public suffix that makes ``host`` shared, or None for a domain with one owner.

    ``host`` is in lower case, in ASCII and without a trailing dot. It is shared if it is a public suffix itself
    (`co.uk`, `github.io`), or if it is below a suffix of the list's private section (`someone.github.io`): the provider
    gives such names to anyone, takes them back and gives them to others.
    """
    every_suffix, registries = _lists()
    suffix = every_suffix.publicsuffix(host)
    if suffix is None or suffix == host:
        return host
    return suffix if suffix != registries.publicsuffix(host) else None


def registrable(host: str) -> str:
    """The registered domain that ``host`` is or is a subdomain of; a public suffix itself stays as it is."""
    return _lists()[0].privatesuffix(host) or host


@cache
def _lists() -> tuple[PublicSuffixList, PublicSuffixList]:
    """The whole list, and its section of the registries' suffixes."""
    # Imported and parsed here, so that pages of hosted credentials do not wait for it.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(), PublicSuffixList(only_icann=True)
