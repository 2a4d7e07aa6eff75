"""The parser class, shared arguments, argument types and help formatting."""

from __future__ import annotations

from argparse import (
    SUPPRESS,
    Action,
    ArgumentError,
    ArgumentParser,
    ArgumentTypeError,
    RawDescriptionHelpFormatter,
    _SubParsersAction,
)
from collections.abc import Callable
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from chalicelib.award.input import timestamps
from chalicelib.errors import Malformed

Commands: TypeAlias = "_SubParsersAction[ArgumentParser]"
E = TypeVar("E", bound=StrEnum)


class Parser(ArgumentParser):
    """A parser that suggests the nearest command for an unknown one."""

    def _check_value(self, action: Action, value: Any) -> None:  # noqa: ANN401 - as in argparse
        if not isinstance(action, _SubParsersAction) or value in (action.choices or ()):
            super()._check_value(action, value)
            return
        names = list(action.choices or ())
        near = get_close_matches(value, names, n=1)
        advice = f"Did you mean `{self.prog} {near[0]}`?" if near else f"Use one of: {', '.join(names)}."
        raise ArgumentError(None, f"unknown command {value!r}. {advice}")


def subcommands(command: ArgumentParser) -> Commands:
    """Add subparsers. Without a subcommand, ``command`` shows its help."""
    command.set_defaults(parser=command)
    return command.add_subparsers(title="commands", metavar="COMMAND")


def verbs(resources: Commands, resource: str, description: str) -> Commands:
    """Add ``resource`` and return the subparsers for its verbs."""
    epilog = f"`laurel {resource} COMMAND --help` shows the arguments and examples of a command."
    return subcommands(
        resources.add_parser(resource, help=description, description=_sentence(description), epilog=epilog)
    )


def command(
    commands: Commands, name: str, handler: Callable[..., int], description: str, *examples: str
) -> ArgumentParser:
    """Add a command with ``--json``, run by ``handler``; its help shows ``examples``."""
    epilog = "\n".join(["examples:", *(f"  {example}" for example in examples)]) if examples else None
    command = commands.add_parser(
        name,
        help=description,
        description=_sentence(description),
        epilog=epilog,
        formatter_class=RawDescriptionHelpFormatter,
    )
    # Suppressed, so that it does not reset the one before the command.
    command.add_argument("--json", action="store_true", default=SUPPRESS, help="print one JSON object per line")
    command.set_defaults(handler=handler, parser=command)
    return command


def issuer(command: ArgumentParser) -> None:
    """Add the required issuer argument."""
    command.add_argument("issuer", metavar="ISSUER", help="id of the issuer")


def one_of(kind: type[E]) -> dict[str, Any]:
    """The `add_argument` options of an argument whose value is a member of ``kind``."""

    def read(text: str) -> E:
        try:
            return kind(text)
        except ValueError as error:
            raise ArgumentTypeError(f"{text!r} is not one of {', '.join(kind)}") from error

    return {"type": read, "choices": list(kind)}


def credential_id(text: str) -> str:
    """The id of a credential, or the one in the URL of its page."""
    return text.rstrip("/").rpartition("/")[2]


def start(text: str) -> datetime:
    """A timestamp, or the start of a day."""
    return _timestamp(text, timestamps.start)


def end(text: str) -> datetime:
    """A timestamp, or the end of a day."""
    return _timestamp(text, timestamps.end)


def _timestamp(text: str, read: Callable[[str], datetime]) -> datetime:
    try:
        return read(text)
    except Malformed as error:
        raise ArgumentTypeError(error.detail) from error


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
