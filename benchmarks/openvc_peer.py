"""Verify one credential repeatedly with openvc-core, and report the time of each run.

Input line: ``{"source" (JSON text), "suite", "now", "seconds"}``. Output line: ``{"times": [nanoseconds, ...]}``. Runs
in its own virtual environment and imports nothing from Laurel.
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
        request = json.loads(line)
        # Credential status is not part of this comparison, as for the other contenders.
        policy = VerificationPolicy(require_status=False, now=datetime.fromisoformat(request["now"]))
        times = []
        end = time.perf_counter_ns() + int(request["seconds"] * 1e9)
        before = time.perf_counter_ns()
        while before < end:
            verify_credential(json.loads(request["source"]), policy=policy, resolver=resolver)
            times.append(time.perf_counter_ns() - before)
            before = time.perf_counter_ns()
        sys.stdout.write(json.dumps({"times": times}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
