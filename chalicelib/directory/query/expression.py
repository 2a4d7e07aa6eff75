"""Boolean expressions over the postings of the index."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from chalicelib.directory.index.terms import Kind


@dataclass(frozen=True, slots=True)
class Leaf:
    """The listings with one term; without ``fields``, with the term in any field."""

    kind: Kind
    value: str
    fields: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Since:
    """The listings whose newest credential is of ``month`` or later; since ``""``, all listings."""

    month: str = ""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The listings with a word that starts with ``letters``."""

    letters: str


@dataclass(frozen=True, slots=True)
class All:
    """The listings that are in each of ``nodes``; there is at least one."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """The listings that are in at least one of ``nodes``."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The listings of ``node`` that are not in ``excluded``."""

    node: Node
    excluded: Node


Node = Leaf | Since | Beginning | All | Some | Without
EVERYONE = Since()


def all_of(nodes: Iterable[Node]) -> Node:
    """The listings in each of ``nodes``; without any, all listings."""
    found = tuple(dict.fromkeys(nodes))
    if len(found) > 1:
        return All(found)
    return found[0] if found else EVERYONE


def some_of(nodes: Collection[Node]) -> Node:
    """The listings in at least one of ``nodes``."""
    found = tuple(dict.fromkeys(nodes))
    return found[0] if len(found) == 1 else Some(found)


def leaves(node: Node) -> frozenset[Leaf | Since | Beginning]:
    """The postings that ``node`` refers to."""
    match node:
        case All(nodes) | Some(nodes):
            return frozenset().union(*map(leaves, nodes))
        case Without(kept, excluded):
            return leaves(kept) | leaves(excluded)
        case _:
            return frozenset((node,))
