from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.errors import Conflict
from tests.contract import nouns
from tests.contract.conftest import Storage


def test_an_achievement_comes_back_as_it_was_stored(storage: Storage):
    achievement = nouns.achievement()
    plain = nouns.achievement(achievement_id="plain", skills=())
    storage.ledger.add_achievement(achievement)
    storage.ledger.add_achievement(plain)
    assert storage.ledger.achievement("north", "welding") == achievement
    assert storage.ledger.achievement("north", "plain") == plain


def test_an_achievement_id_is_given_once(storage: Storage):
    achievement = nouns.achievement()
    storage.ledger.add_achievement(achievement)
    storage.ledger.add_achievement(achievement)
    with pytest.raises(Conflict):
        storage.ledger.add_achievement(replace(achievement, name="Other"))
    assert storage.ledger.achievement("north", "welding") == achievement


def test_only_the_achievements_of_the_issuer_are_listed(storage: Storage):
    own = [nouns.achievement("north", "a"), nouns.achievement("north", "b")]
    others = [nouns.achievement("north#ACHIEVEMENT", "c"), nouns.achievement("nort", "d"), nouns.achievement("", "e")]
    for achievement in own + others:
        storage.ledger.add_achievement(achievement)
    storage.ledger.add_issuer(nouns.issuer("north"), [])
    assert list(storage.ledger.achievements("north")) == own
    assert list(storage.ledger.achievements("nobody")) == []


def test_a_picture_may_be_added_twice(storage: Storage):
    storage.ledger.add_image(nouns.image())
    storage.ledger.add_image(nouns.image())
    assert storage.shelf.image("a" * 64) == nouns.image()
