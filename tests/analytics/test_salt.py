from __future__ import annotations

from datetime import timedelta

from chalicelib.analytics import salt
from chalicelib.analytics.visitor import SALT_BYTES
from tests import fakes
from tests.makers import NOW


def test_rotation_destroys_old_salts_and_creates_tomorrows() -> None:
    salts = fakes.Salts({NOW.date() - timedelta(days=days): bytes([days]) for days in range(4)})
    assert salt.rotate(salts, NOW, lambda size: b"t" * size) == 3
    assert salts.by_day == {NOW.date(): b"\0", NOW.date() + timedelta(days=1): b"t" * SALT_BYTES}


def test_rotating_twice_changes_nothing() -> None:
    salts = fakes.Salts()
    salt.rotate(salts, NOW, lambda size: b"a" * size)
    before = dict(salts.by_day)
    assert salt.rotate(salts, NOW, lambda size: b"b" * size) == 0
    assert salts.by_day == before
