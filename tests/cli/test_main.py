"""Help, exit codes and errors."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.errors import Unavailable
from cli.__main__ import main
from cli.arguments import parser
from cli.commands.completion import SHELLS
from tests.cli.conftest import ENVIRONMENT, FakeServices, Run

ROOT = Path(__file__).resolve().parents[2]


def commands(found: argparse.ArgumentParser, *words: str) -> Iterator[tuple[str, ...]]:
    """Every command that can be said, noun and verb."""
    below = [action for action in found._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield words
    for action in below:
        for word, one in action.choices.items():
            yield from commands(one, *words, word)


COMMANDS = list(commands(parser()))


def test_help_names_every_noun(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    assert all(noun in ran.out for noun in ("issuer", "achievement", "credential", "events", "demo"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command, "--help")
    assert ran.code == 0
    assert f"  laurel {' '.join(command)}" in ran.out.partition("examples:")[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_offers_json(run: Run, command: tuple[str, ...]) -> None:
    assert "--json" in run(*command, "--help").out


def test_errors_are_json_on_request(run: Run) -> None:
    ran = run("issuer", "rotate-key", "nobody", "--json")
    assert (ran.code, json.loads(ran.err)["error"]) == (1, "not_found")


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_script_needs_no_settings(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", shell], {}) == 0
    assert "rotate-key" in capsys.readouterr().out


@pytest.mark.parametrize("asked", [(), ("issuer",), ("nobody",), ("credential", "show"), ("issuer", "list", "--yaml")])
def test_what_cannot_be_understood_ends_with_2(run: Run, asked: tuple[str, ...]) -> None:
    assert run(*asked).code == 2


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("member", "add", "acme", "a@acme.example", "--role", "king"), "'king' is not one of owner, editor, viewer"),
        (("credential", "issue", "acme", "x", "--name", "A", "--valid-from", "soon"), "'soon' is not a date"),
        (("credential", "renew", "x", "--valid-until", "2026-02-30"), "'2026-02-30' is not a date"),
    ],
)
def test_a_wrong_value_is_told_with_what_would_do(run: Run, asked: tuple[str, ...], words: str) -> None:
    ran = run(*asked)
    assert ran.code == 2
    assert words in ran.err


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

    services.issuer_store = Interrupted()
    assert run("issuer", "list").code == 130


def test_storage_that_does_not_answer_ends_with_1(run: Run, services: FakeServices) -> None:
    class Down:
        def issuers(self) -> None:
            raise Unavailable("Storage did not respond.", code="storage_unavailable")

    services.issuer_store = Down()
    ran = run("issuer", "list")
    assert (ran.code, ran.err) == (1, "error: Storage did not respond. (storage_unavailable)\n")


def test_the_module_runs_as_a_program() -> None:
    program = [sys.executable, "-m", "cli"]
    helped = subprocess.run([*program, "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert helped.returncode == 0
    assert "issuer" in helped.stdout
    lost = subprocess.run([*program, "issuer", "list"], cwd=ROOT, capture_output=True, text=True, check=False, env={})
    assert lost.returncode == 2
    assert "Traceback" not in lost.stderr
