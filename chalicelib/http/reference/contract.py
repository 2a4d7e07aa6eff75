"""The OpenAPI document that is served."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]

_PATH = Path(__file__).with_name("openapi.json.gz")


@cache
def source() -> str:
    """The document as JSON text."""
    return gzip.decompress(_PATH.read_bytes()).decode("utf-8")


@cache
def document() -> Schema:
    """The document, parsed."""
    found: Schema = json.loads(source())
    return found


def resolved(value: Schema) -> Schema:
    """Follow ``$ref`` to the part of the document that it names."""
    while "$ref" in value:
        found: Any = document()
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value
