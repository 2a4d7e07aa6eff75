"""Start a program detached from this one, know it again later, and end it.

A process id alone proves nothing: it is reused. The record kept on disk therefore names the id together with the
moment the process started, and only a process that matches both is ever signalled.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A process by id and start time (`started`, opaque: only compared)."""

    pid: int
    started: str

    @property
    def alive(self) -> bool:
        return started(self.pid) == self.started


def started(pid: int) -> str | None:
    """When process `pid` began, as an opaque text; None when there is none, or only its corpse."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] in "ZX" else fields[19]  # proc(5): state is field 3, starttime field 22
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() or None


def start(command: Sequence[str], *, env: Mapping[str, str], log: Path, cwd: Path | None = None) -> Process:
    """Start `command` in a session of its own, its output appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        child = subprocess.Popen(
            command, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    return Process(child.pid, started(child.pid) or "")


def stop(process: Process, *, patience: float = 20.0) -> bool:
    """End `process` orderly (SIGTERM), by force after `patience` seconds; False when it was not running."""
    if not process.alive:
        return False
    os.kill(process.pid, signal.SIGTERM)
    end = time.monotonic() + patience
    while process.alive:
        if time.monotonic() > end:
            os.kill(process.pid, signal.SIGKILL)
            end = float("inf")
        _reap(process.pid)
        time.sleep(0.02)
    return True


def _reap(pid: int) -> None:
    """Collect a child's exit; a process started by an earlier command is someone else's to collect."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def remember(process: Process, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(process)) + "\n")


def recall(path: Path) -> Process | None:
    """The process recorded at `path`, if it is still running; a stale or unreadable record is removed."""
    try:
        record = json.loads(path.read_text())
        process = Process(int(record["pid"]), str(record["started"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        path.unlink(missing_ok=True)
        return None
    if process.alive:
        return process
    path.unlink(missing_ok=True)
    return None
