"""The argument parser, assembled from the commands of every module."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from functools import cache

from cli import grammar
from cli.commands import (
    access,
    achievement,
    analytics,
    completion,
    credential,
    directory,
    erasure,
    events,
    export,
    issuer,
    job,
    key,
    mailbox,
    pathway,
    receipt,
    task,
    verify,
    visitor_report,
    webhook,
)
from cli.demo import command as demo

_EPILOG = """\
examples:
  laurel issuer create acme --name Acme --url https://acme.example/ --description "Makers."
  laurel credential issue acme ACHIEVEMENT --name "Grace Osei" --email grace@example.org
  laurel verify links.csv
  laurel token create acme --name Moodle --role editor --json

settings and AWS credentials are read from the environment; for the local stack:
  eval "$(make -s env)"

exit codes: 0 success, 1 at least one operation failed, 2 usage or configuration error
"""


@cache
def parser() -> ArgumentParser:
    """The parser of the `laurel` command. Each command stores its function as ``handler``."""
    root = grammar.Parser(
        prog="laurel",
        description="Issue and manage credentials, and operate a Laurel deployment.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    root.add_argument("--json", action="store_true", help="print one JSON object per line")
    resources = grammar.subcommands(root)
    issuing = (issuer, key, access, achievement, credential, verify, pathway, webhook, job, export)
    people = (mailbox, erasure, receipt, visitor_report)
    for module in (*issuing, analytics, directory, events, task, *people, demo, completion):
        module.add_commands(resources)
    return root
