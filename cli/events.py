"""The commands about events."""

from __future__ import annotations

import sys
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path

from chalicelib.analytics.replay import replay
from chalicelib.services import Services
from cli.output import UsageFault, note, show


def replay_log(services: Services, asked: Namespace) -> int:
    """Store the events that a log kept; lines that cannot be read make the command fail, after all others."""
    try:
        with nullcontext(sys.stdin) if asked.file == "-" else Path(asked.file).open(encoding="utf-8") as lines:
            done = replay(lines, services.journal)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFault(f"{asked.file} cannot be read: {error}.", code="file_unreadable") from error
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
