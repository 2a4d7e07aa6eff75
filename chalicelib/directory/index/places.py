"""How places are compared: by the parts that people write, and countries by any of their names."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.directory import text
from chalicelib.directory.index.country_names import ENGLISH

_MAX_WORDS = 4
"""Words of a country's name that are recognized at the end of a part, as in ``Wellington New Zealand``."""
_OF_REGIONS = frozenset(
    {"central", "east", "eastern", "inner", "lower", "new", "north", "northern", "nueva", "nuevo", "old"}
    | {"south", "southern", "upper", "west", "western"}
)
"""Words that turn a country's name into another place, as in New Mexico or Northern Ireland."""


def place_parts(place: str) -> frozenset[str]:
    """What ``place`` is found by: its parts, separated by commas, where a country has its English name.

    A holder in ``Rotterdam, Netherlands`` is found in either, and in ``Holland`` and ``Nederland``.
    """
    return frozenset(part for written in place.split(",") for part in _parts(text.key(written)))


def country(name: str) -> str | None:
    """The English name, as it is compared, of the country that is called ``name`` in some language."""
    return ENGLISH.get(text.key(name))


def _parts(key: str) -> Iterator[str]:
    if not key:
        return
    if key in ENGLISH:
        yield ENGLISH[key]
        return
    words = key.split(" ")
    for count in range(min(_MAX_WORDS, len(words) - 1), 0, -1):
        before, last = " ".join(words[:-count]), " ".join(words[-count:])
        if last in ENGLISH and before not in _OF_REGIONS:
            yield from (before, ENGLISH[last])
            return
    yield key
