"""Start detached processes, identify them later, and stop them with their children.

Process ids are reused. The record on disk therefore has the id and the start time, and only a process that matches
both is ever signalled.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

SWEEP = 5.0  # seconds to wait for a killed process to exit


@dataclass(frozen=True, slots=True)
class Process:
    """A process that leads its own session.

    `started` is its start time (opaque, only compared); `serves` is a value stored by the caller, such as a URL.
    """

    pid: int
    started: str
    serves: str = ""

    @property
    def alive(self) -> bool:
        return bool(self.started) and started(self.pid) == self.started


def started(pid: int) -> str:
    """Return the start time of process `pid` as an opaque string, empty when it does not exist or is a zombie."""
    _reap(pid)
    if Path("/proc/self/stat").exists():
        fields = _stat(pid)
        return "" if not fields or fields[0] in "ZX" else fields[19]
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()


def _stat(pid: int) -> list[str]:
    """Return the fields of proc(5) stat from the third on (state, then 6 session, 22 starttime), empty without a
    process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def start(
    command: Sequence[str], *, env: Mapping[str, str], log: Path | None, cwd: Path | None = None, serves: str = ""
) -> Process:
    """Start `command` in a new session. Its output is appended to `log`, or goes to ours when `log` is None."""
    out = log.open("ab") if log else None
    try:
        child = subprocess.Popen(
            command, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    finally:
        if out:
            out.close()
    child.returncode = 0  # prevents a ResourceWarning: the process outlives this object
    return Process(child.pid, started(child.pid), serves)


def stop(process: Process, *, timeout: float = 20.0) -> bool:
    """Stop `process` with SIGTERM, kill it after `timeout` seconds, then kill the rest of its session.

    Return False when it was not running.
    """
    if not process.alive:
        return False
    os.kill(process.pid, signal.SIGTERM)
    _wait(timeout, lambda: process.alive)
    with suppress(ProcessLookupError):  # no process of the session is left
        os.killpg(process.pid, signal.SIGKILL)
        _wait(SWEEP, lambda: process.alive or _session_left(process.pid))
    return True


def _wait(seconds: float, pending: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while pending() and time.monotonic() < end:
        time.sleep(0.02)


def _session_left(leader: int) -> bool:
    """Return whether a process of the session still runs. Zombies do not count, because they can remain for long."""
    if not Path("/proc/self/stat").exists():
        return False
    sessions = (_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return any(fields and fields[0] not in "ZX" and fields[3] == str(leader) for fields in sessions)


def _reap(pid: int) -> None:
    """Reap a child that exited. A process started by an earlier command is reaped by init."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def remember(process: Process, record: Path) -> None:
    """Write `process` to `record` atomically."""
    fresh = record.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(process)) + "\n")
    fresh.replace(record)


def last(record: Path) -> Process | None:
    """Return the process stored in `record`, running or not; None without a valid record."""
    try:
        return replace(Process(0, ""), **json.loads(record.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def recall(record: Path) -> Process | None:
    """Return the process stored in `record` if it still runs."""
    process = last(record)
    return process if process and process.alive else None
