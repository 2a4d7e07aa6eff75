"""Why credentials are left out of figures about people, in words."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class LeftOut(StrEnum):
    """A reason. A column of `cohorts` has its value."""

    FEW = "few"
    """Fewer than ten people altogether."""
    FEW_A_MONTH = "few_a_month"
    """Ten or more altogether, but fewer than ten in each of their months."""
    OTHERS = "protects_others"
    """Enough people, but subtracting them from everyone would leave fewer than ten people with other achievements."""
    COMBINED = "combined_months"
    """Enough people, but their month is combined with a month outside the period that has fewer than ten."""


_BECAUSE = {
    LeftOut.FEW: "they would be about fewer than ten people",
    LeftOut.FEW_A_MONTH: "they would be about fewer than ten people a month",
    LeftOut.OTHERS: "in the same month, other achievements were issued to fewer than ten people, and figures about "
    "them could be worked out by subtraction",
    LeftOut.COMBINED: "they would be about a month that is combined with one outside this period, in which fewer than "
    "ten credentials were issued",
}
_THOSE = {
    LeftOut.FEW: "those of months with fewer than ten credentials",
    LeftOut.FEW_A_MONTH: "those of months with fewer than ten credentials",
    LeftOut.OTHERS: "those of months in which other achievements were issued to fewer than ten people, because figures "
    "about them could be worked out by subtraction",
    LeftOut.COMBINED: "those of a month that is combined with one outside this period",
}


def because(reasons: Collection[LeftOut]) -> str:
    """Why figures are not shown, to follow "because". Without a reason, the figure itself is about too few people."""
    return " or ".join(_BECAUSE[each] for each in LeftOut if each in reasons) or _BECAUSE[LeftOut.FEW]


def those(reasons: Collection[LeftOut]) -> tuple[str, ...]:
    """Which credentials are left out of figures that are shown, to follow "excluding"."""
    return tuple(dict.fromkeys(_THOSE[each] for each in LeftOut if each in reasons))
