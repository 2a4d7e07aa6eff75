"""Every kind of stored item has a rule of erasure."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from chalicelib import dynamo
from chalicelib.dynamo.erasing.rules import RULES
from chalicelib.dynamo.items.base import Item


def kinds() -> set[str]:
    for module in pkgutil.walk_packages(dynamo.__path__, "chalicelib.dynamo."):
        import_module(module.name)
    return {model.type.get_discriminator(model) for model in models(Item)}


def models(model: type[Item]) -> set[type[Item]]:
    return {each for sub in model.__subclasses__() for each in (sub, *models(sub))}


def test_every_kind_of_item_has_a_rule_of_erasure() -> None:
    """A new kind could hold a trace of a person: decide whether it is deleted, changed, or kept."""
    assert kinds() == set(RULES)
