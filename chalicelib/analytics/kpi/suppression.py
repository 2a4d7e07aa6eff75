"""Suppress figures about so few people that they would reveal something about one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

MIN_GROUP = 10
"""People, or credentials, each of which has one holder. Ten is the usual requirement of statistics offices and of the
programme's own framework."""

K = TypeVar("K")
V = TypeVar("V")


def too_small(people: int) -> bool:
    """Whether a figure about ``people`` is suppressed. Zero is shown, because it reveals nothing about any person."""
    return 0 < people < MIN_GROUP


def whole_batches(given: Iterable[tuple[K, V | None]]) -> dict[K, V]:
    """The latest value of each person, from what was ``given`` in this order, up to the last whole batch of `MIN_GROUP`
    people; None withdraws a value. A later value waits for the next batch, and an earlier one stays until then: the
    difference between two results is never about fewer people. So ``given`` must have replaced values too."""
    shown: dict[K, V | None] = {}
    waiting: dict[K, V | None] = {}
    for person, value in given:
        waiting[person] = value
        if shown.get(person) == value:
            del waiting[person]  # nothing changes for this person
        elif len(waiting) == MIN_GROUP:
            shown |= waiting
            waiting.clear()
    return {person: value for person, value in shown.items() if value is not None}


def suppressed(groups: Mapping[K, int]) -> set[K]:
    """The groups to suppress: those that are too small, and more of the others, smallest first, until the remainder
    (the total less the groups shown) is not too small either."""
    hidden = {key for key, people in groups.items() if too_small(people)}
    others = sorted((key for key in groups if key not in hidden and groups[key]), key=lambda key: groups[key])
    while hidden and others and too_small(sum(groups[key] for key in hidden)):
        hidden.add(others.pop(0))
    return hidden
