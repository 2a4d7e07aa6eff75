from __future__ import annotations

import json

import pytest

from benchmarks.line import Line
from benchmarks.rounds import Samples, measure


def test_line_has_all_members_and_the_ratios() -> None:
    line = Line("verify/a/simple", 3000.0, "1/s", 0.3, 0.5, "the other one", 300.0, 6.0)
    assert json.loads(str(line)) == {
        "bench": "verify/a/simple",
        "value": 3000.0,
        "unit": "1/s",
        "p50_ms": 0.3,
        "p99_ms": 0.5,
        "peer": "the other one",
        "peer_value": 300.0,
        "peer_p50_ms": 6.0,
        "ratio": 10.0,
        "p50_ratio": 20.0,
    }


def test_line_without_a_peer_has_no_ratio() -> None:
    assert json.loads(str(Line("package/zip", 24.0, "MB")))["ratio"] is None


def test_rate_is_that_of_the_median_round() -> None:
    slow, usual, fast = (4_000_000,), (2_000_000, 2_000_000), (1_000_000,)
    assert Samples((fast, slow, usual)).per_second == 500.0


@pytest.mark.parametrize(("percent", "expected"), [(0, 1.0), (50, 51.0), (99, 100.0), (100, 100.0)])
def test_percentiles_are_taken_over_all_rounds(percent: float, expected: float) -> None:
    samples = Samples(
        (tuple(range(51_000_000, 101_000_000, 1_000_000)), tuple(range(1_000_000, 51_000_000, 1_000_000)))
    )
    assert samples.percentile_ms(percent) == expected


def test_contenders_alternate_after_an_uncounted_warm_up() -> None:
    order: list[str] = []

    def contender(name: str) -> object:
        def contend(seconds: float) -> list[int]:
            order.append(name)
            return [len(order)]

        return contend

    found = measure({"a": contender("a"), "b": contender("b")}, rounds=2, seconds=0.0)  # type: ignore[dict-item]
    assert "".join(order) == "ababab"
    assert found["a"].rounds == ((3,), (5,))
    assert found["b"].rounds == ((4,), (6,))
