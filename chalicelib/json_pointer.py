"""Validation, resolution and construction of JSON Pointers (RFC 6901)."""

from __future__ import annotations

import re

from chalicelib.errors import Refused

MAX_POINTER = 500
"""Maximum characters. Member names are a few words long and nested a few levels deep."""

_POINTER = re.compile(r"(?:/(?:[^/~]|~[01])*)*")
"""RFC 6901, 3."""
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
"""RFC 6901, 4: no leading zeros."""


class Absent(Exception):
    """The document has no value at this pointer."""


def check_pointer(name: str, pointer: str) -> None:
    """Check the pointer in the field ``name``. Raises `Refused` (`bad_pointer`)."""
    if len(pointer) > MAX_POINTER or not _POINTER.fullmatch(pointer):
        raise Refused(
            f"{name}: {pointer[:80]!r} is not a JSON Pointer such as /user/email (RFC 6901).", code="bad_pointer"
        )


def member(name: str) -> str:
    """The pointer to the member ``name`` of an object, to append to the pointer of that object."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def resolve(document: object, pointer: str) -> object:
    """The value at ``pointer``, which must have passed `check_pointer`. Raises `Absent`."""
    for token in pointer.split("/")[1:]:
        # In this order, so that ~01 becomes ~1 (RFC 6901, 4).
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and name in document:
            document = document[name]
        elif isinstance(document, list) and _INDEX.fullmatch(name) and int(name) < len(document):
            document = document[int(name)]
        else:
            raise Absent(pointer)
    return document
