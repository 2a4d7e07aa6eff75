"""What a sweep looks for, and which of it is in an item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.erasure.erasure import ErasureTarget

_TOKEN = re.compile(r"[0-9a-z]{26,64}")
"""Ids and hashes, as they appear in keys, URLs and JSON."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What is looked for: ids in every item, addresses in those of the issuer that asked, or in all."""

    ids: frozenset[str]
    targets: tuple[ErasureTarget, ...]
    emails: re.Pattern[str] | None
    recipients: frozenset[tuple[str | None, str]]
    words: frozenset[tuple[str | None, str]]
    """Issuer (None for all), and a word."""

    def found_in(self, text: str, issuer_id: str | None) -> bool:
        """Whether ``text``, of an item of an issuer, has any of it."""
        tokens = set(_TOKEN.findall(text))
        return (
            not self.ids.isdisjoint(tokens)
            or any((scope, token) in self.words for token in tokens for scope in (None, issuer_id))
            or self.has_email(text, issuer_id)
        )

    def has_id(self, text: str) -> bool:
        """Whether ``text`` has the id of something that was erased."""
        return not self.ids.isdisjoint(_TOKEN.findall(text))

    def has_email(self, text: str, issuer_id: str | None) -> bool:
        """Whether ``text`` has an address that is erased from the items of the issuer."""
        if self.emails is None or "@" not in text:
            return False
        return any(self.is_erased(found, issuer_id) for found in self.emails.findall(text))

    def is_erased(self, email: str | None, issuer_id: str | None) -> bool:
        """Whether the address is erased from the items of the issuer."""
        return email is not None and any(
            target.erasure.email == email and target.erasure.issuer_id in (None, issuer_id) for target in self.targets
        )

    def has_recipient(self, text: str, issuer_id: str | None) -> bool:
        """Whether ``text`` has the hash of an erased address as the recipient of an email."""
        tokens = set(_TOKEN.findall(text))
        return any((scope, token) in self.recipients for token in tokens for scope in (None, issuer_id))


def traces_of(targets: Sequence[ErasureTarget]) -> Traces:
    """What to look for."""
    emails = sorted({one.erasure.email for one in targets if one.erasure.email is not None})
    # Not within a longer address: "ada@example.org" is not in "granada@example.org" or "ada@example.org.uk".
    pattern = rf"(?<![\w.+%-])(?:{'|'.join(map(re.escape, emails))})(?![\w-]|\.\w)"
    return Traces(
        ids=frozenset(erased for one in targets for erased in one.ids),
        targets=tuple(targets),
        emails=re.compile(pattern) if emails else None,
        recipients=frozenset((one.erasure.issuer_id, one.recipient) for one in targets if one.recipient is not None),
        words=frozenset((one.erasure.issuer_id, word) for one in targets for word in one.identifying_values),
    )
