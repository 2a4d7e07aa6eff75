from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.errors import Conflict
from tests.contract import nouns
from tests.contract.conftest import Storage


def test_an_achievement_comes_back_as_it_was_stored(storage: Storage):
    achievement = nouns.achievement()
    plain = nouns.achievement(achievement_id="plain", skills=())
    storage.issuer_store.add_achievement(achievement)
    storage.issuer_store.add_achievement(plain)
    assert storage.issuer_store.achievement("north", "welding") == achievement
    assert storage.issuer_store.achievement("north", "plain") == plain


def test_an_achievement_id_is_given_once(storage: Storage):
    achievement = nouns.achievement()
    storage.issuer_store.add_achievement(achievement)
    storage.issuer_store.add_achievement(achievement)
    with pytest.raises(Conflict):
        storage.issuer_store.add_achievement(replace(achievement, name="Other"))
    assert storage.issuer_store.achievement("north", "welding") == achievement


def test_only_the_achievements_of_the_issuer_are_listed(storage: Storage):
    own = [nouns.achievement("north", "a"), nouns.achievement("north", "b")]
    others = [nouns.achievement("north#ACHIEVEMENT", "c"), nouns.achievement("nort", "d"), nouns.achievement("", "e")]
    for achievement in own + others:
        storage.issuer_store.add_achievement(achievement)
    storage.issuer_store.add_issuer(nouns.issuer("north"), [])
    assert list(storage.issuer_store.achievements("north")) == own
    assert list(storage.issuer_store.achievements("nobody")) == []


def test_a_picture_may_be_added_twice(storage: Storage):
    storage.issuer_store.add_image(nouns.image())
    storage.issuer_store.add_image(nouns.image())
    assert storage.public_store.image("a" * 64) == nouns.image()
