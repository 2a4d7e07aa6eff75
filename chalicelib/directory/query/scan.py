"""Find the listings of an expression, newest first, reading no more of the index than needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.directory.query.expression import Node, leaves
from chalicelib.directory.query.postings import GAP, Postings

_FIRST_WINDOW = GAP
"""Blocks of the first read: a smaller one would cost as much."""
_MANY = 20
"""With this many postings or more, the first read covers one block, which costs exactly half a unit per posting."""


@dataclass(frozen=True, slots=True)
class Found:
    """The listings in one block."""

    block: int
    bits: int


@dataclass(frozen=True, slots=True)
class Spent:
    """The units are used up; neither ``block`` nor anything below it was read."""

    block: int


def scan(postings: Postings, node: Node, start: int, units: float) -> Iterator[Found | Spent]:
    """The listings of ``node`` in the blocks from ``start`` down, each block with at least one.

    Ends with `Spent` when another read could exceed ``units``, in all that the request has used. A request that has
    read nothing yet always reads once, so that every page gets further.
    """
    window, block = _FIRST_WINDOW if len(leaves(node)) < _MANY else 1, start
    while wanted := _next(postings, node, block, window):
        while len(wanted) > 1 and not _affordable(postings, node, wanted, units):
            wanted = wanted[: len(wanted) // 2]
        if not _affordable(postings, node, wanted, units):
            yield Spent(wanted[0])
            return
        postings.load(node, wanted)
        for one in wanted:
            if found := postings.evaluate(node, one):
                yield Found(one, found)
        block, window = wanted[-1] - 1, window * 2


def _affordable(postings: Postings, node: Node, wanted: Sequence[int], units: float) -> bool:
    estimate = postings.estimate(node, wanted)
    return not estimate or not postings.rounds or postings.meter.units + estimate <= units


def _next(postings: Postings, node: Node, start: int, window: int) -> Sequence[int]:
    """The next ``window`` blocks, from ``start`` down, that may contain listings of ``node``."""
    known = postings.candidates(node)
    if known is None:
        return range(start, max(-1, start - window), -1)
    return sorted((block for block in known if block <= start), reverse=True)[:window]
