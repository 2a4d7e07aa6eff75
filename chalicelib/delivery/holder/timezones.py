"""The timezones that a holder can choose: one for each place in the tables of the tz database, without older names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from chalicelib.award.input.timezones import names

UTC = "UTC"
_ALSO_CALLED = {"GB": "United Kingdom", "US": "USA", "KR": "South Korea", "KP": "North Korea", "AE": "UAE"}
"""Names of countries that `iso3166.tab` does not have."""


@cache
def offered() -> tuple[str, ...]:
    """Names of the timezones: `UTC`, then those of places."""
    return (UTC, *sorted(_codes()))


@cache
def countries() -> Mapping[str, str]:
    """The country of each timezone of a place."""
    by_code = country_names()
    return MappingProxyType({zone: by_code[code] for zone, code in _codes().items() if code in by_code})


@cache
def country_names() -> Mapping[str, str]:
    """The English name of each country by its ISO 3166 code."""
    return MappingProxyType({row[0]: row[1] for row in _rows("iso3166.tab")})


@cache
def other_names() -> Mapping[str, tuple[str, ...]]:
    """Other names under which people look for a timezone: older ones, such as Asia/Calcutta, and of its country."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in _lines("tzdata.zi"):
        kind, *values = line.split()
        if kind == "L" and values[1] not in _codes():
            found[values[0]].append(values[1])
    for zone, code in _codes().items():
        if code in _ALSO_CALLED:
            found[zone].append(_ALSO_CALLED[code])
    return MappingProxyType({zone: tuple(others) for zone, others in found.items()})


@cache
def _codes() -> Mapping[str, str]:
    return MappingProxyType({zone: code for code, _, zone, *_ in _rows("zone.tab") if zone in names()})


def _rows(table: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in _lines(table))


def _lines(file: str) -> Iterator[str]:
    text = (resources.files("tzdata.zoneinfo") / file).read_text("utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))
