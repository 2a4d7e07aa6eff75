"""No input up to the size limit takes much time or memory, and no hostile input is ever valid.

The limits are for safety, not for speed: they count CPU seconds, not wall time, so a busy machine changes nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.hostile import CASES
from tests.conformance.resource_usage import measure

pytestmark = pytest.mark.xdist_group("bounds")  # measure each case only once

ROOT = Path(__file__).resolve().parents[2]
MAX_SECONDS, MAX_MEBIBYTES = 1.0, 256


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-m", "tests.conformance.resource_usage"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_input_stays_within_the_limits_and_is_not_valid(
    name: str, measured: dict[str, dict[str, Any]]
) -> None:
    row = measured[name]
    assert row["seconds"] < MAX_SECONDS
    assert row["mebibytes"] < MAX_MEBIBYTES
    assert row["outcome"].partition(" ")[0] not in {"valid", "ended"}


def test_the_measurement_detects_excessive_time_and_memory() -> None:
    assert measure(lambda: str(sum(range(30_000_000))))["seconds"] > 0.2
    assert measure(lambda: str(len(b"1" * 300 * 2**20)))["mebibytes"] > MAX_MEBIBYTES
    assert measure(lambda: str(len(b"1" * 2**32)))["outcome"] == "ended"
