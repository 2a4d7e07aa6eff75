"""Cold start: time to Laurel's first response, compared with a minimal program that uses AWS."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.core import one_core
from benchmarks.engine import Seeded, seeded
from benchmarks.line import Line
from benchmarks.rounds import progress

PROCESSES = 11
"""Processes of each contender, run in turn."""
PEER = "import boto3, make a DynamoDB client, get one item"


def lines() -> Iterator[Line]:
    """Measure `startup/import` (the report) and `startup/page` (the page): milliseconds from import to first
    response."""
    with seeded() as there, one_core():
        found = _rounds(there)
    peer = median(found["boto3"])
    for bench, who in (("startup/import", "report"), ("startup/page", "page")):
        times = sorted(found[who])
        yield Line(bench, median(times), "ms", median(times), times[-1], PEER, peer)


def _rounds(there: Seeded) -> dict[str, list[float]]:
    contenders = {
        "report": ("laurel", there.credential_id, "application/json"),
        "page": ("laurel", there.credential_id, "text/html"),
        "boto3": ("boto3", there.table, there.key),
    }
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(PROCESSES + 1):
        progress(f"startup: process {turn} of {PROCESSES} each")
        for name, arguments in contenders.items():
            spent = int(there.run("benchmarks.cold", *arguments)) / 1e6
            if turn:  # the first run may compile bytecode and fills the disk cache for later runs
                found[name].append(spent)
    return found
