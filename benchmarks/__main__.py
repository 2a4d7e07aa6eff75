"""Run the benchmarks. Prints one JSON object per line on standard output, and progress on standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping

from benchmarks.badges import ExamplesMissing
from benchmarks.line import Line
from benchmarks.peers import PeerMissing
from benchmarks.rounds import progress
from benchmarks.suites import (
    award,
    batch,
    bots,
    dashboard,
    directory,
    embed,
    events,
    hot,
    http,
    jobs,
    package,
    page,
    startup,
    verify,
)

BENCHMARKS: Mapping[str, Callable[[], Iterator[Line]]] = {
    "verify": verify.lines,
    "startup": startup.lines,
    "http": http.lines,
    "package": package.lines,
    "award": award.lines,
    "embed": embed.lines,
    "jobs": jobs.lines,
    "batch": batch.lines,
    "page": page.lines,
    "dashboard": dashboard.lines,
    "directory": directory.lines,
    "bots": bots.lines,
    "events": events.lines,
    "hot": hot.lines,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which of {', '.join(BENCHMARKS)}; all when none is named"
    )
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    return 0 if run({name: BENCHMARKS[name] for name in names}) else 1


def run(benchmarks: Mapping[str, Callable[[], Iterator[Line]]]) -> bool:
    """Run each benchmark and print its lines. Skip one whose examples or peers are missing, with a clear message.

    Return whether anything was measured.
    """
    measured = False
    for name, lines in benchmarks.items():
        try:
            for line in lines():
                measured = True
                print(line, flush=True)
        except (ExamplesMissing, PeerMissing) as error:
            progress(f"{name} IS SKIPPED, nothing of it was measured: {error}")
    return measured


if __name__ == "__main__":
    sys.exit(main())
