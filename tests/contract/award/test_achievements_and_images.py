from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.errors import Conflict
from tests.contract import samples
from tests.contract.conftest import Storage


def test_achievement_round_trips(storage: Storage):
    achievement = samples.achievement()
    plain = samples.achievement(achievement_id="plain", skills=())
    storage.issuer_store.add_achievement(achievement)
    storage.issuer_store.add_achievement(plain)
    assert storage.issuer_store.achievement("north", "welding") == achievement
    assert storage.issuer_store.achievement("north", "plain") == plain


def test_achievement_id_is_unique(storage: Storage):
    achievement = samples.achievement()
    storage.issuer_store.add_achievement(achievement)
    storage.issuer_store.add_achievement(achievement)
    with pytest.raises(Conflict):
        storage.issuer_store.add_achievement(replace(achievement, name="Other"))
    assert storage.issuer_store.achievement("north", "welding") == achievement


def test_only_the_issuers_own_achievements_are_listed(storage: Storage):
    own = [samples.achievement("north", "a"), samples.achievement("north", "b")]
    others = [
        samples.achievement("north#ACHIEVEMENT", "c"),
        samples.achievement("nort", "d"),
        samples.achievement("", "e"),
    ]
    for achievement in own + others:
        storage.issuer_store.add_achievement(achievement)
    storage.issuer_store.add_issuer(samples.issuer("north"), [])
    assert list(storage.issuer_store.achievements("north")) == own
    assert list(storage.issuer_store.achievements("nobody")) == []


def test_adding_an_image_twice_is_idempotent(storage: Storage):
    storage.issuer_store.add_image(samples.image())
    storage.issuer_store.add_image(samples.image())
    assert storage.public_store.image("a" * 64) == samples.image()
