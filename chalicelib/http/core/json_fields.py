"""The members of a JSON object that a program sends, each read as what it has to be."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from chalicelib.http.core.body import fault

E = TypeVar("E", bound=StrEnum)
Sent = Mapping[str, object]


def only(sent: Sent, *names: str) -> None:
    """Raises `Problem` with code `invalid_request` when ``sent`` has another member than ``names``: a misspelt one
    would otherwise be passed over."""
    for name in sorted(sent.keys() - set(names)):
        pointer = "/" + name.replace("~", "~0").replace("/", "~1")
        raise fault(pointer[:200], f"Unknown member. Known members: {', '.join(names)}.")


def text(sent: Sent, name: str) -> str:
    """A text that has to be there. Raises `Problem` with code `invalid_request`."""
    found = optional(sent, name)
    if found is None:
        raise fault(f"/{name}", "This member is required and must be a string.")
    return found


def optional(sent: Sent, name: str) -> str | None:
    """A text, or None when it is null or not there. Raises `Problem` with code `invalid_request`."""
    found = sent.get(name)
    if found is not None and not isinstance(found, str):
        raise fault(f"/{name}", "This must be a string.")
    return found


def choice(sent: Sent, name: str, kind: type[E]) -> E:
    """One of a few words. Raises `Problem` with code `invalid_request`."""
    found = text(sent, name)
    try:
        return kind(found)
    except ValueError as error:
        raise fault(f"/{name}", f"This must be one of: {', '.join(kind)}.") from error
