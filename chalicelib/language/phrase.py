"""Sentences that can be translated after they were composed.

A `Phrase` is its English text, and remembers its template and values. JSON shows the text; a page or an email
translates it for its reader (`translation.Translation.text`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

Value = str | int | datetime


class Phrase(str):  # noqa: SLOT000 - a subclass of str may have no slots with values
    """An English sentence with the ``template`` and the ``values`` that it was made from."""

    template: str
    values: Mapping[str, Value]
    many: str | None
    """The template for any number but one; None without a number."""


def phrase(template: str, /, **values: Value) -> Phrase:
    """Fill in ``template``. A value that is a `Phrase` is translated as well; any other text stays as it is."""
    if isinstance(template, Phrase) and not values:
        return template
    return _made(template, values, template, None)


def plural(one: str, many: str, /, count: int, **values: Value) -> Phrase:
    """Fill in ``one`` or ``many`` by ``count``, which is also the value `{count}`."""
    return _made(one, {"count": count, **values}, one if count == 1 else many, many)


def with_values(text: str, change: Callable[[str], str]) -> str:
    """Apply ``change`` to the parts of ``text`` that others wrote: the values of a `Phrase`, or all of any other
    text."""
    if not isinstance(text, Phrase):
        return change(text)
    values = {
        name: with_values(value, change) if isinstance(value, str) else value for name, value in text.values.items()
    }
    chosen = text.template if text.many is None or values.get("count") == 1 else text.many
    return _made(text.template, values, chosen, text.many)


def day(value: datetime) -> str:
    """Format a date in English, such as `3 March 2026`."""
    return f"{value:%-d %B %Y}"


def minute(value: datetime) -> str:
    """Format a date and time in English, such as `3 March 2026, 14:05 UTC`."""
    return f"{value:%-d %B %Y, %H:%M} UTC"


def _made(template: str, values: Mapping[str, Value], chosen: str, many: str | None) -> Phrase:
    shown = {name: day(value) if isinstance(value, datetime) else value for name, value in values.items()}
    found = Phrase(chosen.format_map(shown) if values else chosen)
    found.template, found.values, found.many = template, values, many
    return found
