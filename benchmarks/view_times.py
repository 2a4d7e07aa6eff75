"""Answer `GET /c/ID` repeatedly in one warm process. Arguments: ID ACCEPT TIMES [both].

Prints one line per response, `{"own", "cpu", "aws", "calls", "event"}`: our own nanoseconds, those of the CPU, the
nanoseconds spent in AWS calls, the number of calls, and whether the view was recorded as an event. With `both`, every
other one is not. An AWS call lasts from botocore's event `provide-client-params` (the client was called) to
`after-call` (the response is parsed). ``cpu`` is without AWS calls too, and without the time that other programs had
the CPU.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from dataclasses import replace

from benchmarks.request import Context, get_credential

with contextlib.redirect_stdout(io.StringIO()):
    # The logger keeps a reference to the standard output at its creation, so it is created with output redirected.
    from app import app, services


class AwsTimer:
    """Measures the time spent in the calls of one botocore client."""

    def __init__(self) -> None:
        self.spent = 0
        self.cpu = 0
        self.calls = 0
        self._began = self._began_cpu = 0

    def begin(self, **_: object) -> None:
        self._began, self._began_cpu = time.perf_counter_ns(), time.process_time_ns()

    def end(self, **_: object) -> None:
        self.cpu += time.process_time_ns() - self._began_cpu
        self.spent += time.perf_counter_ns() - self._began
        self.calls += 1


class _NoRecorder:
    """Records nothing, in place of `analytics.recorder.Recorder`."""

    def record(self, event: object) -> None:
        """Do nothing."""


def main(credential_id: str, accept: str, times: str, both: str = "") -> None:
    aws_timer = AwsTimer()
    client = services._tables.client  # noqa: SLF001 - the only client that a view uses
    client.meta.events.register("provide-client-params", aws_timer.begin)
    client.meta.events.register("after-call", aws_timer.end)
    event, found = get_credential(credential_id, accept), []
    reports = services.hosted_reports
    silent = replace(reports, recorder=_NoRecorder())  # type: ignore[arg-type]
    for number in range(int(times)):
        is_recorded = not both or number % 2 == 0
        services.__dict__["hosted_reports"] = reports if is_recorded else silent
        aws_timer.spent = aws_timer.cpu = aws_timer.calls = 0
        with contextlib.redirect_stdout(io.StringIO()):
            before, before_cpu = time.perf_counter_ns(), time.process_time_ns()
            answer = app(event, Context())
            spent, cpu = time.perf_counter_ns() - before, time.process_time_ns() - before_cpu
        if answer["statusCode"] != 200:
            raise RuntimeError(f"not a view: {answer}")
        found.append({"own": spent - aws_timer.spent, "cpu": cpu - aws_timer.cpu, "aws": aws_timer.spent,
                      "calls": aws_timer.calls, "event": is_recorded})  # fmt: skip
    for row in found:
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
