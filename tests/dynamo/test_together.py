"""All storage modules in one process: each is imported only when it is needed, so nothing else loads them together."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from chalicelib import dynamo


def test_no_two_models_bear_the_same_type() -> None:
    # PynamoDB refuses the second one of a type, wherever it is imported.
    for module in pkgutil.iter_modules(dynamo.__path__):
        import_module(f"chalicelib.dynamo.{module.name}")
