"""What recording an event adds to a credential view: CPU time of our own, and AWS calls, in the same run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from benchmarks.core import pinned_to_one_core
from benchmarks.engine import seeded
from benchmarks.line import Line
from benchmarks.rounds import progress

TIMES, COLD = 600, 100
"""Number of responses, and how many of the first are discarded as warm-up."""
MAX_WRITES = 1
MAX_PERCENT = 10.0
"""Of the time of a view without an event."""
BAR = "the bar"


def lines() -> Iterator[Line]:
    """Measure `events/writes` and `events/added` (percent of our own CPU time), on the page."""
    with seeded() as seeded_aws, pinned_to_one_core():
        progress(f"events: {TIMES} answers, every other one recorded")
        printed = seeded_aws.run("benchmarks.view_times", seeded_aws.credential_id, "text/html", str(TIMES), "both")
    yield from added([json.loads(row) for row in printed.splitlines()][COLD:])


def added(rows: Sequence[dict[str, Any]]) -> Iterator[Line]:
    """The extra cost of the recorded responses over the others."""
    with_event, without = ([row for row in rows if row["event"] is is_recorded] for is_recorded in (True, False))
    # Not the mean: once a minute, a page makes one more read.
    writes = median(row["calls"] for row in with_event) - median(row["calls"] for row in without)
    yield Line("events/writes", writes, "calls", peer=BAR, peer_value=MAX_WRITES)
    more, less = (median(row["cpu"] / 1e6 for row in each) for each in (with_event, without))
    yield Line("events/added", 100 * (more - less) / less, "%", more, None, BAR, MAX_PERCENT, less)
