"""Figures of so few people that they would say something about one of them are not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

MIN_GROUP = 10
"""People, or credentials, of which each has one holder. Ten is what issuers' statistics offices usually ask for, and
what the programme's own framework names."""

K = TypeVar("K")


def too_small(people: int) -> bool:
    """Whether a figure about ``people`` is suppressed. Nobody is no group: nothing is said about anyone."""
    return 0 < people < MIN_GROUP


def suppressed(groups: Mapping[K, int]) -> set[K]:
    """The groups that are not shown: those that are too small, and as many more, smallest first, as it takes for the
    rest that can be computed (the total less what is shown) to be no small group either."""
    hidden = {key for key, people in groups.items() if too_small(people)}
    others = sorted((key for key in groups if key not in hidden and groups[key]), key=lambda key: groups[key])
    while hidden and others and too_small(sum(groups[key] for key in hidden)):
        hidden.add(others.pop(0))
    return hidden
