"""The links that `make run` ends with: the demo credentials by kind, and next steps."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.demo.profile import PROFILE
from cli.demo.verifier import VERIFIER
from local.stack import ADA, Stack

UNLIMITED = 10_000
"""Width that wraps no line: a wrapped address cannot be clicked or copied."""


def show(stack: Stack) -> None:
    """Print the links of a stack that is up."""
    demo: Mapping[str, Mapping[str, str]] = json.loads(stack.demo.read_text())
    console = Console(file=sys.stdout, width=UNLIMITED, highlight=False, soft_wrap=True)
    credentials = [
        (kind.replace("_", " "), found["url"], "") for kind, found in demo.items() if kind not in (PROFILE, VERIFIER)
    ]
    _print(console, "Demo credentials", credentials)
    _print(console, "Next", _next_steps(stack, demo["valid"].get("holder_email", ""), demo[PROFILE]["url"]))
    console.print()


def _next_steps(stack: Stack, holder: str, profile: str) -> list[tuple[str, str, str]]:
    """The action, its URL, and a remark."""
    return [
        ("check a credential", f"{stack.base_url}/", f"the valid one was issued to {holder}"),
        ("open a profile", profile, "of the holder of the valid one, with the code for their website"),
        ("sign in", f"{stack.base_url}/sign-in", f"as {ADA}, an operator who owns the demo issuers"),
        ("read the emails", f"{stack.base_url}/_mail", "with the sign-in links"),
        ("open the console", f"{stack.base_url}/console", ""),
        ("find these links", str(stack.demo), ""),
        ("stop", "make stop", "keeps the data"),
    ]


def _print(console: Console, title: str, rows: Sequence[tuple[str, str, str]]) -> None:
    console.print(Text(f"\n{title}", "bold"))
    drawn = Table(box=None, pad_edge=False, show_header=False)
    for name, *rest in rows:
        drawn.add_row(f"  {name}", *map(Text, rest))
    with console.capture() as captured:
        console.print(drawn)
    # rich fills every row up to the longest, which a narrow terminal would show as blank lines.
    console.print("\n".join(line.rstrip() for line in captured.get().splitlines()), markup=False)
