"""JSON body reader: reads each member by name and type, and reports all errors at once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from chalicelib import json_pointer
from chalicelib.credential import dates
from chalicelib.errors import Malformed
from chalicelib.http.core.problem import Problem

MAX_ERRORS = 20
"""Maximum number of errors in one response."""

MAX_TEXT = 2000
"""Maximum length of a string in characters, for members that have no limit of their own here."""

_MAX_VERSION = 2**31

E = TypeVar("E", bound=StrEnum)


class JsonReader:
    """A reader of one JSON object.

    Each method reads a member; for an invalid one it records an error and returns a placeholder of the right type.
    `finish` raises the recorded errors, so use the values only after calling it.
    """

    def __init__(
        self, sent: Mapping[str, object], pointer: str = "", errors: list[dict[str, str]] | None = None
    ) -> None:
        self._sent = sent
        self._pointer = pointer
        self._errors = [] if errors is None else errors
        self._known: set[str] = set()
        self._children: list[JsonReader] = []

    def is_present(self, name: str) -> bool:
        """Whether the member is present, even if null."""
        self._take(name)
        return name in self._sent

    def has(self, name: str) -> bool:
        """Whether the member is present and not null."""
        return self._take(name) is not None

    def text(self, name: str, max_length: int = MAX_TEXT) -> str:
        """Read a required, non-blank string."""
        found = self.optional(name, max_length)
        if found is None and self._sent.get(name) is None:
            self.add_error(name, f"This must be a string of 1 to {max_length:,} characters.")
        return found or ""

    def optional(self, name: str, max_length: int = MAX_TEXT) -> str | None:
        """Read a string, or None when it is null or absent."""
        found = self._take(name)
        if found is None:
            return None
        if not isinstance(found, str) or not found.strip() or len(found) > max_length:
            self.add_error(name, f"This must be a string of 1 to {max_length:,} characters.")
            return None
        return found

    def flag(self, name: str, *, default: bool) -> bool:
        """Read a boolean."""
        found = self._take(name)
        if found is not None and not isinstance(found, bool):
            self.add_error(name, "This must be true or false.")
        return found if isinstance(found, bool) else default

    def integer(self, name: str, minimum: int, maximum: int) -> int | None:
        """Read an integer, or None when it is null or absent."""
        found = self._take(name)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int) or not minimum <= found <= maximum:
            self.add_error(name, f"This must be an integer from {minimum:,} to {maximum:,}.")
            return None
        return found

    def version(self) -> int:
        """Read the required member `version`, which a change is based on; 0, and an error, when there is none."""
        found = self.integer("version", 1, _MAX_VERSION)
        if found is None:
            self.add_error("version", "Send the version that you read, so that changes by others are not lost.")
        return found or 0

    def timestamp(self, name: str) -> datetime | None:
        """Read a timestamp (RFC 3339, with an offset), or None when it is null or absent."""
        found = self._take(name)
        if found is None:
            return None
        try:
            return dates.parse(found)
        except Malformed:
            self.add_error(name, "This must be a date and time with a timezone, such as 2027-01-31T00:00:00Z.")
            return None

    def choice(self, name: str, kind: type[E], default: E) -> E:
        """Read an enum value."""
        found = self._take(name)
        if found is None:
            return default
        if not isinstance(found, str) or found not in list(kind):
            self.add_error(name, f"This must be one of: {', '.join(kind)}.")
            return default
        return kind(found)

    def required_choice(self, name: str, kind: type[E]) -> E:
        """Read a required enum value."""
        if not self.has(name):
            self.add_error(name, f"This field is required. It must be one of: {', '.join(kind)}.")
        return self.choice(name, kind, next(iter(kind)))

    def base64(self, name: str, max_bytes: int) -> bytes | None:
        """Read base64 bytes (RFC 4648, 4), or None when it is null or absent."""
        found = self._take(name)
        if found is None:
            return None
        if not isinstance(found, str) or len(found) > (max_bytes + 2) // 3 * 4:
            self.add_error(name, f"This must be at most {max_bytes:,} bytes in base64.")
            return None
        try:
            return base64.b64decode(found, validate=True)
        except (ValueError, binascii.Error):
            self.add_error(name, "This is not base64.")
            return None

    def nested(self, name: str, *, required: bool = False) -> JsonReader:
        """Read an object; an empty one when it is null or absent."""
        found = self._take(name)
        if not isinstance(found, dict):
            if found is not None or required:
                self.add_error(name, "This must be an object.")
            found = {}
            # Report no further errors for the members of an absent object.
            return JsonReader(found, self._pointer_to(name), [])
        return self._nested(found, self._pointer_to(name))

    def nested_list(self, name: str, max_items: int) -> list[JsonReader]:
        """Read a list of objects; an empty one when it is null or absent."""
        found = self._take(name)
        if found is None:
            return []
        if not isinstance(found, list) or len(found) > max_items or not all(isinstance(one, dict) for one in found):
            self.add_error(name, f"This must be a list of at most {max_items} objects.")
            return []
        return [self._nested(one, f"{self._pointer_to(name)}/{at}") for at, one in enumerate(found)]

    def strings(self, name: str, max_items: int) -> tuple[str, ...]:
        """Read a list of strings; an empty one when it is null or absent."""
        found = self._take(name)
        if found is None:
            return ()
        if not isinstance(found, list) or len(found) > max_items or not all(isinstance(one, str) for one in found):
            self.add_error(name, f"This must be a list of at most {max_items} strings.")
            return ()
        return tuple(found)

    def add_error(self, name: str, detail: str) -> None:
        """Record an error of the member ``name``."""
        self._errors.append({"pointer": self._pointer_to(name), "detail": detail})

    def finish(self) -> None:
        """Report all errors. Raises `Problem` (`invalid_request`) for invalid and unknown members."""
        self._add_unknown_member_errors()
        if self._errors:
            detail = "The request has an error." if len(self._errors) == 1 else "The request has errors."
            raise Problem("invalid_request", detail, errors=tuple(self._errors[:MAX_ERRORS]))

    def _add_unknown_member_errors(self) -> None:
        # Otherwise a misspelt member would be silently ignored.
        for name in sorted(self._sent.keys() - self._known):
            self.add_error(name[:100], f"Unknown field. Known fields: {', '.join(sorted(self._known))}.")
        for nested in self._children:
            nested._add_unknown_member_errors()  # noqa: SLF001 - an instance of the same class

    def _nested(self, sent: Mapping[str, object], pointer: str) -> JsonReader:
        nested = JsonReader(sent, pointer, self._errors)
        self._children.append(nested)
        return nested

    def _take(self, name: str) -> object:
        self._known.add(name)
        return self._sent.get(name)

    def _pointer_to(self, name: str) -> str:
        return self._pointer + json_pointer.member(name)
