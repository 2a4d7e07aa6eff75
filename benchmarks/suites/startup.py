"""Cold start: time to Laurel's first response, compared with a minimal program that uses AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import median

from benchmarks.core import pinned_to_one_core
from benchmarks.engine import Seeded, seeded
from benchmarks.line import Line
from benchmarks.request import get_credential, list_achievements, verify_credential
from benchmarks.rounds import progress

PROCESSES = 11
"""Processes of each contender, run in turn."""
PEER = "import boto3, make a DynamoDB client, get one item"


def lines() -> Iterator[Line]:
    """Measure the milliseconds from import to first response: `startup/import` and `startup/page` of the function
    *public* (report and page of a hosted credential), `startup/verify` and `startup/issuer` of the other two."""
    with seeded() as seeded_aws, pinned_to_one_core():
        found = _rounds(seeded_aws)
    peer = median(found["boto3"])
    for name in ("import", "page", "verify", "issuer"):
        times = sorted(found[name])
        yield Line(f"startup/{name}", median(times), "ms", median(times), times[-1], PEER, peer)


def _rounds(seeded_aws: Seeded) -> dict[str, list[float]]:
    contenders = {
        "import": ("laurel", "public", json.dumps(get_credential(seeded_aws.credential_id, "application/json"))),
        "page": ("laurel", "public", json.dumps(get_credential(seeded_aws.credential_id, "text/html"))),
        "verify": ("laurel", "verify", json.dumps(verify_credential(seeded_aws.document))),
        "issuer": ("laurel", "issuer", json.dumps(list_achievements(seeded_aws.token))),
        "boto3": ("boto3", seeded_aws.table, seeded_aws.key),
    }
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(PROCESSES + 1):
        progress(f"startup: process {turn} of {PROCESSES} each")
        for name, arguments in contenders.items():
            spent = int(seeded_aws.run("benchmarks.cold", *arguments)) / 1e6
            if turn:  # the first run may compile bytecode and fills the disk cache for later runs
                found[name].append(spent)
    return found
