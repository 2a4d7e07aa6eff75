"""What is wrong in a JSON object that an issuer sends, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.errors import Malformed


class Misplaced(Malformed):
    """Something else stands at ``pointer`` (RFC 6901) than has to stand there."""

    code = "invalid_request"

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer[:200]

    def __str__(self) -> str:
        return f"{self.pointer or 'the whole'}: {self.detail}"


def only(sent: Mapping[str, object], known: Sequence[str], place: str) -> None:
    """Raises `Misplaced` when ``sent``, at ``place``, has a member that is not ``known``: a misspelt one would be
    passed over otherwise."""
    for name in sorted(sent.keys() - set(known)):
        pointer = name.replace("~", "~0").replace("/", "~1")
        raise Misplaced(f"{place}/{pointer}", f"Unknown member. Known members: {', '.join(known)}.")


def text(sent: Mapping[str, object], name: str, place: str) -> str:
    """A text that has to be there. Raises `Misplaced`."""
    found = optional(sent, name, place)
    if found is None:
        raise Misplaced(f"{place}/{name}", "This member is required and must be a string.")
    return found


def optional(sent: Mapping[str, object], name: str, place: str) -> str | None:
    """A text, or None when it is null or not there. Raises `Misplaced`."""
    found = sent.get(name)
    if found is not None and not isinstance(found, str):
        raise Misplaced(f"{place}/{name}", "This must be a string.")
    return found


def flag(sent: Mapping[str, object], name: str, place: str) -> bool:
    """True or false; false when it is not there. Raises `Misplaced`."""
    found = sent.get(name, False)
    if not isinstance(found, bool):
        raise Misplaced(f"{place}/{name}", "This must be true or false.")
    return found


def whole(value: object, pointer: str) -> int:
    """A whole number. Raises `Misplaced`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Misplaced(pointer, "This must be an integer.")
    return value
