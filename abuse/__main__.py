"""Run the scenarios and print one line of JSON for each: `python -m abuse [scenario ...]`. Returns 1 if one
succeeded."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(names: Sequence[str]) -> int:
    """Run the scenarios ``names``, all if there are none."""
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")  # standard output is for the results
    from abuse.scenarios import SCENARIOS  # imported late: importing the application configures its log

    unknown = sorted(set(names) - SCENARIOS.keys())
    if unknown:
        print(f"Unknown scenario: {', '.join(unknown)}. Known: {', '.join(SCENARIOS)}.", file=sys.stderr)
        return 2
    withstood = True
    for name in names or SCENARIOS:
        result = SCENARIOS[name]()
        print(result.line(), flush=True)
        withstood &= result.withstood
    return 0 if withstood else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
