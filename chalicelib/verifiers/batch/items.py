"""The items of a batch: a credential or a link each, with the caller's own reference."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.errors import Malformed
from chalicelib.reports import pasted

MAX_REF = 200
"""Maximum characters of a reference: room for a URL or two ids."""
MAX_LINK = 2048
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


def read(value: object) -> Item:
    """Read ``value``, parsed JSON. Whatever is wrong with it is the item's own `problem`."""
    if not isinstance(value, dict):
        return Item(None, problem=InvalidItem("An item must be an object with ref, and url or credential."))
    ref = value.get("ref")
    if not isinstance(ref, str) or not 1 <= len(ref) <= MAX_REF:
        detail = f"Give each item a ref: a string of up to {MAX_REF} characters, to find its result by."
        return Item(None, problem=InvalidItem(detail, "/ref"))
    try:
        source, is_link = _source(value)
    except InvalidItem as error:
        return Item(ref, problem=error)
    return Item(ref, source, is_link)


def _source(value: dict[str, object]) -> tuple[bytes, bool]:
    if value.keys() - _MEMBERS:
        raise InvalidItem("An item has the members ref, and url or credential, and no others.")
    match value:
        case {"url": _, "credential": _}:
            raise InvalidItem("Send url or credential, not both.", "/url")
        case {"url": str(url)} if 0 < len(url) <= MAX_LINK and url.isprintable():
            return url.strip().encode("utf-8"), True
        case {"credential": dict(credential)}:
            # Strict JSON means the same in any serialization, so serializing it again changes nothing that is signed.
            return json.dumps(credential, ensure_ascii=False, separators=(",", ":")).encode("utf-8"), False
        case {"credential": str(token)} if token:
            return token.encode("utf-8"), False
        case {"url": _}:
            raise InvalidItem(f"This must be a string with one link of up to {MAX_LINK:,} characters.", "/url")
        case {"credential": _}:
            detail = "This must be one credential: a JSON object, or a token as a string."
            raise InvalidItem(detail, "/credential")
    raise InvalidItem("Send url or credential.")


def to_lines(values: Sequence[object]) -> bytes:
    """Serialize items as they were sent, one a line, to be stored."""
    return "".join(f"{json.dumps(value, ensure_ascii=False)}\n" for value in values).encode("utf-8")


def from_lines(content: bytes) -> list[Item]:
    """Read the items in what `to_lines` has made."""
    return [read(json.loads(line)) for line in content.split(b"\n") if line]
