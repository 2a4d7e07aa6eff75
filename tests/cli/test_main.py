"""Help, exit codes and errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.errors import Unavailable
from cli.__main__ import main
from tests.cli.conftest import ENVIRONMENT, FakeServices, Run

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [
    ("issuer", "add"),
    ("issuer", "list"),
    ("issuer", "rotate-key"),
    ("achievement", "add"),
    ("achievement", "list"),
    ("credential", "issue"),
    ("credential", "revoke"),
    ("credential", "suspend"),
    ("credential", "reinstate"),
    ("credential", "show"),
    ("credential", "list"),
    ("events", "replay"),
    ("demo",),
]


def test_help_names_every_noun(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    assert all(noun in ran.out for noun in ("issuer", "achievement", "credential", "events", "demo"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command, "--help")
    assert ran.code == 0
    assert "usage" in ran.out


@pytest.mark.parametrize("asked", [(), ("issuer",), ("nobody",), ("credential", "show"), ("issuer", "list", "--yaml")])
def test_what_cannot_be_understood_ends_with_2(run: Run, asked: tuple[str, ...]) -> None:
    assert run(*asked).code == 2


def test_missing_settings_are_all_named_and_end_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["issuer", "list"], {"STAGE": "test"}) == 2
    err = capsys.readouterr().err
    assert all(name in err for name in ENVIRONMENT if name != "STAGE")


def test_a_domain_error_is_one_sentence_with_its_code_and_ends_with_1(run: Run) -> None:
    ran = run("issuer", "rotate-key", "nobody")
    assert ran.code == 1
    assert ran.out == ""
    assert ran.err.startswith("error: ")
    assert ran.err.endswith("(not_found)\n")
    assert ran.err.count("\n") == 1


def test_an_interrupt_ends_with_130(run: Run, services: FakeServices) -> None:
    class Interrupted:
        def issuers(self) -> None:
            raise KeyboardInterrupt

    services.ledger = Interrupted()
    assert run("issuer", "list").code == 130


def test_storage_that_does_not_answer_ends_with_1(run: Run, services: FakeServices) -> None:
    class Down:
        def issuers(self) -> None:
            raise Unavailable("Storage did not answer.", code="storage_unavailable")

    services.ledger = Down()
    ran = run("issuer", "list")
    assert (ran.code, ran.err) == (1, "error: Storage did not answer. (storage_unavailable)\n")


def test_the_module_runs_as_a_program() -> None:
    program = [sys.executable, "-m", "cli"]
    helped = subprocess.run([*program, "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert helped.returncode == 0
    assert "issuer" in helped.stdout
    lost = subprocess.run([*program, "issuer", "list"], cwd=ROOT, capture_output=True, text=True, check=False, env={})
    assert lost.returncode == 2
    assert "Traceback" not in lost.stderr
