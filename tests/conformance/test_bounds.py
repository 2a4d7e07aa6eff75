"""Nothing up to the cap on size takes long or much memory, and nothing made to hurt is ever valid.

The bounds are of safety, not of speed: seconds of CPU, not on the clock, so that a busy machine changes nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.hostile import CASES
from tests.conformance.measured import measure

pytestmark = pytest.mark.xdist_group("bounds")  # so that all are measured once

ROOT = Path(__file__).resolve().parents[2]
MAX_SECONDS, MAX_MEBIBYTES = 1.0, 256


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-m", "tests.conformance.measured"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_in_time_and_within_memory_and_is_not_valid(name: str, measured: dict[str, dict[str, Any]]) -> None:
    row = measured[name]
    assert row["seconds"] < MAX_SECONDS
    assert row["mebibytes"] < MAX_MEBIBYTES
    assert row["outcome"].partition(" ")[0] not in {"valid", "ended"}


def test_what_takes_long_or_much_is_seen() -> None:
    assert measure(lambda: str(sum(range(30_000_000))))["seconds"] > 0.2
    assert measure(lambda: str(len(b"1" * 300 * 2**20)))["mebibytes"] > MAX_MEBIBYTES
    assert measure(lambda: str(len(b"1" * 2**32)))["outcome"] == "ended"
