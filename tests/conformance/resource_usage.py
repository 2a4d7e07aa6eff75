"""Measure the jobs of `hostile`, each in its own process.

    python -m tests.conformance.resource_usage

Prints one line of JSON for each job: name, outcome, seconds of CPU and the growth of memory in MiB. A job that takes
more than `MAX_CPU_SECONDS`, or too much memory, is killed.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

from tests.conformance.hostile import CASES, Job

MAX_CPU_SECONDS = 5
"""Limit for one job, in seconds of CPU."""
_MAX_BYTES = 2**30


def measure(job: Job) -> dict[str, Any]:
    """Run ``job`` in a child process and return its outcome and resource usage."""
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
        output = pipe.read()
    os.waitpid(child, 0)
    return json.loads(output) if output else {"outcome": "ended", "seconds": MAX_CPU_SECONDS, "mebibytes": 0}


def _measured(job: Job) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_BYTES, _MAX_BYTES))
    before = resource.getrusage(resource.RUSAGE_SELF)
    outcome = job()
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"outcome": outcome, "seconds": seconds, "mebibytes": (after.ru_maxrss - before.ru_maxrss) / 1024}


if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        print(json.dumps({"name": name, **measure(CASES[name]())}), flush=True)
