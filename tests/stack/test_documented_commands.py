"""The commands in README.md and docs/ work as pasted, one document after the other, against a running stack."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import RunningStack
from tests.documented import DOCUMENTS, ROOT, name, shell_blocks

pytestmark = pytest.mark.slow

ELSEWHERE = ("docs/decisions/0003-visitor-data.md",)
"""Documents whose commands need an AWS account."""

SHELL = """
curl() {
  case "$*" in
    */c/nothing) command curl "$@" ;;
    *) command curl --fail-with-body "$@" ;;
  esac
}
make() {
  case "$*" in
    "-s env") cat env.sh ;;
    *) grep -q "^$1:" Makefile || { echo "no target $1" >&2; return 1; } ;;
  esac
}
"""
"""Any error response but that of the documented example of an error fails. `make env` prints the settings of this stack
instead of port 8000; any other target only has to exist."""


@pytest.fixture
def checkout(stack: RunningStack, tmp_path: Path) -> Path:
    """A folder that looks like a checkout in which `make run` started this stack."""
    (tmp_path / ".laurel").mkdir()
    (tmp_path / ".laurel" / "demo.json").write_bytes(stack.local.demo.read_bytes())
    (tmp_path / "Makefile").symlink_to(ROOT / "Makefile")
    settings = {"PYTHONPATH": str(ROOT), **stack.local.environment()}
    exports = "".join(f"export {key}={shlex.quote(value)}\n" for key, value in settings.items())
    (tmp_path / "env.sh").write_text(exports)
    laurel = tmp_path / ".venv" / "bin" / "laurel"
    laurel.parent.mkdir(parents=True)
    laurel.write_text(f'#!/bin/sh\nexec {sys.executable} -m cli "$@"\n')
    laurel.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    "document", [one for one in DOCUMENTS if shell_blocks(one) and name(one) not in ELSEWHERE], ids=name
)
def test_commands_work_as_pasted(stack: RunningStack, checkout: Path, document: Path) -> None:
    blocks = "".join(shell_blocks(document)).replace("http://localhost:8000", stack.url)
    # Other tests of this stack count the emails to the addresses in the documents.
    blocks = blocks.replace("@example.org", "@documents.example")
    # A reader's shell would go on after a failure; here it must not hide behind a later success.
    script = f"set -eux -o pipefail\n{SHELL}\n{blocks}"
    env = {"PATH": os.environ["PATH"], "HOME": str(checkout)}
    done = subprocess.run(
        ["bash", "-c", script], cwd=checkout, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
