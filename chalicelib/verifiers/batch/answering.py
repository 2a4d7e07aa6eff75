"""Answer a batch within one request, as far as its limits allow; a job does the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.analytics.event import Visit
from chalicelib.verifiers.batch.checking import SEGMENT, BatchReports, Checked
from chalicelib.verifiers.batch.items import Item
from chalicelib.verifiers.batch.job import Detail
from chalicelib.verifiers.batch.jobs import Write, to_line

MAX_ANONYMOUS = SEGMENT
"""Items of a batch without an API key. It never becomes a job."""
MAX_ITEMS = 1_000
"""Items of a batch that is answered at once: more do not fit in its time."""
MAX_IN = 3_000_000
"""Bytes of a request that is answered at once."""
MAX_OUT = 4_000_000
"""Bytes of its results. Lambda returns at most 6 MB, in which every quotation mark takes two."""
FETCH_SECONDS = 17.0
"""Seconds after which nothing is fetched. Three more are enough to store a job, and the function ends after 25."""
START_SECONDS = 12.0
"""Seconds in which items are started: what they fetch usually takes less than the five that are left."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The results of the first items: as lines of JSON, and before serialization."""

    lines: list[bytes]
    checked: list[Checked]


def answer(
    reports: BatchReports, write: Write, items: Sequence[Item], size: int, detail: Detail, visit: Visit
) -> Answered:
    """Verify ``items`` in order, until the time or the size of the response is used up; none of them if there are too
    many, or if their request has too many bytes (``size``).

    Raises `TooMany` when the visitor's network causes too many fetches, `Unavailable`.
    """
    answered = Answered([], [])
    if size > MAX_IN or len(items) > MAX_ITEMS:
        return answered
    with reports.admitted(visit, len(items), FETCH_SECONDS) as batch:
        start, written = reports.monotonic(), 0
        for first in range(0, len(items), SEGMENT):
            if reports.monotonic() - start >= START_SECONDS:
                break
            checked = batch.check(items[first : first + SEGMENT])
            lines = [to_line(write(each, detail)) for each in checked]
            written += sum(len(line) + 1 for line in lines)
            if written > MAX_OUT or (first and batch.is_over):
                break  # a job repeats these
            batch.record(checked, visit)
            answered.lines.extend(lines)
            answered.checked.extend(checked)
    return answered
