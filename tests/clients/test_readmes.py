"""The READMEs of the clients: their examples run, and their links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import LaurelServer
from tests.documented import ROOT
from tests.http.fake_laurel import id_of
from tests.test_documented_commands import anchors

CLIENTS = ROOT / "clients"


def example(client: str, language: str, server: LaurelServer) -> str:
    """The only example in a README, for ``server``."""
    [block] = re.findall(rf"```{language}\n(.*?)```", (CLIENTS / client / "README.md").read_text(), re.DOTALL)
    return block.replace("https://laurel.example/c/ID", f"{server.base}/c/{id_of('valid')}").replace(
        "https://laurel.example", server.base
    )


def run(*command: str, folder: Path, **environment: str) -> str:
    env = {"PATH": os.environ["PATH"], **environment}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_python(server: LaurelServer, tmp_path: Path) -> None:
    code = example("python", "python", server).replace("amina.diallo@holders.example", "ada@example.org")
    shown = run(sys.executable, "-c", code, folder=tmp_path, PYTHONPATH=str(CLIENTS / "python"))
    assert shown.startswith("valid True ('whether the person presenting it is its holder'")


@pytest.mark.skipif(shutil.which("node") is None, reason="NO NODE: the README of the JavaScript client was not run")
def test_javascript_as_an_installed_package(server: LaurelServer, tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "laurel-client").symlink_to(CLIENTS / "js")
    (tmp_path / "example.mjs").write_text(example("js", "js", server))
    assert run("node", "example.mjs", folder=tmp_path).startswith("valid passed [")


@pytest.mark.parametrize("client", ["python", "js"])
def test_links(client: str) -> None:
    page = CLIENTS / client / "README.md"
    for path, anchor in re.findall(r"\]\(([^)#\s]+)#?([^)\s]*)\)", page.read_text()):
        target = (page.parent / path).resolve()
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), anchor
