"""Commands about what is written as JSON, and their files."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from chalicelib.award.input.field_errors import Misplaced
from chalicelib.credential import strict_json
from cli import files, grammar
from cli.output import UsageFault

D = TypeVar("D")


def command(verbs: grammar.Commands, verb: str, act: Callable[..., int], words: str, noun: str) -> ArgumentParser:
    """A command on one of an issuer's things, or all, that are written as JSON."""
    made = grammar.command(verbs, verb, act, words)
    grammar.issuer(made)
    if verb not in ("add", "list"):
        made.add_argument("id", help=f"the {noun}'s id")
    if verb in ("add", "change"):
        made.add_argument("file", type=Path, metavar="FILE", help=f"JSON, as POST /v1/{noun}s takes it")
    return made


def read(path: Path, understand: Callable[[Mapping[str, object]], D]) -> D:
    """What ``understand`` makes of the JSON object in the file. Raises `UsageFault`, `Malformed`."""
    content = files.content(path)
    try:
        return understand(strict_json.parse(content))
    except Misplaced as error:
        raise UsageFault(f"{path}: {error}", code=error.code) from error
