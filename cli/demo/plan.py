"""Plan of the demo credentials. It is deterministic: the same base URL always gives the same ids."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from chalicelib.credential.build import Holder
from chalicelib.verify.report import Verdict
from cli.demo.catalogue import COURSES
from cli.demo.people import PEOPLE


class Kind(StrEnum):
    """What a demo credential demonstrates."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    TAMPERED = "tampered"
    WRONG_SIGNER = "wrong_signer"
    UNREACHABLE_STATUS = "unreachable_status"


EXPECTED = {
    Kind.VALID: Verdict.VALID,
    Kind.EXPIRED: Verdict.EXPIRED,
    Kind.NOT_YET_VALID: Verdict.NOT_YET_VALID,
    Kind.REVOKED: Verdict.REVOKED,
    Kind.SUSPENDED: Verdict.SUSPENDED,
    Kind.TAMPERED: Verdict.INVALID,
    Kind.WRONG_SIGNER: Verdict.INVALID,
    Kind.UNREACHABLE_STATUS: Verdict.UNKNOWN,
}
"""Expected verdict of each kind."""

REASONS = {
    Kind.REVOKED: "Another person took the examination in the holder’s name.",
    Kind.SUSPENDED: "Suspended while the examination records are being audited.",
}

_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned demo credential. Both times are relative to the time of seeding."""

    id: str
    kind: Kind
    holder: Holder
    course: int
    """Index in `COURSES`."""
    starts: timedelta
    ends: timedelta | None


def plan(base_url: str) -> list[Planned]:
    """Return the 100 demo credentials for ``base_url``; each person has two or three.

    Ids are derived from the plan rather than random, so that a second run finds the credentials of the first.
    """
    return [
        Planned(credential_id(base_url, number), kind, PEOPLE[person], course, *_validity(kind, number))
        for number, (person, course) in enumerate(_awards())
        for kind in [_SPECIAL.get(number, Kind.VALID)]
    ]


def credential_id(base_url: str, number: int) -> str:
    """Return the public id of demo credential ``number``."""
    return base64.b32encode(_digest(base_url, "credential", number)).decode().lower()[:26]


def achievement_id(base_url: str, course: int) -> str:
    """Return the UUID of demo achievement ``course``."""
    return str(uuid.UUID(bytes=_digest(base_url, "achievement", course)[:16], version=4))


def _digest(base_url: str, what: str, number: int) -> bytes:
    return hashlib.sha256(f"laurel demo {base_url} {what} {number}".encode()).digest()


def _awards() -> Iterator[tuple[int, int]]:
    """Yield (person, course): two different courses for each person, and a third for every second person."""
    for person in range(len(PEOPLE)):
        yield person, person % len(COURSES)
        yield person, (3 * person + 1 + person // 8 * 2) % len(COURSES)
        if person % 2:
            yield person, (person + 4) % len(COURSES)


def _validity(kind: Kind, number: int) -> tuple[timedelta, timedelta | None]:
    started = -timedelta(days=30 + 13 * number % 700)
    if kind is Kind.EXPIRED:
        return -3 * _YEAR, -timedelta(days=40 + number % 100)
    if kind is Kind.NOT_YET_VALID:
        return 10 * _YEAR, 12 * _YEAR
    # Every third credential never expires; the others are valid for years beyond any demo.
    return started, None if number % 3 == 0 else 8 * _YEAR


_SPECIAL = {
    7: Kind.EXPIRED,
    16: Kind.REVOKED,
    23: Kind.NOT_YET_VALID,
    31: Kind.SUSPENDED,
    38: Kind.TAMPERED,
    45: Kind.WRONG_SIGNER,
    52: Kind.UNREACHABLE_STATUS,
    60: Kind.EXPIRED,
    71: Kind.REVOKED,
    84: Kind.SUSPENDED,
}
"""Kinds by number in the plan; all other credentials are valid."""
