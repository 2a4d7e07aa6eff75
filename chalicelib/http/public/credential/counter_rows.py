"""How often a credential was viewed and verified, as its page says it.

Not to the unit: anyone can look every night, so an exact number would show that one person had looked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.language.phrase import phrase

if TYPE_CHECKING:  # most credentials show no counters
    from chalicelib.analytics.counts.counters import ByPeople

STEP = 10
"""Numbers are rounded down to a multiple of this; a number below it is not shown. As many as the people in the smallest
group whose figures an issuer sees (`analytics.kpi.suppression`)."""


class CounterRow(NamedTuple):
    """One counter."""

    label: str
    at_least: int
    """Rounded down; 0 for fewer than ``step``."""
    step: int = STEP


def rows(counted: ByPeople) -> tuple[CounterRow, ...]:
    """The counters that the page shows."""
    return (
        CounterRow(phrase("Views"), counted.views // STEP * STEP),
        CounterRow(phrase("Other verifications"), counted.verifications // STEP * STEP),
    )
