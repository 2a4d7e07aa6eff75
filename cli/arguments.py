"""What can be said on the command line: every noun brings its commands."""

from __future__ import annotations

from argparse import ArgumentParser

from cli import (
    access,
    achievement,
    credential,
    events,
    export,
    issuer,
    job,
    pathway,
    task,
    webhook,
)
from cli.demo import command as demo


def parser() -> ArgumentParser:
    """The whole grammar; each command has its function under ``act``."""
    root = ArgumentParser(
        prog="python -m cli",
        description="Laurel for issuers and operators. Settings and AWS credentials come from the environment.",
        epilog="Exit codes: 0 all was done, 1 something was not, 2 it was asked wrongly.",
    )
    nouns = root.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for noun in (issuer, access, achievement, credential, pathway, webhook, job, export, events, task, demo):
        noun.add_commands(nouns)
    return root
