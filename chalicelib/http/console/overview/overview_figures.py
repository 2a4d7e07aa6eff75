"""The figures of the overview, counted over an issuer's latest credentials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.award.issuing.search import Row
from chalicelib.credential.record import State

COUNTED = 30
"""Maximum credentials read to count them, which costs a few read units. Beyond it the page says "at least"."""
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of credentials: each is valid, expired, suspended, revoked or corrected. ``more`` means that older ones
    were not counted."""

    issued: int
    valid: int
    expiring: int
    """Valid ones that expire within `SOON` and have not been renewed."""
    expired: int
    suspended: int
    revoked: int
    corrected: int
    """Replaced by a corrected version."""
    more: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its label, and the list behind it; ``path`` comes after `/console/{issuer}`."""

    number: str
    what: str
    path: str


def count(rows: Sequence[Row], now: datetime) -> Counts:
    """Count ``rows``, of which the first `COUNTED` are counted."""
    counted = rows[:COUNTED]
    valid = [
        row for row in counted if row.state is State.ACTIVE and (row.valid_until is None or now <= row.valid_until)
    ]
    return Counts(
        issued=len(counted),
        valid=len(valid),
        expiring=sum(
            row.superseded_by is None and row.valid_until is not None and row.valid_until < now + SOON for row in valid
        ),
        expired=sum(row.state is State.ACTIVE for row in counted) - len(valid),
        suspended=sum(row.state is State.SUSPENDED for row in counted),
        revoked=sum(row.state is State.REVOKED and not row.corrected for row in counted),
        corrected=sum(row.corrected for row in counted),
        more=len(rows) > COUNTED,
    )


def figures(counts: Counts) -> tuple[Figure, ...]:
    """Return the figures to show, which add up. Those that expire soon are among what needs attention."""
    among = f" of the latest {COUNTED:,}" if counts.more else ""
    return (
        Figure(f"at least {COUNTED:,}" if counts.more else f"{counts.issued:,}", "issued", "/credentials"),
        Figure(f"{counts.valid:,}", "valid" + among, "/credentials?state=active"),
        Figure(f"{counts.expired:,}", "expired" + among, "/credentials?state=expired"),
        Figure(f"{counts.suspended:,}", "suspended" + among, "/credentials?state=suspended"),
        Figure(f"{counts.revoked:,}", "revoked" + among, "/credentials?state=revoked"),
        Figure(f"{counts.corrected:,}", "replaced by a correction" + among, "/credentials?state=corrected"),
    )
