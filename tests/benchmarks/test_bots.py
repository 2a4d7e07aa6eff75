"""Bots on a labelled set that Laurel's own list is not made from."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.suites import bots
from benchmarks.suites.bots import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bots")]  # one worker reads 20 MB of YAML


@pytest.fixture(scope="module")
def visitors() -> list[Visitor]:
    return bots.labelled()


def test_set_has_a_thousand_visitors_half_of_them_machines(visitors: list[Visitor]) -> None:
    assert Counter(one.machine for one in visitors) == {True: 500, False: 500}
    assert len({(one.headers["user-agent"], one.hits) for one in visitors}) > 950


def test_99_percent_of_machines_are_found_and_half_a_percent_of_people_are_mistaken(visitors: list[Visitor]) -> None:
    result = bots.measure(visitors)
    assert result.found_percent >= 99, result.missed
    assert result.mistaken_percent <= 0.5, result.mistaken


def test_the_same_is_true_of_all_of_the_data() -> None:
    everyone = [Visitor(True, {"user-agent": agent}) for agent in bots.bots()]
    everyone += [Visitor(False, {"user-agent": agent}) for agent in bots.browsers()]
    result = bots.measure(everyone)
    assert result.found_percent >= 99
    assert result.mistaken_percent <= 0.5
    assert result.people > 20_000
