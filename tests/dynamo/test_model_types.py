"""Load the storage modules in one process. The product imports each only when it needs it."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from chalicelib import dynamo


def test_model_types_are_unique() -> None:
    # PynamoDB refuses a second model with the same type.
    for module in pkgutil.iter_modules(dynamo.__path__):
        import_module(f"chalicelib.dynamo.{module.name}")
