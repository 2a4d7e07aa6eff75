"""Plan of the demo credentials. It is deterministic: the same base URL always gives the same ids."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from chalicelib.credential.build import Holder
from chalicelib.verify.report import Verdict
from cli.demo.catalogue import COURSES, REGISTERED_COURSES, UNPROVEN_COURSE
from cli.demo.people import PEOPLE


class Kind(StrEnum):
    """The purpose of a demo credential."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    TAMPERED = "tampered"
    WRONG_SIGNER = "wrong_signer"
    UNREACHABLE_STATUS = "unreachable_status"
    UNPROVEN_ISSUER = "unproven_issuer"
    SUPERSEDED = "superseded"


EXPECTED = {
    Kind.VALID: Verdict.VALID,
    Kind.EXPIRED: Verdict.EXPIRED,
    Kind.NOT_YET_VALID: Verdict.NOT_YET_VALID,
    Kind.REVOKED: Verdict.REVOKED,
    Kind.SUSPENDED: Verdict.SUSPENDED,
    Kind.TAMPERED: Verdict.INVALID,
    Kind.WRONG_SIGNER: Verdict.INVALID,
    Kind.UNREACHABLE_STATUS: Verdict.UNKNOWN,
    Kind.UNPROVEN_ISSUER: Verdict.VALID,
    Kind.SUPERSEDED: Verdict.REVOKED,
}
"""Expected verdict of each kind."""

REASONS = {
    Kind.REVOKED: "Another person took the examination in the holder’s name.",
    Kind.SUSPENDED: "Suspended while the examination records are being audited.",
    Kind.SUPERSEDED: "The holder’s name was misspelt.",
}
"""The issuer's reason for each kind whose status changes."""

CORRECTED_NAME = PEOPLE[27].name
_MISSPELT = replace(PEOPLE[27], name="Beatrix Falcao")
"""The holder of the superseded credential, as the issuer first typed the name."""

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
    """Return the 102 demo credentials for ``base_url``; most people have two or three.

    Ids are derived from the plan rather than random, so that a second run finds the credentials of the first.
    """
    kinds = ((_SPECIAL.get(number, Kind.VALID), *award) for number, award in enumerate(_awards()))
    extra = (
        (Kind.UNPROVEN_ISSUER, PEOPLE[24], COURSES.index(UNPROVEN_COURSE)),
        (Kind.SUPERSEDED, _MISSPELT, 5),
    )
    return [
        Planned(credential_id(base_url, number), kind, holder, course, *_validity(kind, number))
        for number, (kind, holder, course) in enumerate((*kinds, *extra))
    ]


def replacement_id(base_url: str) -> str:
    """Return the public id of the credential that replaces the superseded one."""
    return credential_id(base_url, len(plan(base_url)))


def credential_id(base_url: str, number: int) -> str:
    """Return the public id of demo credential ``number``."""
    return base64.b32encode(_digest(base_url, "credential", number)).decode().lower()[:26]


def achievement_id(base_url: str, course: int) -> str:
    """Return the UUID of the achievement of ``course``."""
    return str(uuid.UUID(bytes=_digest(base_url, "achievement", course)[:16], version=4))


def _digest(base_url: str, what: str, number: int) -> bytes:
    return hashlib.sha256(f"laurel demo {base_url} {what} {number}".encode()).digest()


def _awards() -> Iterator[tuple[Holder, int]]:
    """Yield holder and course: two different courses for each person, and a third for every second person."""
    courses = len(REGISTERED_COURSES)
    for number, person in enumerate(PEOPLE):
        yield person, number % courses
        yield person, (3 * number + 1 + number // 8 * 2) % courses
        if number % 2:
            yield person, (number + 4) % courses


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
