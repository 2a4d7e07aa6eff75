"""Verifies one credential again and again with openvc-core, and says how long each time took.

A line in: ``{"source" (JSON text), "suite", "now", "seconds"}``; a line out: ``{"times": [nanoseconds, ...]}``. It runs
in an environment of its own and imports nothing of Laurel's.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime

from openvc.verify import VerificationPolicy, default_resolver, verify_credential  # type: ignore[import-not-found] # in .venv-bench


def main() -> None:
    resolver = default_resolver()
    for line in sys.stdin:
        asked = json.loads(line)
        # Status is outside this comparison, as it is for the other contenders.
        policy = VerificationPolicy(require_status=False, now=datetime.fromisoformat(asked["now"]))
        times = []
        end = time.perf_counter_ns() + int(asked["seconds"] * 1e9)
        before = time.perf_counter_ns()
        while before < end:
            verify_credential(json.loads(asked["source"]), policy=policy, resolver=resolver)
            times.append(time.perf_counter_ns() - before)
            before = time.perf_counter_ns()
        sys.stdout.write(json.dumps({"times": times}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
