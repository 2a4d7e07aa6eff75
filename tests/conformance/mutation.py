"""One-edit variants of a JSON document: insert, rename, retarget, delete, reorder.

A variant depends only on the seed, so a failure can be reproduced. Edits ignore what they mean: `meaning` determines
the meaning of a variant.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random
from typing import Any, TypeAlias

from tests.verify.canonical import oracle

Container: TypeAlias = dict[str, Any] | list[Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of a document: ``path`` is its place, ``what`` a description for people."""

    kind: str
    path: str
    container: type
    what: str = ""
    adds: bool = False
    """Whether it inserted a member with content (an empty list has none), or an item that is new to its list."""

    def __str__(self) -> str:
        return f"{self.kind} {self.what} in {self.path}"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One variant, as JSON."""

    edit: Edit
    source: bytes


def mutants(document: Mapping[str, Any], seed: str, number: int) -> Iterator[Mutant]:
    """Yield ``number`` one-edit variants of ``document``, with each kind of edit equally often."""
    rng = Random(seed)
    for edit in islice(cycle(_EDITS), number):
        variant = copy.deepcopy(dict(document))
        edit_made = edit(variant, rng)
        yield Mutant(edit_made, write(variant))


def write(document: Mapping[str, Any]) -> bytes:
    """Return ``document`` as JSON; the suffix `_TWICE` of a name is removed."""
    return json.dumps(document, ensure_ascii=False).replace('\\u0000":', '":').encode()


_DUPLICATE_SUFFIX = "\0"
"""Suffix of a name that is to be duplicated in its object, which a dict cannot represent."""


def _insert(document: dict[str, Any], rng: Random) -> Edit:
    path, container = _pick(document, rng)
    value = _value(document, rng)
    if isinstance(container, list):
        value = rng.choice([value, *copy.deepcopy(container)])
        new = not any(_equal(value, item) for item in container)
        container.insert(rng.randint(0, len(container)), value)
        return Edit("insert", path, list, f"{value!r}", adds=new)
    free = [name for name in _NAMES if name not in container]
    name = rng.choice(list(container)) + _DUPLICATE_SUFFIX if rng.random() < 0.1 else rng.choice(free)
    members = list(container.items())
    members.insert(rng.randint(0, len(members)), (name, value))
    _replace(container, members)
    return Edit("insert", path, dict, f"{name!r} = {value!r}", adds=value != [])


def _rename(document: dict[str, Any], rng: Random) -> Edit:
    path, container = _pick(document, rng, dict)
    assert isinstance(container, dict)
    old = rng.choice(list(container))
    similar = [old.upper(), old + "s", old + " ", "@" + old, "https://schema.org/" + old, old[1:]]
    new = rng.choice([name for name in [*similar, rng.choice(_NAMES), *list(container)] if name != old])
    _replace(container, [(new if name == old else name, value) for name, value in container.items() if name != new])
    return Edit("rename", path, dict, f"{old!r} to {new!r}")


def _retarget(document: dict[str, Any], rng: Random) -> Edit:
    path, container = _pick(document, rng)
    key = _key(container, rng)
    old = container[key]
    new = rng.choice([value for value in [*_similar(old, rng), _value(document, rng)] if not _equal(value, old)])
    container[key] = new
    return Edit("retarget", path, type(container), f"{key!r} from {old!r} to {new!r}")


def _delete(document: dict[str, Any], rng: Random) -> Edit:
    path, container = _pick(document, rng)
    key = _key(container, rng)
    del container[key]
    return Edit("delete", path, type(container), f"{key!r}")


def _reorder(document: dict[str, Any], rng: Random) -> Edit:
    path, container = _pick(document, rng, least=2)
    if isinstance(container, list):
        rng.shuffle(container)
    else:
        members = list(container.items())
        rng.shuffle(members)
        _replace(container, members)
    return Edit("reorder", path, type(container))


_EDITS: tuple[Callable[[dict[str, Any], Random], Edit], ...] = (_insert, _rename, _retarget, _delete, _reorder)


def _pick(document: dict[str, Any], rng: Random, kind: type | None = None, least: int = 1) -> tuple[str, Any]:
    """Choose a container in ``document``; returns its path and the container."""
    parts = _containers(document, "")
    return rng.choice([part for part in parts if len(part[1]) >= least and (kind is None or type(part[1]) is kind)])


def _containers(value: Any, path: str) -> Iterator[tuple[str, Container]]:
    if isinstance(value, dict | list):
        yield path or "/", value
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _containers(inner, f"{path}/{key}")


def _key(container: Container, rng: Random) -> Any:
    return rng.choice(list(container)) if isinstance(container, dict) else rng.randrange(len(container))


def _replace(container: dict[str, Any], members: list[tuple[str, Any]]) -> None:
    container.clear()
    container.update(members)


def _equal(left: Any, right: Any) -> bool:
    return json.dumps(left) == json.dumps(right)


def _terms(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if not name.startswith("@"):
                yield name
            yield from _terms(inner)


_SPECIAL_NAMES = [
    *("@id", "@type", "@index", "@included", "@reverse", "@nest", "@graph", "@context", "@value", "@language", "@set"),
    *("id", "type", "proof", "Name", "name ", "unsignedClaim", "grade", "https://schema.org/name", "schema:name"),
    *("https://purl.imsglobal.org/spec/vc/ob/vocab.html#Alignment", "_:b0", "", "@unknown", "/", "__proto__"),
]
_NAMES = sorted({name for context in oracle.DOCUMENTS.values() for name in _terms(context)}) + 4 * _SPECIAL_NAMES
"""Every term of the bundled contexts, and names that JSON-LD processors treat specially."""

_VALUES = [
    *("", "A", "https://other.example/", "did:example:other", "urn:uuid:1", "2031-01-01T00:00:00Z", "not an iri"),
    *(0, 1, -1, 0.5, 42.0, 1e30, True, False, None),
    *([], {}, ["A", "B"], [[]], [None], {"id": "https://other.example/"}, {"@id": "https://other.example/"}),
    *({"@value": "A"}, {"@value": "A", "@language": "en"}, {"@set": ["A"]}, {"@list": ["A"]}, {"@index": "A"}),
    *({"type": ["Profile"], "name": "Someone else"}, {"@context": "https://www.w3.org/ns/credentials/v2"}),
    *({"@context": {"name": "https://schema.org/description"}}, {"@context": None}, {"@graph": []}),
]


def _value(document: dict[str, Any], rng: Random) -> Any:
    """Choose a value from the pool, or one from elsewhere in the document."""
    parts = [part for _, part in _containers(document, "") if part is not document]
    return copy.deepcopy(rng.choice([*_VALUES, rng.choice(parts or [{}])]))


def _similar(value: Any, rng: Random) -> list[Any]:
    """Values that could be confused with ``value``."""
    if isinstance(value, str):
        middle = rng.randint(0, len(value))
        character = rng.choice("aA0. \u200b\u0301\t\n\u00a0")
        return [
            *(value + " ", value.swapcase(), value[:-1], value + "#", value + "/", f"_:{value}", [value, value]),
            *(
                value[:middle] + character + value[middle:],
                {"@value": value},
                {"id": value},
                {"@id": value},
                {value: value},
            ),
        ]
    if isinstance(value, bool):
        return [not value, str(value).lower(), int(value)]
    if isinstance(value, int | float):
        return [value + 1, value + 1e-9, -value, str(value)]
    if isinstance(value, list):
        return [value * 2, value[:-1], [value], {"@set": value}, {"@list": value}, *value]
    if isinstance(value, dict):
        return [[value, value], value.get("id"), {**value, "id": "https://other.example/"}, {"@graph": [value]}]
    return []


def one_value_edits(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each scalar in ``document`` changed in a few ways, one at a time, with a description of the change."""
    for path in _scalars(document, ()):
        for new in _changed(_get(document, path)):
            edited = copy.deepcopy(document)
            _get(edited, path[:-1])[path[-1]] = new
            yield f"{path}: {new!r}", edited


def _scalars(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if not isinstance(value, dict | list):
        yield path
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _scalars(inner, (*path, key))


def _get(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _changed(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [value + "x", value[:-1], value[:1].swapcase() + value[1:] + " ", "", 7, None]
    return [not value, str(value), None]
