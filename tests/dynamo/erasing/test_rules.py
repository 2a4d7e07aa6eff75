"""Every kind of stored item has a rule of erasure."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

from chalicelib import dynamo
from chalicelib.dynamo import keys
from chalicelib.dynamo.erasing import listings
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


def test_every_kind_of_item_of_the_directory_has_a_rule_of_erasure() -> None:
    """Its items have no type: the key tells the kind."""
    samples: dict[str, object] = {"ordinal": 1, "shard": 1, "kind": "skill"}
    made = set()
    for name, function in inspect.getmembers(keys, inspect.isfunction):
        signature = inspect.signature(function)
        if name.startswith("directory_") and signature.return_annotation in ("Key", "Range"):
            found = function(**{each: samples.get(each, "x") for each in signature.parameters})
            made.add(keys.directory_kind(keys.Key(found.pk, "")))
    assert made == set(listings.RULES)
