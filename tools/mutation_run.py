"""Run the tests against every change that `tools.mutation_prepare` has made, and record which of them a test noticed.

    cd mutants && python ../tools/mutation_run.py WORKERS [START]

`mutmut run` starts pytest for each change, which imports and collects two thousand tests each time: ten seconds, for
tests that mostly need less than one. Here one process collects them, and a copy of it (fork) tries each change with
the tests that reach the changed function, the shortest first. START limits the run to the changes whose names start so.
Results are written where mutmut has its own, for `mutmut show` and `tools.mutants`.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest

SURVIVED, KILLED, UNTESTED = 0, 1, 33
"""Exit codes as mutmut has them; any other one is a change that took too long or ended the process."""
_ACTIVE = "MUTANT_UNDER_TEST"
"""The environment variable with the name of the change that is active."""
_SPARE_SECONDS = 20


class Mutations:
    """A plugin of pytest that runs the collected tests once for each change, in place of once."""

    def __init__(self, workers: int, start: str) -> None:
        statistics = json.loads(Path("mutmut-stats.json").read_bytes())
        self._tests: Mapping[str, list[str]] = statistics["tests_by_mangled_function_name"]
        self._seconds: Mapping[str, float] = statistics["duration_by_test"]
        self._workers = workers
        self._start = start
        self._running: dict[int, tuple[Path, str]] = {}
        self._records = {path: json.loads(path.read_bytes()) for path in sorted(Path("chalicelib").rglob("*.py.meta"))}
        self.done = 0
        self.output = sys.stdout
        """Before pytest captures it."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try each change. Tells pytest that no other loop is needed."""
        items = {item.nodeid: item for item in session.items}
        for path, name in self._changes():
            tests = sorted(self._tests.get(name.rpartition("__mutmut_")[0], ()), key=self._seconds.__getitem__)
            if not tests:
                self._record(path, name, UNTESTED)
                continue
            while len(self._running) >= self._workers:
                self._wait()
            allowed = math.ceil(10 * sum(map(self._seconds.__getitem__, tests))) + _SPARE_SECONDS
            process = os.fork()
            if process == 0:
                _try(session, name, [items[test] for test in tests], allowed)
            self._running[process] = path, name
        while self._running:
            self._wait()
        return True

    def _changes(self) -> Iterator[tuple[Path, str]]:
        for path, record in self._records.items():
            for name in record["exit_code_by_key"]:
                if name.startswith(self._start):
                    yield path, name

    def _wait(self) -> None:
        process, status = os.wait()
        path, name = self._running.pop(process)
        self._record(path, name, os.waitstatus_to_exitcode(status))

    def _record(self, path: Path, name: str, code: int) -> None:
        self.done += 1
        self._records[path]["exit_code_by_key"][name] = code
        path.write_text(json.dumps(self._records[path], indent=4))
        if self.done % 100 == 0:
            self.output.write(f"{self.done} changes tried\n")
            self.output.flush()


def _try(session: pytest.Session, name: str, items: Sequence[Any], seconds: int) -> NoReturn:
    """Run ``items`` while the change is active, up to the first failure, and end this process."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    os.environ[_ACTIVE] = name
    code = KILLED
    try:
        for item, following in zip(items, [*items[1:], None], strict=True):
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                break
        else:
            code = SURVIVED
    finally:
        os._exit(code)


def main() -> int:
    """Collect the tests without a change, and try every change."""
    workers, start = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    os.environ[_ACTIVE] = ""
    sys.path.insert(0, str(Path.cwd()))
    mutations = Mutations(workers, start)
    arguments = [
        "--rootdir=.",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:terminal",
        "-o",
        "addopts=",
        "--noconftest",
        "tests/verify",
        "tests/corpus",
    ]
    code = pytest.main(arguments, plugins=[mutations])
    sys.stdout.write(f"{mutations.done} changes tried\n")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
