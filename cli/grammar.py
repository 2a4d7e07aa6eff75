"""What the commands of all nouns share in what can be said to them."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, _SubParsersAction
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from chalicelib.award.input import timestamps
from chalicelib.errors import Malformed

Commands: TypeAlias = "_SubParsersAction[ArgumentParser]"
E = TypeVar("E", bound=StrEnum)


def verbs(nouns: Commands, noun: str, words: str) -> Commands:
    """Where the verbs of ``noun`` go."""
    return nouns.add_parser(noun, help=words, description=words).add_subparsers(required=True, metavar="COMMAND")


def command(commands: Commands, name: str, act: Callable[..., int], words: str) -> ArgumentParser:
    """A command that is done by ``act``, with ``--json`` as every one that says anything."""
    made = commands.add_parser(name, help=words, description=words)
    made.add_argument("--json", action="store_true", help="one JSON object a line")
    made.set_defaults(act=act)
    return made


def issuer(made: ArgumentParser) -> None:
    """The issuer that it is about, needed."""
    made.add_argument("issuer", help="the issuer's id")


def one_of(kind: type[E]) -> dict[str, Any]:
    """Of an argument that is a member of ``kind``: what `add_argument` has to know."""

    def read(text: str) -> E:
        try:
            return kind(text)
        except ValueError as error:
            raise ArgumentTypeError(f"{text!r} is none of {', '.join(kind)}") from error

    return {"type": read, "choices": list(kind)}


def start(text: str) -> datetime:
    """A day, from its beginning, or a moment."""
    return _moment(text, timestamps.start)


def end(text: str) -> datetime:
    """A day, to its end, or a moment."""
    return _moment(text, timestamps.end)


def _moment(text: str, read: Callable[[str], datetime]) -> datetime:
    try:
        return read(text)
    except Malformed as error:
        raise ArgumentTypeError(error.detail) from error
