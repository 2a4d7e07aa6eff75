"""A credential view in a warm process: our own time, without the AWS calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import median

from benchmarks.core import pinned_to_one_core
from benchmarks.engine import seeded
from benchmarks.line import Line
from benchmarks.rounds import progress

TIMES, COLD = 600, 100
"""Number of responses, and how many of the first are discarded as warm-up."""


def lines() -> Iterator[Line]:
    """Measure `http/view` (the page) and `http/report`: milliseconds, compared with the time of the AWS calls."""
    with seeded() as seeded_aws, pinned_to_one_core():
        for bench, accept in (("http/view", "text/html"), ("http/report", "application/json")):
            progress(f"{bench}: {TIMES} answers")
            printed = seeded_aws.run("benchmarks.view_times", seeded_aws.credential_id, accept, str(TIMES))
            rows = [json.loads(row) for row in printed.splitlines()][COLD:]
            own = sorted(row["own"] / 1e6 for row in rows)
            calls = max(row["calls"] for row in rows)
            peer = f"its {calls} AWS calls"
            aws = median(row["aws"] for row in rows) / 1e6
            yield Line(bench, median(own), "ms", median(own), own[len(own) * 99 // 100], peer, aws)
