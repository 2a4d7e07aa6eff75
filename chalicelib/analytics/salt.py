"""Daily rotation of the visitor salt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.analytics.ports import Salts
from chalicelib.analytics.visitor import SALT_BYTES


def rotate(salts: Salts, now: datetime, entropy: Callable[[int], bytes]) -> int:
    """Destroy the salts of all days before ``now`` and create tomorrow's; return how many were destroyed.

    Once a day's salt is destroyed, not even Laurel can identify that day's visitors. Idempotent. Raises
    `Unavailable`.
    """
    destroyed = salts.destroy_before(now.date())
    salts.create(now.date() + timedelta(days=1), entropy(SALT_BYTES))
    return destroyed
