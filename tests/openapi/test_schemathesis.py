"""A short run of the generated requests of `make contract`, where its environment exists."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-contract" / "bin" / "python"
SAMPLE = r"POST /v1/verify$|/v1/credentials|/v1/members|/v1/verify/batch|/v1/domains"
"""Of each kind of caller, and those that read ids and addresses in the path."""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not PYTHON.exists(), reason="make contract creates the environment")]


def test_generated_requests_find_no_errors() -> None:
    command = [PYTHON, "-m", "tests.openapi.run_schemathesis", "--cases", "3", "--seed", "7", "--only", SAMPLE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    found = json.loads(done.stdout)
    assert (found["5xx"], found["schema_violations"], found["cross_tenant_reads"]) == (0, 0, 0), done.stderr
    assert found["operations"] >= 20
    assert found["cases"] > found["operations"]
    assert done.returncode == 0


def test_a_leak_is_reported() -> None:
    program = (
        "from tests.openapi import run_schemathesis as run\n"
        "run.CANARIES = ('items',)\n"  # a text of every list
        "found = run.run(4, 1, 'GET /v1/members$')\n"
        "assert found.leaks and not found.is_clean, found\n"
        "assert not found.server_errors\n"
    )
    done = subprocess.run([PYTHON, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def test_an_undocumented_response_is_reported() -> None:
    program = (
        "from tests.openapi import run_schemathesis as run\n"
        "def fails(ctx, response, case):\n"
        "    raise AssertionError('undocumented')\n"
        "run.CHECKS = [None, fails]\n"
        "found = run.run(2, 1, 'GET /v1/members$')\n"
        "assert len(found.violations) == found.cases > 0, found\n"
    )
    done = subprocess.run([PYTHON, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
