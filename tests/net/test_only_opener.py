"""Only `chalicelib.net` opens connections (import-linter cannot check single modules of the standard library)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "chalicelib"
OPENERS = {
    "asyncio", "ftplib", "http.client", "http.server", "imaplib", "poplib", "smtplib", "socket", "socketserver", "ssl",
    "telnetlib", "urllib.request", "urllib3", "webbrowser", "xmlrpc",
}  # fmt: skip
OTHERS = [path for path in sorted(ROOT.rglob("*.py")) if ROOT / "net" not in path.parents]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def opens(path: Path) -> set[str]:
    return {name for name in imported(path) if any(name == o or name.startswith(f"{o}.") for o in OPENERS)}


@pytest.mark.slow
@pytest.mark.parametrize("path", OTHERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_other_module_can_open_a_connection(path: Path) -> None:
    assert opens(path) == set()


def test_the_check_detects_the_fetcher() -> None:
    assert opens(ROOT / "net" / "fetching" / "https_exchange.py") >= {"socket", "ssl", "http.client"}
