"""How often a credential was viewed and verified, as its page says it.

Not to the unit: anyone can look every night, so an exact number would show that one person had looked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.language.phrase import phrase

if TYPE_CHECKING:  # most credentials show no view counts
    from chalicelib.analytics.counts.view_counts import ByPeople

STEP = 10
"""Numbers are rounded down to a multiple of this; a number below it is not shown. As many as the people in the smallest
group whose figures an issuer sees (`analytics.kpi.suppression`)."""


class ViewCountRow(NamedTuple):
    """One counter."""

    label: str
    at_least: int
    """Rounded down; 0 for fewer than ``step``."""
    step: int = STEP


def rows(counted: ByPeople) -> tuple[ViewCountRow, ...]:
    """The view counts that the page shows."""
    return (
        ViewCountRow(phrase("Views"), counted.views // STEP * STEP),
        ViewCountRow(phrase("Other verifications"), counted.verifications // STEP * STEP),
    )
