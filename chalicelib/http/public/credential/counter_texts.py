"""How often a credential was viewed and verified, as its page says it.

Not to the unit: anyone can look every night, so an exact number would show that one person had looked.
"""

from __future__ import annotations

from chalicelib.analytics.counts.counters import ByPeople
from chalicelib.language.phrase import phrase

STEP = 10
"""Numbers are rounded down to a multiple of this; a number below it is not shown. As many as the people in the smallest
group whose figures an issuer sees (`analytics.kpi.suppression`)."""


def texts(counted: ByPeople) -> tuple[tuple[str, str], ...]:
    """Label and text of each counter."""
    return ((phrase("Views"), _text(counted.views)), (phrase("Other verifications"), _text(counted.verifications)))


def _text(many: int) -> str:
    if many < STEP:
        return phrase("Fewer than {count}", count=STEP)
    return phrase("At least {count}", count=many - many % STEP)
