"""Typed access to the members of an issuer's JSON, with errors that name the member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib import json_pointer
from chalicelib.errors import Malformed


class FieldError(Malformed):
    """The value at ``pointer`` (RFC 6901) is missing, unknown or of the wrong type."""

    code = "invalid_request"

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer[:200]

    def __str__(self) -> str:
        return f"{self.pointer or 'the document'}: {self.detail}"


def only(sent: Mapping[str, object], known: Sequence[str], place: str) -> None:
    """Reject members of ``sent``, at ``place``, that are not ``known``, so that a misspelt one is not ignored.

    Raises `FieldError`.
    """
    for name in sorted(sent.keys() - set(known)):
        raise FieldError(place + json_pointer.member(name), f"Unknown field. Known fields: {', '.join(known)}.")


def text(sent: Mapping[str, object], name: str, place: str) -> str:
    """A required string. Raises `FieldError`."""
    found = optional(sent, name, place)
    if found is None:
        raise FieldError(f"{place}/{name}", "This field is required and must be a string.")
    return found


def optional(sent: Mapping[str, object], name: str, place: str) -> str | None:
    """A string, or None when it is null or missing. Raises `FieldError`."""
    found = sent.get(name)
    if found is not None and not isinstance(found, str):
        raise FieldError(f"{place}/{name}", "This must be a string.")
    return found


def flag(sent: Mapping[str, object], name: str, place: str) -> bool:
    """A boolean; False when it is missing. Raises `FieldError`."""
    found = sent.get(name, False)
    if not isinstance(found, bool):
        raise FieldError(f"{place}/{name}", "This must be true or false.")
    return found


def integer(value: object, pointer: str) -> int:
    """An integer. Raises `FieldError`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise FieldError(pointer, "This must be an integer.")
    return value
