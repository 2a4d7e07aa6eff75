"""How results are printed: for people by default, one JSON object a line for scripts."""

from __future__ import annotations

import json
import sys

from chalicelib.errors import LaurelError


class UsageFault(LaurelError):
    """What was asked for makes no sense; nothing was done."""

    code = "usage"


def show(as_json: bool, text: str, **members: object) -> None:
    """Print ``text``, or ``members`` as one line of JSON."""
    print(json.dumps(members, ensure_ascii=False) if as_json else text)


def note(text: str) -> None:
    """Print a remark on standard error."""
    print(text, file=sys.stderr)


def complain(error: LaurelError) -> None:
    """Print one sentence with its code on standard error."""
    note(f"error: {error.detail or 'This did not work.'} ({error.code})")
