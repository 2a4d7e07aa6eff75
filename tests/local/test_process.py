"""Processes are recognized from their records, and no other process is ever signalled."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local import process
from local.process import Process

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
IGNORES_SIGTERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
)

Start = Callable[[list[str]], Process]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Process] = []

    def begin(command: list[str]) -> Process:
        running.append(process.start(command, env={"PATH": os.defpath}, log=tmp_path / "log", serves="it"))
        return running[-1]

    yield begin
    for each in running:
        process.stop(each, timeout=0)


def test_process_is_recalled_from_its_record(start: Start, tmp_path: Path) -> None:
    running = start(SLEEP)
    process.remember(running, tmp_path / "record.json")
    assert process.recall(tmp_path / "record.json") == running


def test_stopped_process_is_not_recalled_but_its_record_remains(start: Start, tmp_path: Path) -> None:
    running = start(SLEEP)
    process.remember(running, tmp_path / "record.json")
    assert process.stop(running)
    assert process.recall(tmp_path / "record.json") is None
    assert process.last(tmp_path / "record.json") == running


def test_another_process_with_the_same_id_is_not_stopped(start: Start) -> None:
    running = start(SLEEP)
    stale = replace(running, started="1")
    assert not process.stop(stale)
    assert running.alive


def test_process_without_a_start_time_is_never_alive() -> None:
    assert not Process(os.getpid(), "").alive


@pytest.mark.parametrize("record", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "started": "x", "other": 2}'])
def test_unreadable_record_recalls_no_process(tmp_path: Path, record: str) -> None:
    (tmp_path / "record.json").write_text(record)
    assert process.recall(tmp_path / "record.json") is None


def test_missing_record_recalls_no_process(tmp_path: Path) -> None:
    assert process.recall(tmp_path / "record.json") is None


def test_process_that_ignores_sigterm_is_killed(start: Start, tmp_path: Path) -> None:
    running = start([sys.executable, "-c", IGNORES_SIGTERM])
    while "on" not in (tmp_path / "log").read_text():
        continue
    assert process.stop(running, timeout=0.1)
    assert not running.alive


def test_child_processes_are_stopped_too(start: Start, tmp_path: Path) -> None:
    child = f"import subprocess, sys, time; print(subprocess.Popen({SLEEP!r}).pid, flush=True); time.sleep(60)"
    running = start([sys.executable, "-c", child])
    while not (output := (tmp_path / "log").read_text()).endswith("\n"):
        continue
    started = process.started(int(output))
    assert started
    process.stop(running)
    assert not Process(int(output), started).alive


def test_a_record_is_plain_json(start: Start, tmp_path: Path) -> None:
    process.remember(start(SLEEP), tmp_path / "record.json")
    assert set(json.loads((tmp_path / "record.json").read_text())) == {"pid", "started", "serves"}
