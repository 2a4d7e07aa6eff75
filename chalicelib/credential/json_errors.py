"""Explain in plain words why a text is not JSON."""

from __future__ import annotations

import json

_REASONS = (
    ("Expecting ',' delimiter", "a comma is missing"),
    ("Expecting ':' delimiter", "a colon is missing"),
    ("Expecting property name", "a name in double quotes is missing"),
    ("Expecting value", "a value is missing"),
    ("Illegal trailing comma", "there is an extra comma"),
    ("Unterminated string", "the closing quote of a string is missing"),
    ("Invalid control character", "a string contains a line break or another control character"),
    ("Invalid \\", "a string contains an invalid backslash escape"),
    ("Extra data", "there is something after its end"),
)
"""The start of each message of Python's decoder, and what it means."""


def reason(error: ValueError, text: str) -> str:
    """Describe ``error`` of Python's decoder, and its position in ``text``, as part of a sentence."""
    if not isinstance(error, json.JSONDecodeError):
        return "it cannot be read"
    if not text.strip():
        return "it is empty"
    where = f"on line {error.lineno:,} at character {error.colno:,}"
    if not text[error.pos :].strip() or error.msg.startswith("Unterminated string"):
        return f"its end is missing: what starts {where} is not complete"
    found = next((words for start, words in _REASONS if error.msg.startswith(start)), "something is wrong")
    return f"{found} {where}"
