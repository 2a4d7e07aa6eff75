"""Measures the jobs of `hostile`, each in a process of its own.

    python -m tests.conformance.measured

One line of JSON a job: its name, what it gave, the seconds of CPU it took and the MiB of memory by which it grew. A
job that takes more than `PATIENCE`, or memory beyond reason, is ended.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

from tests.conformance.hostile import CASES, Job

PATIENCE = 5
"""Seconds of CPU; no job may take so long."""
_MEMORY = 2**30


def measure(job: Job) -> dict[str, Any]:
    """What ``job`` gave and took."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            os.write(writing, json.dumps(_measured(job)).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else {"outcome": "ended", "seconds": PATIENCE, "mebibytes": 0}


def _measured(job: Job) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    before = resource.getrusage(resource.RUSAGE_SELF)
    outcome = job()
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"outcome": outcome, "seconds": seconds, "mebibytes": (after.ru_maxrss - before.ru_maxrss) / 1024}


if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        print(json.dumps({"name": name, **measure(CASES[name]())}), flush=True)
