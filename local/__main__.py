"""python -m local: the commands behind `make run`, `make dev`, `make stop`, `make package`, `make deploy`."""

from __future__ import annotations

import argparse
import shlex
import sys

from local import links, release
from local.aws import NotReadyError
from local.deploy import DeploymentError
from local.package import PackagingError
from local.progress import say
from local.stack import Stack, StackError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (
        ("up", "deploy and start the local stack"),
        ("dev", "serve the same data, reloading on changes"),
        ("env", "print the settings for the laurel command, for eval"),
    ):
        commands.add_parser(name, help=words).add_argument("--port", type=port, default=8000)
    commands.add_parser("down", help="stop everything; data is kept")
    release.add_commands(commands)
    wanted = parser.parse_args()
    try:
        return run(wanted)
    except (StackError, PackagingError, DeploymentError, NotReadyError, release.ReleaseError) as error:
        # Not to standard output: `eval "$(make -s env)"` would run the message.
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def port(text: str) -> int:
    """Parse a TCP port."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is not a valid port: use one from 1024 to 65535, such as 8001")
    return int(text)


def run(wanted: argparse.Namespace) -> int:
    if wanted.command == "up":
        stack = Stack.of(wanted.port)
        stack.up()
        links.show(stack)
        say(f"ready: {stack.base_url}")
        return 0
    if wanted.command == "dev":
        return Stack.of(wanted.port).dev()
    if wanted.command == "env":
        for name, value in Stack.of(wanted.port).environment().items():
            print(f"export {name}={shlex.quote(value)}")
        return 0
    if wanted.command == "down":
        ended = [f"{stack.port}: {name}" for stack in Stack.known() for name in stack.down()]
        say("\n".join(f"Stopped {what}" for what in ended) or "Nothing is running.")
        return 0
    return release.run(wanted)


if __name__ == "__main__":
    sys.exit(main())
