"""How many machines and people of a labelled set are classified correctly.

The labels are those of Matomo's Device Detector, whose test data the package `device-detector` contains. Laurel's own
list of bots comes from elsewhere.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from benchmarks.line import Line
from benchmarks.peers import PeerMissing
from chalicelib.analytics.counts.repeats import MAX_IDENTICAL, without_repeats
from chalicelib.analytics.event import Event, Kind, VisitorClass
from chalicelib.http.input import visitor_class

MACHINES = PEOPLE = 500
_DECLARED, _REPEATING = 10, 20
_ENGINES = frozenset({"Blink", "WebKit", "Gecko", "Trident", "Edge"})
_CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
_AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Visitor:
    """What a visitor sends, and how often within three minutes."""

    machine: bool
    """The label."""
    headers: dict[str, str]
    hits: int = 1


@dataclass(frozen=True)
class Result:
    """The visitors who were counted as what they are not."""

    machines: int
    people: int
    missed: tuple[Visitor, ...]
    mistaken: tuple[Visitor, ...]

    @property
    def found_percent(self) -> float:
        """Machines that are counted as such."""
        return 100 * (1 - len(self.missed) / self.machines)

    @property
    def mistaken_percent(self) -> float:
        """People who are counted as machines."""
        return 100 * len(self.mistaken) / self.people


def labelled(seed: int = 1) -> list[Visitor]:
    """A random thousand of the data: programs and browsers, prefetches, and visitors who open a page many times."""
    rolls = random.Random(seed)
    agents = rolls.sample(bots(), MACHINES - _DECLARED - _REPEATING)
    machines = [Visitor(True, {"user-agent": agent}) for agent in agents]
    headers = ({"sec-purpose": "prefetch"}, {"purpose": "prefetch"}, {"x-moz": "prefetch"}, {"x-purpose": "preview"},
               {"sec-purpose": "prefetch;prerender"})  # fmt: skip
    machines += [Visitor(True, {"user-agent": _CHROME, **headers[n % len(headers)]}) for n in range(_DECLARED)]
    machines += [
        Visitor(True, {"user-agent": _CHROME}, rolls.randint(MAX_IDENTICAL + 1, 900)) for _ in range(_REPEATING)
    ]
    chosen = rolls.sample(browsers(), PEOPLE)
    people = [Visitor(False, {"user-agent": agent}) for agent in chosen[_REPEATING:]]
    # As many as a class on one network, with one kind of browser.
    people += [Visitor(False, {"user-agent": agent}, rolls.randint(2, MAX_IDENTICAL)) for agent in chosen[:_REPEATING]]
    return machines + people


def measure(visitors: Sequence[Visitor]) -> Result:
    """Classify ``visitors`` as requests, and their hits as they are counted."""
    missed = tuple(one for one in visitors if one.machine and not _is_machine(one))
    mistaken = tuple(one for one in visitors if not one.machine and _is_machine(one))
    labels = Counter(one.machine for one in visitors)
    return Result(labels[True], labels[False], missed, mistaken)


@cache
def bots() -> list[str]:
    """The user agents of all programs in the data, sorted."""
    return sorted({entry["user_agent"] for entry in _read(_folder() / "bots.yml")})


@cache
def browsers() -> list[str]:
    """The user agents of all browsers in the data with a known engine and version, sorted: the others, such as Dalvik
    and CFNetwork, are libraries by which programs of a phone fetch something."""
    found = set()
    for path in _folder().glob("*.yml"):
        for entry in _read(path) if path.name != "bots.yml" else ():
            client = entry.get("client") or {}
            known = client.get("engine") in _ENGINES and client.get("version")
            if client.get("type") == "browser" and known:
                found.add(entry["user_agent"])
    return sorted(found)


def lines() -> Iterator[Line]:
    """Raises `PeerMissing` without the package."""
    result = measure(labelled())
    yield Line("bots.machines_found", result.found_percent, "%")
    yield Line("bots.people_mistaken", result.mistaken_percent, "%")


def _is_machine(visitor: Visitor) -> bool:
    request: Any = SimpleNamespace(headers=visitor.headers)
    kind = visitor_class.classify_visitor(request)
    event = Event("", Kind.VIEW, _AT, "c" * 26, "north", "welding", "valid", "ab" * 16, None, visitor_class=kind)
    hits = [_hit(event, number) for number in range(visitor.hits)]
    return all(each.visitor_class is not VisitorClass.PERSON for each in without_repeats(hits))


def _hit(event: Event, number: int) -> Event:
    return replace(event, id=f"{number:026}", at=event.at + timedelta(milliseconds=number))


def _folder() -> Path:
    # Without importing the package, which needs libraries that only its own detection uses.
    found = find_spec("device_detector")
    if found is None or not found.submodule_search_locations:
        raise PeerMissing("the package device-detector is not installed; run `make venv`")
    return Path(found.submodule_search_locations[0]) / "tests" / "fixtures" / "upstream"


def _read(path: Path) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    return [entry for entry in read if isinstance(entry, dict) and entry.get("user_agent")]
