"""Query string parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalice.app import Request

from chalicelib import json_pointer
from chalicelib.http.core.problem import Problem
from chalicelib.http.input.body import field_error

MAX_LENGTH = 500
"""Maximum length of a value in characters; the longest is an email address or a cursor."""
PAGE = 25
"""Default page size."""


def only(request: Request, *names: str) -> Mapping[str, str]:
    """Return the given values of ``names``.

    Raises `Problem` (`invalid_request`) for any other name, for a repeated name, and for a value that is empty or
    longer than `MAX_LENGTH`.
    """
    found: dict[str, str] = {}
    given = request.query_params
    for name, values in sorted((name, given.getlist(name)) for name in given) if given else ():
        if name not in names:
            raise _parameter_error(name, f"Unknown parameter. Known parameters: {', '.join(names)}.")
        if len(values) != 1 or not 1 <= len(values[0]) <= MAX_LENGTH:
            raise _parameter_error(name, f"This must be given once, with 1 to {MAX_LENGTH} characters.")
        found[name] = values[0]
    return found


def limit(filters: Mapping[str, str], maximum: int) -> int:
    """Return the requested page size. Raises `Problem` (`invalid_request`)."""
    text = filters.get("limit", str(PAGE))
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= maximum):
        raise _parameter_error("limit", f"This must be an integer from 1 to {maximum}.")
    return int(text)


def cursor(filters: Mapping[str, str], form: re.Pattern[str]) -> str | None:
    """Return the cursor, None for the first page. Raises `Problem` (`bad_cursor`) if it does not match ``form``."""
    found = filters.get("cursor")
    if found is not None and not form.fullmatch(found):
        raise bad_cursor()
    return found


def bad_cursor() -> Problem:
    """Create the error for an invalid cursor."""
    return Problem("bad_cursor", "This cursor is not valid. Start again without one.")


def refused(name: str, detail: str) -> Problem:
    """Create the error for an invalid value."""
    return _parameter_error(name, detail)


def _parameter_error(name: str, detail: str) -> Problem:
    # A query has no JSON pointer, so treat it as one object whose members are the names.
    return field_error(json_pointer.member(name[:100]), detail)
