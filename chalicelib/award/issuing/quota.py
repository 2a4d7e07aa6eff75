"""Daily issuing quotas of issuers.

Anyone can create an issuer, and each credential costs storage, signatures and emails. The quota of an unverified issuer
is enough for a few courses; a domain proof or an operator's registration raises it. An issuer that reaches it continues
on the next day: bulk jobs by themselves, everyone else with `Retry-After`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.credential import dates
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import QuotaExceeded

UNPROVEN_PER_DAY = 100
"""Daily credential limit of an issuer without domain proof or registration: a few courses, and about a cent in storage,
signatures and emails (AWS pricing)."""
PROVEN_PER_DAY = 100_000
"""Daily credential limit of a registered issuer, or of all issuers that have verified one registered domain: the
largest single upload that `docs/api.md` describes."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """Credentials taken from the quota of one day."""

    counter: str
    amount: int


def take(issuer_context: IssuerContext, issuer: Issuer) -> Taken:
    """Take one credential from the issuer's quota. Raises `QuotaExceeded`, `Unavailable`."""
    taken = take_up_to(issuer_context, issuer, 1)
    if not taken.amount:
        raise exceeded(issuer_context, issuer)
    return taken


def take_up_to(issuer_context: IssuerContext, issuer: Issuer, amount: int) -> Taken:
    """Take ``amount`` credentials from the issuer's quota, or as many as are left of it. Raises `Unavailable`."""
    now = issuer_context.now()
    most, (counter, expires) = limit(issuer, now), day_counter("issued", issuer.quota_owner_id(now), now)
    taken, step = 0, amount
    while step:
        if issuer_context.counters.add(counter, step, most, expires):
            taken += step
            step = min(step, amount - taken)
        else:
            step //= 2
    return Taken(counter, taken)


def give_back(issuer_context: IssuerContext, taken: Taken, amount: int) -> None:
    """Return ``amount`` of what was taken: credentials that were refused, or had been issued before."""
    if amount > 0:
        issuer_context.counters.give_back(taken.counter, amount)


def exceeded(issuer_context: IssuerContext, issuer: Issuer) -> QuotaExceeded:
    """The error for an issuer whose quota is used up."""
    now = issuer_context.now()
    domain = issuer.vouching_domain(now)
    who = f"{issuer.name} has" if domain is None else f"Issuers that have verified {domain} have"
    detail = f"{who} issued {limit(issuer, now):,} credentials today, the daily limit.{advice(issuer, now)}"
    return until_midnight(detail, now)


def limit(issuer: Issuer, now: datetime) -> int:
    """The number of credentials that ``issuer`` may issue a day."""
    return PROVEN_PER_DAY if issuer.identified(now) else UNPROVEN_PER_DAY


def day_counter(name: str, subject: str, now: datetime) -> tuple[str, datetime]:
    """The counter of ``subject`` for the current day (UTC), and when it can be deleted."""
    return f"{name}-{now.astimezone(UTC).date().isoformat()}-{subject}", dates.next_day(now) + _DAY


def advice(issuer: Issuer, now: datetime) -> str:
    """How the issuer can raise a daily limit, as a sentence to append."""
    return "" if issuer.identified(now) else " Verify a domain to raise the limit."


def until_midnight(detail: str, now: datetime, code: str = QuotaExceeded.code) -> QuotaExceeded:
    """The error for a limit that is reached until the next day (UTC)."""
    resets = dates.next_day(now)
    seconds = int((resets - now).total_seconds())
    return QuotaExceeded(f"{detail} Try again after midnight UTC.", resets, seconds, code=code)
