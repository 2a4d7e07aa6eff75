"""The items of a batch: a credential or a link each, with the caller's own reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.credential import json_text
from chalicelib.errors import Malformed
from chalicelib.reports import pasted

MAX_REF = 200
"""Maximum characters of a reference: room for a URL or two ids."""
MAX_LINK = 2048
_ONE_LINE = str.maketrans("\r\n", "  ")
_MEMBERS = frozenset({"ref", "url", "credential"})


class InvalidItem(Malformed):
    """An item that cannot be read. ``member`` is the JSON pointer of what is wrong, within the item."""

    code = "invalid_request"

    def __init__(self, detail: str, member: str = "") -> None:
        super().__init__(detail)
        self.member = member


@dataclass(frozen=True, slots=True)
class Item:
    """One item. ``problem`` says why it cannot be verified; ``source`` is empty then."""

    ref: str | None
    source: bytes = b""
    is_link: bool = False
    problem: InvalidItem | None = None

    def found(self, base_url: str) -> pasted.Link | pasted.Document:
        """Recognise the credential or the link. Raises `Malformed`, also `InvalidItem`."""
        if self.problem is not None:
            raise self.problem
        if self.is_link:
            return pasted.Link(self.source.decode("utf-8"))
        return pasted.read(self.source, base_url)


class _Value(NamedTuple):
    """The value of a member, and its text."""

    value: object
    text: str


def read(text: str, at: int = 0) -> tuple[Item, int]:
    """Read the item at ``at`` of JSON text; returns it and the position after it.

    Whatever is wrong with it, or with the credential in it, is the item's own `problem`, or is found when it is
    verified. Raises `ValueError`, `RecursionError` for text in which the end of the item cannot be found.
    """
    if text[at : at + 1] != "{":
        _, end = json_text.value(text, at)
        return Item(None, problem=InvalidItem("An item must be an object with ref, and url or credential.")), end
    members, end = json_text.members(text, at, lambda _name: _value)
    return _item(members), end


def _value(text: str, at: int) -> tuple[_Value, int]:
    value, end = json_text.value(text, at)
    return _Value(value, text[at:end]), end


def _item(members: Sequence[tuple[str, _Value]]) -> Item:
    named = dict(members)
    ref = named["ref"].value if "ref" in named else None
    if not isinstance(ref, str) or not 1 <= len(ref) <= MAX_REF or not _has_utf_8(ref):
        detail = f"Give each item a ref: a string of up to {MAX_REF} characters, to find its result by."
        return Item(None, problem=InvalidItem(detail, "/ref"))
    try:
        if len(named) != len(members):
            raise InvalidItem("A member of the item appears twice.")
        source, is_link = _source(named)
    except InvalidItem as error:
        return Item(ref, problem=error)
    return Item(ref, source, is_link)


def _source(named: dict[str, _Value]) -> tuple[bytes, bool]:
    if named.keys() - _MEMBERS:
        raise InvalidItem("An item has the members ref, and url or credential, and no others.")
    match {name: each.value for name, each in named.items()}:
        case {"url": _, "credential": _}:
            raise InvalidItem("Send url or credential, not both.", "/url")
        case {"url": str(url)} if 0 < len(url) <= MAX_LINK and url.isprintable():
            return url.strip().encode("utf-8"), True
        case {"credential": dict()}:
            return named["credential"].text.encode("utf-8"), False
        case {"credential": str(token)} if token and _has_utf_8(token):
            return token.encode("utf-8"), False
        case {"url": _}:
            raise InvalidItem(f"This must be a string with one link of up to {MAX_LINK:,} characters.", "/url")
        case {"credential": _}:
            detail = "This must be one credential: a JSON object, or a token as a string."
            raise InvalidItem(detail, "/credential")
    raise InvalidItem("Send url or credential.")


def _has_utf_8(text: str) -> bool:
    """Whether ``text`` has no lone surrogate, which an escape such as `\\ud800` in JSON can make."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def to_lines(texts: Sequence[str]) -> bytes:
    """Store items as they were sent, one a line: line breaks are only between the values of JSON, not in them."""
    return "".join(text.translate(_ONE_LINE) + "\n" for text in texts).encode("utf-8")


def from_lines(content: bytes) -> list[Item]:
    """Read the items in what `to_lines` has made. Raises `ValueError` for other content."""
    return [_line(line) for line in content.decode("utf-8").split("\n") if line.strip()]


def _line(line: str) -> Item:
    item, end = read(line, json_text.skip(line, 0))
    if json_text.skip(line, end) != len(line):
        raise ValueError("more than one value in a line")
    return item
