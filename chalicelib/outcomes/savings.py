"""Time and cost that verifications save, from what a manual check takes; the issuer says what that is."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.errors import Refused

MAX_MINUTES = 10_000
"""Maximum minutes: about a month of working time; more is a mistake."""
MAX_COST = 100_000
NONE = "To calculate this, enter below what a manual check takes and costs. Laurel does not assume any values."


@dataclass(frozen=True, slots=True)
class ManualCheck:
    """What an issuer says about a manual check of one certificate."""

    issuer_id: str
    minutes: int
    cost: int
    currency: str
    percent: int
    """How many of a hundred verifications replace a manual check; the others would not have been made."""


@dataclass(frozen=True, slots=True)
class Savings:
    """Manual checks that were not needed, and what they would have taken."""

    checks: int
    hours: float
    cost: int


def check(manual: ManualCheck) -> None:
    """Raises `Refused` for values out of range."""
    if not 1 <= manual.minutes <= MAX_MINUTES:
        raise Refused(f"Enter 1 to {MAX_MINUTES:,} minutes.", code="refused")
    if not 0 <= manual.cost <= MAX_COST:
        raise Refused(f"Enter a cost of 0 to {MAX_COST:,}.", code="refused")
    if not 1 <= manual.percent <= 100:
        raise Refused("Enter 1 to 100 percent.", code="refused")
    if not (len(manual.currency) == 3 and manual.currency.isascii() and manual.currency.isupper()):
        raise Refused("Enter a currency such as EUR.", code="refused")


def savings(manual: ManualCheck, verifications: int) -> Savings:
    """What ``verifications`` saved."""
    checks = verifications * manual.percent // 100
    return Savings(checks, checks * manual.minutes / 60, checks * manual.cost)


def assumption(manual: ManualCheck) -> str:
    """What the figures assume, to be printed beside them."""
    return (
        f"Assumes that {manual.percent}% of verifications (page views by people and API reports that returned a "
        f"verdict) replace a manual check, which takes {manual.minutes:,} minutes and costs {manual.cost:,} "
        f"{manual.currency}. "
        "You entered these values."
    )
