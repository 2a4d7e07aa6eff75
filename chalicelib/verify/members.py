"""Read members of parsed JSON, where a single value is equivalent to a list of one (JSON-LD)."""

from __future__ import annotations

from collections.abc import Mapping


def as_list(value: object) -> list[object]:
    """Return ``value`` as a list: None is an empty list, a single value a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def only(value: object) -> object:
    """Return the item of a list of one, which is signed like the item itself; return any other value unchanged."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def as_object(value: object) -> Mapping[str, object]:
    """Return ``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def string(value: object) -> str | None:
    """Return ``value`` if it is a non-empty string, else None. For identifiers, which are never lists."""
    return value if isinstance(value, str) and value else None


def text(value: object) -> str | None:
    """Return the non-empty string that ``value`` is or contains as a list of one, else None (equivalent in JSON-LD)."""
    if value is None or isinstance(value, str):  # the usual cases
        return value or None
    return string(only(value))


def id_of(value: object) -> str | None:
    """Return the id of a node that is given as an object or as its id alone."""
    return string(value) or string(as_object(value).get("id"))


def is_true(value: object) -> bool:
    """Whether ``value`` is true: as a boolean, as an equivalent xsd:boolean, or as a list of one."""
    text = only(value)
    return text in {"true", "1"} if isinstance(text, str) else text in (True, 1)
