"""The same figures by SciPy and statsmodels. `python -m tests.outcomes.oracle` prints `oracle.json`."""

from __future__ import annotations

import json
import math
import random


def cases() -> list[dict[str, object]]:
    """Groups of many sizes and shapes, always the same."""
    seeded = random.Random(20261130)
    found: list[dict[str, object]] = []
    for people, others in ((10, 10), (10, 40), (35, 12), (60, 60), (200, 11), (150, 250)):
        found += [
            {"first": [draw(0.4) for _ in range(people)], "second": [draw(0.0) for _ in range(others)]}
            for draw in (
                lambda shift: round(seeded.gauss(50 + 20 * shift, 12), 2),
                lambda shift: round(math.exp(seeded.gauss(8 + shift, 1.2)), 2),
                lambda shift: float(seeded.randint(0, 5 + round(5 * shift))),
            )
        ]
    return found


SHARES = (
    (0, 10, 0, 10),
    (10, 10, 0, 10),
    (56, 70, 48, 80),
    (9, 10, 3, 10),
    (6, 7, 2, 7),
    (5, 56, 0, 29),
    (400, 1000, 350, 900),
)
FREEDOMS = (1, 1.5, 2, 5, 9, 17.3, 30, 99, 250.7, 1e4, 1e6)


def answers() -> dict[str, object]:
    """What the oracles say."""
    import numpy as np
    from scipy import stats
    from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

    def hodges_lehmann(first: object, second: object) -> list[float]:
        differences = np.sort(np.subtract.outer(np.array(first), np.array(second)).ravel())
        n, m = len(first), len(second)  # type: ignore[arg-type]
        rank = int(max(math.floor(n * m / 2 - stats.norm.ppf(0.975) * math.sqrt(n * m * (n + m + 1) / 12)), 1))
        return [float(np.median(differences)), float(differences[rank - 1]), float(differences[n * m - rank])]

    def numbers(case: dict[str, object]) -> dict[str, list[float]]:
        first, second = case["first"], case["second"]
        paired = min(len(first), len(second))  # type: ignore[arg-type]
        changes = np.subtract(first[:paired], second[:paired])  # type: ignore[index]
        return {
            "welch": list(map(float, stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95))),
            "shift": hodges_lehmann(first, second),
            "paired": list(map(float, stats.ttest_1samp(changes, 0).confidence_interval(0.95))),
        }

    def shares(case: tuple[int, int, int, int]) -> dict[str, list[float]]:
        yes, people, others_yes, others = case
        return {
            "wilson": list(map(float, proportion_confint(yes, people, 0.05, "wilson"))),
            "newcombe": list(map(float, confint_proportions_2indep(yes, people, others_yes, others, method="newcomb"))),
        }

    return {
        "t": [float(stats.t.ppf(0.975, freedom)) for freedom in FREEDOMS],
        "numbers": [numbers(case) for case in cases()],
        "shares": [shares(case) for case in SHARES],
    }


if __name__ == "__main__":
    print(json.dumps(answers(), indent=1))
