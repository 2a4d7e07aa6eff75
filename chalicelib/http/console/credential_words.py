"""How a credential stands, in the console's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.award.listing import Row
from chalicelib.credential.record import State
from chalicelib.http.console.words import Face

STANDS = Face("Stands", "good")
EXPIRED = Face("Expired", "warn")
FACES: Mapping[State, Face] = {
    State.ACTIVE: STANDS,
    State.SUSPENDED: Face("On hold", "warn"),
    State.REVOKED: Face("Withdrawn", "bad"),
}
STATES = (("", "Any"), *((state.value, face.word) for state, face in FACES.items()))
"""For the choice of those to be found."""
ANOTHER = "An achievement that is gone"


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a table of credentials."""

    id: str
    name: str
    email: str | None
    achievement: str
    at: datetime
    face: Face


def face(state: State, valid_until: datetime | None, now: datetime) -> Face:
    """How a credential stands at ``now``; the issuer's decision goes before the calendar."""
    if state is State.ACTIVE and valid_until is not None and valid_until < now:
        return EXPIRED
    return FACES[state]


def listed(rows: Iterable[Row], names: Mapping[str, str], now: datetime) -> list[Listed]:
    """``rows`` as a table shows them; ``names`` of achievements by their ids."""
    return [
        Listed(
            id=row.credential_id,
            name=row.holder_name or "A holder without a name",
            email=row.email,
            achievement=names.get(row.achievement_id, ANOTHER),
            at=row.issued_at,
            face=face(row.state, row.valid_until, now),
        )
        for row in rows
    ]
