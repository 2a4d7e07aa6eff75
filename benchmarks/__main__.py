"""One JSON object a line on standard output, what is going on on standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping

from benchmarks import packaging, starting, verifying, viewing
from benchmarks.badges import ExamplesMissing
from benchmarks.line import Line
from benchmarks.peers import PeerMissing
from benchmarks.rounds import progress

BENCHMARKS: Mapping[str, Callable[[], Iterator[Line]]] = {
    "verify": verifying.lines,
    "startup": starting.lines,
    "http": viewing.lines,
    "package": packaging.lines,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which of {', '.join(BENCHMARKS)}; all when none is named"
    )
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    for name in names:
        try:
            for line in BENCHMARKS[name]():
                print(line, flush=True)
        except (ExamplesMissing, PeerMissing) as error:
            progress(f"{name}: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
