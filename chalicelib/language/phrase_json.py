"""Phrases as JSON, so that a stored sentence can be translated when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.language import phrase
from chalicelib.language.phrase import Phrase, Value

Json = str | dict[str, Any]
_DATE = "date"


def write(text: str) -> Json:
    """Write ``text``: a `Phrase` with its template and values, any other text as it is."""
    if not isinstance(text, Phrase):
        return str(text)
    written: dict[str, Any] = {
        "text": text.template,
        "values": {name: _write(each) for name, each in text.values.items()},
    }
    return written if text.many is None else {**written, "many": text.many}


def read(stored: Json) -> str:
    """The text that `write` wrote."""
    if isinstance(stored, str):
        return stored
    values: dict[str, Any] = {name: _read(each) for name, each in stored["values"].items()}
    if "many" not in stored:
        return phrase.phrase(stored["text"], **values)
    return phrase.plural(stored["text"], stored["many"], **values)


def _write(value: Value) -> object:
    if isinstance(value, datetime):
        return {_DATE: value.isoformat()}
    return value if isinstance(value, int) else write(value)


def _read(stored: object) -> Value:
    if isinstance(stored, Mapping):
        return datetime.fromisoformat(stored[_DATE]) if _DATE in stored else read(dict(stored))
    return stored if isinstance(stored, int) else str(stored)
