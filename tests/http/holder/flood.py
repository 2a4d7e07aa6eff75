"""Many credentials for one holder, and the holder's page over them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from chalicelib.delivery.links import Purpose
from tests.http.fake_laurel import Laurel, id_of

EMAIL = "ada@example.org"
"""The holder of the seeded credentials."""


@dataclass
class CountedReads:
    """An archive that counts the calls of each method."""

    archive: Any
    calls: Counter[str] = field(default_factory=Counter)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.archive, name)

        def counted(*arguments: Any) -> Any:
            self.calls[name] += 1
            return method(*arguments)

        return counted


def give(laurel: Laurel, issuer_id: str, count: int) -> list[str]:
    """Give the holder ``count`` credentials of ``issuer_id``, a minute apart; their ids, newest first."""
    store = laurel.issuer_store
    sample, recipient = store.record(id_of("valid")), store.recipient(id_of("valid"))
    achievement = store.achievement_version("fernhill", sample.achievement_id, sample.achievement_version)
    store._versions[issuer_id, achievement.id, achievement.version] = replace(achievement, issuer_id=issuer_id)
    ids = [credential_id(f"{issuer_id} {number}") for number in range(count)]
    for number, one in enumerate(ids):
        at = laurel.now - timedelta(minutes=number + 1)
        store._records[one] = replace(sample, id=one, issuer_id=issuer_id, issued_at=at, entries=(), jwt=None)
        store._recipients[one] = replace(recipient, credential_id=one, issuer_id=issuer_id, email=EMAIL)
    return ids


def credential_id(name: str) -> str:
    return base64.b32encode(hashlib.sha256(name.encode()).digest()).decode().lower()[:26]


def link_path(laurel: Laurel, issuer_id: str | None, credential_id: str | None = None) -> str:
    url, link = laurel.delivery_context.link(Purpose.MY, EMAIL, issuer_id=issuer_id, credential_id=credential_id)
    laurel.delivery_store.add_links((link,))
    return urlsplit(url).path


def shown_ids(text: str) -> list[str]:
    return re.findall(r'<article class="own" aria-labelledby="c-([a-z2-7]{26})">', text)
