"""Commands for pathways and webhooks, which are defined in JSON files."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from chalicelib.award.input.field_errors import FieldError
from chalicelib.credential import strict_json
from cli import files, grammar
from cli.output import UsageProblem

D = TypeVar("D")


def command(
    verbs: grammar.Commands, verb: str, handler: Callable[..., int], description: str, resource: str
) -> ArgumentParser:
    """A command on one object of an issuer, or on all of them."""
    example = f"laurel {resource} {verb} acme"
    if verb not in ("create", "list"):
        example += " ID"
    if verb in ("create", "update"):
        example += f" {resource}.json"
    if verb == "progress":
        example += " grace@example.org"
    command = grammar.command(verbs, verb, handler, description, example)
    grammar.issuer(command)
    if verb not in ("create", "list"):
        command.add_argument("id", metavar="ID", help=f"id of the {resource}")
    if verb in ("create", "update"):
        command.add_argument(
            "file", type=Path, metavar="FILE", help=f"JSON file, in the format of POST /v1/{resource}s"
        )
    return command


def read(path: Path, reader: Callable[[Mapping[str, object]], D]) -> D:
    """Parse the JSON object in the file with ``reader``. Raises `UsageProblem`, `Malformed`."""
    content = files.content(path)
    try:
        return reader(strict_json.parse(content))
    except FieldError as error:
        raise UsageProblem(f"{path}: {error}", code=error.code) from error
