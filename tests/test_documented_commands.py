"""Commands and links in README.md and docs/ refer to what exists. `tests/stack` runs the commands."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.arguments import parser
from tests.documented import DOCUMENTS, ROOT, name, shell_blocks

MAKEFILE = (ROOT / "Makefile").read_text()
WITH_COMMANDS = [document for document in DOCUMENTS if shell_blocks(document)]
README = (ROOT / "README.md").read_text()

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=name)
documents_with_commands = pytest.mark.parametrize("document", WITH_COMMANDS, ids=name)


@documents_with_commands
def test_blocks_are_valid_shell(document: Path) -> None:
    bash = shutil.which("bash")
    assert bash
    for block in shell_blocks(document):
        parsed = subprocess.run([bash, "-n"], input=block, capture_output=True, text=True, check=False)
        assert parsed.returncode == 0, f"{parsed.stderr}\n{block}"


@documents_with_commands
def test_blocks_have_no_placeholder_that_a_reader_would_paste(document: Path) -> None:
    for block in shell_blocks(document):
        code = "\n".join(line.partition("   #")[0] for line in block.splitlines())
        assert not re.findall(r'"(?:ID|ISSUER|ACHIEVEMENT|TOKEN|WEBHOOK)"|<[a-z]+>|…|\bYOUR_|\bxxx+', code), block


@documents_with_commands
def test_every_file_that_a_command_sends_was_made_by_an_earlier_command(document: Path) -> None:
    made: set[str] = set()
    for line in "".join(shell_blocks(document)).splitlines():
        sent = set(re.findall(r"""(?<=[\s=\"'])@([\w.-]+)""", line))
        assert sent <= made, line
        made |= set(re.findall(r"(?:-o|>) ([\w.-]+\.\w+)", line))


@documents_with_commands
def test_every_variable_was_set_by_an_earlier_command(document: Path) -> None:
    # Settings come from `make env`.
    known = {"PATH", "HOME"}
    for line in "".join(shell_blocks(document)).splitlines():
        known |= set(re.findall(r"^([A-Z_]+)=", line))
        assert set(re.findall(r"\$\{?([A-Z_]+)", line)) <= known, line


@documents
def test_every_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    code = "\n".join([*re.findall(r"`([^`\n]+)`", document.read_text()), *shell_blocks(document)])
    named = re.findall(r"\bmake (?:(?:-s|[A-Z_]+=\S+) )*([a-z][a-z-]*)", code)
    assert set(named) <= targets


@documents
def test_every_laurel_command_exists(document: Path) -> None:
    code = "\n".join([*re.findall(r"`([^`\n]+)`", document.read_text()), *shell_blocks(document)])
    for words in re.findall(r"(?:^|[ /(|])laurel ((?:[a-z][a-z-]* ?)+)", code, re.MULTILINE):
        assert_command(words.split())


def assert_command(words: list[str]) -> None:
    found: argparse.ArgumentParser = parser()
    for word in words:
        choices = [action for action in found._actions if isinstance(action, argparse._SubParsersAction)]
        if not choices:
            return
        assert word in choices[0].choices, f"laurel {' '.join(words)}"
        found = choices[0].choices[word]


@documents
def test_every_link_to_a_file_and_a_heading_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


# README.md


def test_readme_has_at_most_100_lines() -> None:
    assert len(README.splitlines()) <= 100


@pytest.mark.parametrize(
    "words", ["docs/console.md", "docs/webhooks.md", "Pathways", "Emails", "Learning platforms", "LAUREL_VECTORS"]
)
def test_readme_names_what_laurel_has(words: str) -> None:
    assert words in README


def test_readme_says_that_the_owner_of_the_demo_is_an_operator() -> None:
    assert re.search(r"ada@harbour-college\.example.*operator", README)


# make help


def test_make_help_lists_every_command_as_a_reader_would_type_it() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^  make (\S+)", shown, re.MULTILINE)
    assert sorted(listed) == sorted(re.findall(r"^\.PHONY: ([a-z-]+)$", MAKEFILE, re.MULTILINE))
    assert 'eval "$(make -s env)"' in shown
    assert "$$" not in shown
