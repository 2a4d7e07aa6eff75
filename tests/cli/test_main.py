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
from cli import __main__ as entry_point
from cli.arguments import parser
from cli.commands.completion import SHELLS
from cli.main import main
from tests.cli.conftest import ENVIRONMENT, FakeServices, Run

ROOT = Path(__file__).resolve().parents[2]


def commands(root: argparse.ArgumentParser, *words: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command."""
    subcommands = [action for action in root._actions if isinstance(action, argparse._SubParsersAction)]
    if not subcommands:
        yield words
    for action in subcommands:
        for word, one in action.choices.items():
            yield from commands(one, *words, word)


COMMANDS = list(commands(parser()))


def test_help_names_the_command_groups(run: Run) -> None:
    result = run("--help")
    assert result.code == 0
    assert all(group in result.out for group in ("issuer", "achievement", "credential", "events", "demo"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.code == 0
    assert f"  laurel {' '.join(command)}" in result.out.partition("examples:")[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_argument_has_a_help_text(command: tuple[str, ...]) -> None:
    assert [action.dest for action in command_parser(command)._actions if not action.help] == []


def command_parser(words: tuple[str, ...]) -> argparse.ArgumentParser:
    found: argparse.ArgumentParser = parser()
    for word in words:
        (action,) = (action for action in found._actions if isinstance(action, argparse._SubParsersAction))
        found = action.choices[word]
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_offers_json(run: Run, command: tuple[str, ...]) -> None:
    assert "--json" in run(*command, "--help").out


def test_errors_are_json_on_request(run: Run) -> None:
    result = run("issuer", "rotate-key", "nobody", "--json")
    assert (result.code, json.loads(result.err)["error"]) == (1, "not_found")


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_script_needs_no_settings(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", shell], {}) == 0
    assert "rotate-key" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("nobody",), ("credential", "show"), ("issuer", "list", "--yaml")])
def test_invalid_command_line_exits_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).code == 2


@pytest.mark.parametrize("arguments", [(), ("issuer",), ("credential",)])
def test_without_a_command_the_help_is_shown_and_the_exit_code_is_2(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert result.err == run(*arguments, "--help").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("isuer", "list"), "unknown command 'isuer'. Did you mean `laurel issuer`?"),
        (("issuer", "lst"), "unknown command 'lst'. Did you mean `laurel issuer list`?"),
        (("webhook", "zzz"), "unknown command 'zzz'. Use one of: create, update, list, deliveries,"),
    ],
)
def test_an_unknown_command_is_answered_with_the_nearest(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert message in result.err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_argument_shows_the_usage_of_its_command(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, "--nonsense")
    assert result.code == 2
    assert result.err.startswith(f"usage: laurel {' '.join(command)} ")


def test_surplus_arguments_are_named_with_the_usage_of_their_command(run: Run) -> None:
    result = run("member", "list", "acme", "surplus", "--yaml")
    assert result.err.startswith("usage: laurel member list ")
    assert "unrecognized arguments: surplus --yaml" in result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("member", "add", "acme", "a@acme.example", "--role", "king"), "'king' is not one of owner, editor, viewer"),
        (("credential", "issue", "acme", "x", "--name", "A", "--valid-from", "soon"), "'soon' is not a date"),
        (("credential", "renew", "x", "--valid-until", "2026-02-30"), "'2026-02-30' is not a date"),
    ],
)
def test_invalid_value_is_reported_with_the_reason(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert message in result.err


def test_missing_settings_are_listed_and_exit_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["issuer", "list"], {"STAGE": "test"}) == 2
    err = capsys.readouterr().err
    assert all(name in err for name in ENVIRONMENT if name != "STAGE")
    assert 'For the local stack: eval "$(make -s env)"' in err


def test_domain_error_is_one_sentence_with_its_code_and_exits_with_1(run: Run) -> None:
    result = run("issuer", "rotate-key", "nobody")
    assert result.code == 1
    assert result.out == ""
    assert result.err.startswith("error: ")
    assert result.err.endswith("(not_found)\n")
    assert result.err.count("\n") == 1


def test_interrupt_exits_with_130(run: Run, services: FakeServices) -> None:
    class Interrupted:
        def issuers(self) -> None:
            raise KeyboardInterrupt

    services.issuer_store = Interrupted()
    assert run("issuer", "list").code == 130


def test_unavailable_storage_exits_with_1(run: Run, services: FakeServices) -> None:
    class Down:
        def issuers(self) -> None:
            raise Unavailable("Storage did not respond.", code="storage_unavailable")

    services.issuer_store = Down()
    result = run("issuer", "list")
    assert (result.code, result.err) == (1, "error: Storage did not respond. (storage_unavailable)\n")


@pytest.mark.slow
def test_the_module_runs_as_a_program() -> None:
    program = [sys.executable, "-m", "cli"]
    shown = subprocess.run([*program, "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert shown.returncode == 0
    assert "issuer" in shown.stdout
    failed = subprocess.run([*program, "issuer", "list"], cwd=ROOT, capture_output=True, text=True, check=False, env={})
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr


def test_outside_the_virtual_environment_one_sentence_says_what_to_do() -> None:
    # -S leaves out site-packages, as in a Python without Laurel's packages; -I would also leave out this folder.
    program = [sys.executable, "-S", "-m", "cli", "issuer", "list"]
    failed = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False, env={})
    assert failed.returncode == 2
    assert failed.stdout == ""
    assert failed.stderr.startswith("error: the package ")
    assert "run `make venv`, then use `.venv/bin/laurel`" in failed.stderr
    assert failed.stderr.count("\n") == 1


def test_a_python_that_is_too_old_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit) as end:
        entry_point.run()
    assert end.value.code == 2
    assert "laurel needs Python 3.11 or newer" in capsys.readouterr().err
