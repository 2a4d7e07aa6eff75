"""The commands in README.md and docs/, for the tests that check and run them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.relative_to(ROOT).as_posix()
)


def name(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def shell_blocks(document: Path) -> list[str]:
    """The blocks that readers paste into a shell, in order."""
    return re.findall(r"```sh\n(.*?)```", document.read_text(), re.DOTALL)
