"""Read members of parsed JSON, where a single value is equivalent to a list of one (JSON-LD)."""

from __future__ import annotations

from collections.abc import Mapping


def as_list(value: object) -> list[object]:
    """``value`` as a list: nothing is empty, one is a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def only(value: object) -> object:
    """The item of a list of one, which is signed as it would be without the list; any other value unchanged."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def as_object(value: object) -> Mapping[str, object]:
    """``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def string(value: object) -> str | None:
    """``value`` if it is a non-empty string, else None. For identifiers, which are never lists."""
    return value if isinstance(value, str) and value else None


def text(value: object) -> str | None:
    """``value`` if it is a non-empty string or a list of one, else None: both are equivalent in JSON-LD."""
    if isinstance(value, str):  # nearly always
        return value or None
    return string(only(value))


def id_of(value: object) -> str | None:
    """The id of a node that is written as an object or as its id alone."""
    return string(value) or string(as_object(value).get("id"))


def is_true(value: object) -> bool:
    """Whether ``value`` is true: as a boolean, as an equivalent xsd:boolean, or as a list of one."""
    text = only(value)
    return text in {"true", "1"} if isinstance(text, str) else text in (True, 1)
