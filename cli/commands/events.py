"""Commands for events."""

from __future__ import annotations

import sys
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path

from chalicelib.analytics.replay import replay
from chalicelib.errors import Erased, NotFound
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import UsageProblem, note, show


def add_commands(resources: Commands) -> None:
    """Add `events`."""
    verbs = grammar.verbs(resources, "events", "recover events from a log")
    words = "store events that could not be stored at the time, from a log; safe to repeat"
    again = grammar.command(verbs, "replay", replay_log, words, "laurel events replay - < function.log")
    again.add_argument("file", metavar="FILE", help="log file; - reads standard input")


def replay_log(services: Services, options: Namespace) -> int:
    """Store the events in a log. Malformed lines fail the command after all others are stored."""
    try:
        # Bytes that are not UTF-8 must only affect their own line.
        log = Path(options.file)
        with nullcontext(sys.stdin) if options.file == "-" else log.open(encoding="utf-8", errors="replace") as lines:
            done = replay(lines, services.event_store, lambda each: _is_erased(services, each))
    except OSError as error:
        raise UsageProblem(f"{options.file} cannot be read: {error.strerror}.", code="file_unreadable") from error
    except UnicodeDecodeError as error:
        raise UsageProblem("Standard input is not UTF-8.", code="not_utf8") from error
    show(
        options.json,
        f"{done.stored} events stored, {done.other} other lines ignored",
        stored=done.stored,
        other=done.other,
        malformed=list(done.malformed),
    )
    for number in done.malformed:
        note(f"line {number}: malformed event")
    return 1 if done.malformed else 0


def _is_erased(services: Services, credential_id: str) -> bool:
    """Whether a log is older than the erasure of the holder: it must not bring anything back."""
    try:
        services.issuer_store.record(credential_id)
    except NotFound as error:
        return isinstance(error, Erased)
    return False
