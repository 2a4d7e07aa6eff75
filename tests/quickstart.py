"""Run docs/quickstart.md as a reader does: every block of each language, in order, in one folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.documented import ROOT, shell_blocks

PAGE = ROOT / "docs" / "quickstart.md"
CURL = 'set -eu -o pipefail\ncurl() { command curl --fail-with-body "$@"; }\n'
"""Any error fails: a reader's shell would go on."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What the blocks of each language print."""

    shell: str
    python: str
    javascript: str


def run(folder: Path, demo: Mapping[str, Mapping[str, str]], recipient: str | None = None) -> Printed:
    """Run the blocks in ``folder``, for the Laurel of ``demo``; ``recipient`` replaces the holder."""
    (folder / ".laurel").mkdir()
    (folder / ".laurel" / "demo.json").write_text(json.dumps(demo))
    shell = "".join(shell_blocks(PAGE))
    if recipient is not None:
        shell = re.sub(r"^EMAIL=.*$", f"EMAIL={recipient}", shell, flags=re.MULTILINE)
    (folder / "quickstart.py").write_text("".join(blocks("python")))
    (folder / "quickstart.mjs").write_text("".join(blocks("js")))
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT / "clients" / "python")}
    shown = ["echo ---", f"{sys.executable} -W error quickstart.py", "echo ---", "node quickstart.mjs"]
    script = CURL + shell + "\n".join(shown)
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return Printed(*done.stdout.split("---\n"))


def blocks(language: str) -> list[str]:
    """The blocks in ``language``."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)


def check(printed: Printed) -> None:
    """Check that each language says what the page promises."""
    assert "verdict: valid\nissuer proven: True\nnot checked: whether the person" in printed.shell
    assert '"ref":"candidate-1","verdict":"valid"' in re.sub(r"([:,]) ", r"\1", printed.shell)
    assert "valid issuer proven: True\nnot checked: whether the person" in printed.python
    assert "recipient passed recipient_matches" in printed.python
    assert re.search(r"^valid on \d{4}-.* about this file: True$", printed.python, re.MULTILINE)
    assert "valid issuer proven: true\nnot checked: whether the person" in printed.javascript
    assert re.search(r"^receipt: http\S+/r/[a-z2-7]{26}$", printed.javascript, re.MULTILINE)
    for text in (printed.python, printed.javascript):
        assert re.search(r"^candidate-1 valid\s*$", text, re.MULTILINE)
        assert re.search(r"^candidate-2 (?:unknown )?nothing_found$", text, re.MULTILINE)
        assert text.rstrip().endswith("\nvalid")
