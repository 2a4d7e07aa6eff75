"""The commands about events."""

from __future__ import annotations

import sys
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path

from chalicelib.analytics.replay import replay
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import UsageFault, note, show


def add_commands(nouns: Commands) -> None:
    """What can be said of events."""
    verbs = grammar.verbs(nouns, "events", "what happened: replay")
    words = "store the events that only the log has; harmless to repeat"
    again = grammar.command(verbs, "replay", replay_log, words)
    again.add_argument("file", metavar="FILE", help="lines of the log; - reads standard input")


def replay_log(services: Services, asked: Namespace) -> int:
    """Store the events that a log kept; lines that cannot be read make the command fail, after all others."""
    try:
        # A log may hold anything: bytes that are no UTF-8 spoil their own line and no other.
        log = Path(asked.file)
        with nullcontext(sys.stdin) if asked.file == "-" else log.open(encoding="utf-8", errors="replace") as lines:
            done = replay(lines, services.event_store)
    except OSError as error:
        raise UsageFault(f"{asked.file} cannot be read: {error.strerror}.", code="file_unreadable") from error
    except UnicodeDecodeError as error:
        raise UsageFault("What comes by standard input is not UTF-8.", code="not_utf8") from error
    show(
        asked.json,
        f"{done.stored} events are stored; {done.other} lines are about something else",
        stored=done.stored,
        other=done.other,
        malformed=list(done.malformed),
    )
    for number in done.malformed:
        note(f"line {number} holds an event that cannot be read")
    return 1 if done.malformed else 0
