"""An issuer with achievements to show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.credential.achievement import Achievement
from tests.http.fake_laurel import Laurel

ENROL = "https://fernhill.example/enrol?course=7"


@pytest.fixture
def achievement(laurel: Laurel) -> Achievement:
    """Fernhill's achievement, with an enrolment page."""
    (found,) = laurel.issuer_store.achievements("fernhill")
    return store(laurel, replace(found, enrolment_url=ENROL, eligibility="Anyone over 16."))


def store(laurel: Laurel, achievement: Achievement) -> Achievement:
    laurel.issuer_store._achievements[achievement.issuer_id, achievement.id] = achievement
    return achievement


def without_proof(laurel: Laurel, **changes: object) -> None:
    """Make Fernhill an issuer that no one vouches for."""
    issuer = replace(laurel.issuer_store.issuer("fernhill"), registered_as=None, domains=(), **changes)  # type: ignore[arg-type]
    laurel.issuer_store._issuers["fernhill"] = issuer
