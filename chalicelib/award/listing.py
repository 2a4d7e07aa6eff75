"""An issuer's credentials as a list: one row each, newest first, found by what an issuer remembers of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.credential.record import Record, State

MOST_OF_ONE = 1000
"""Credentials of one address that are listed: more than any person has of one issuer."""


@dataclass(frozen=True, slots=True)
class Row:
    """One credential in its issuer's list: enough to show it and to find it, without reading the credential."""

    credential_id: str
    issuer_id: str
    issued_at: datetime
    achievement_id: str
    holder_name: str
    state: State
    email: str | None = None
    valid_until: datetime | None = None
    superseded_by: str | None = None
    """The id of the credential that replaces it."""

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.issued_at, self.credential_id)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in an issuer's list, which is ordered by moment and then by id."""

    issued_at: datetime
    credential_id: str


def row_of(record: Record, email: str | None) -> Row:
    """The row of ``record``, which went to ``email``."""
    return Row(
        credential_id=record.id,
        issuer_id=record.issuer_id,
        issued_at=record.issued_at,
        achievement_id=record.achievement_id,
        holder_name=record.holder_name,
        state=record.standing.state,
        email=email,
        valid_until=record.valid_until,
        superseded_by=record.superseded_by,
    )
