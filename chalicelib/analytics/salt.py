"""The secret of the day: made fresh, used for one day, destroyed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.analytics.ports import Salts
from chalicelib.analytics.visitor import SALT_BYTES


def rotate(salts: Salts, now: datetime, entropy: Callable[[int], bytes]) -> int:
    """Destroy the salts of every day before ``now``'s and prepare tomorrow's; how many were destroyed.

    Once its salt is gone, nobody can say who a day's visitors were, Laurel included. Run it again at any time: it
    changes nothing that is done. Raises `Unavailable`.
    """
    destroyed = salts.destroy_before(now.date())
    salts.create(now.date() + timedelta(days=1), entropy(SALT_BYTES))
    return destroyed
