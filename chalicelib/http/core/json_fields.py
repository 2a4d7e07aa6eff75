"""Typed access to the members of a JSON object in a request."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from chalicelib.http.core.body import field_error

E = TypeVar("E", bound=StrEnum)
Sent = Mapping[str, object]


def only(sent: Sent, *names: str) -> None:
    """Reject members other than ``names``, because a misspelt one would otherwise be silently ignored.

    Raises `Problem` with code `invalid_request`.
    """
    for name in sorted(sent.keys() - set(names)):
        pointer = "/" + name.replace("~", "~0").replace("/", "~1")
        raise field_error(pointer[:200], f"Unknown member. Known members: {', '.join(names)}.")


def text(sent: Sent, name: str) -> str:
    """Read a required string. Raises `Problem` with code `invalid_request`."""
    found = optional(sent, name)
    if found is None:
        raise field_error(f"/{name}", "This member is required and must be a string.")
    return found


def optional(sent: Sent, name: str) -> str | None:
    """Read a string, or None when it is null or absent. Raises `Problem` with code `invalid_request`."""
    found = sent.get(name)
    if found is not None and not isinstance(found, str):
        raise field_error(f"/{name}", "This must be a string.")
    return found


def choice(sent: Sent, name: str, kind: type[E]) -> E:
    """Read an enum value. Raises `Problem` with code `invalid_request`."""
    found = text(sent, name)
    try:
        return kind(found)
    except ValueError as error:
        raise field_error(f"/{name}", f"This must be one of: {', '.join(kind)}.") from error
