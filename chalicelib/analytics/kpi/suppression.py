"""Suppress figures about so few people that they would reveal something about one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

MIN_GROUP = 10
"""People, or credentials, each of which has one holder. Ten is the usual requirement of statistics offices and of the
programme's own framework."""

K = TypeVar("K")


def too_small(people: int) -> bool:
    """Whether a figure about ``people`` is suppressed. Zero is shown, because it reveals nothing about any person."""
    return 0 < people < MIN_GROUP


def suppressed(groups: Mapping[K, int]) -> set[K]:
    """The groups to suppress: those that are too small, and more of the others, smallest first, until the remainder
    (the total less the groups shown) is not too small either."""
    hidden = {key for key, people in groups.items() if too_small(people)}
    others = sorted((key for key in groups if key not in hidden and groups[key]), key=lambda key: groups[key])
    while hidden and others and too_small(sum(groups[key] for key in hidden)):
        hidden.add(others.pop(0))
    return hidden
