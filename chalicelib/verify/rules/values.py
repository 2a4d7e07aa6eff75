"""The values that a rule accepts.

RDF has no list of one, so a proof over RDF covers a value and a list of that value alike. Therefore both are accepted
wherever a standard names one of them, except for identifiers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from chalicelib.credential import dates
from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase
from chalicelib.verify.members import as_list, only

Predicate = Callable[[object], bool]


_NEVER = object()


class Value(NamedTuple):
    """What a member may contain: a predicate, and the same in words."""

    accepts: Predicate
    expected: str
    always: type | None = None
    """A type whose values ``accepts`` all accepts: knowing it saves most of the calls."""
    usual: object = None
    """The value that most documents have here, which ``accepts`` accepts: this saves most of the other calls. None if
    there is none, since no member accepts it."""

    @property
    def quick(self) -> tuple[type | None, object]:
        """What decides without a call."""
        return self.always, _NEVER if self.usual is None else self.usual


is_url = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+").fullmatch
"""Matches an absolute URL or URN: a scheme, and no character that RFC 3986 and RFC 3987 exclude."""
_is_language = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*").fullmatch
_LANGUAGE_VALUE = frozenset({"@value", "@language", "@direction"})
_DIRECTIONS = ("ltr", "rtl")


def _url(value: object) -> bool:
    return type(value) is str and is_url(value) is not None


def _text(value: object) -> bool:
    return type(value) is str or type(only(value)) is str


def _filled(value: object) -> bool:
    value = only(value) if type(value) is list else value
    return type(value) is str and value != ""


def _texts(value: object) -> bool:
    return type(value) is str or (type(value) is list and all(type(item) is str for item in value))


def _types(value: object) -> bool:
    if type(value) is not list:
        return type(value) is str and value != ""
    for item in value:  # `all` would take twice as long
        if type(item) is not str or not item:
            return False
    return value != []


def _number(value: object) -> bool:
    return type(only(value)) in (int, float)


def _boolean(value: object) -> bool:
    return type(only(value)) is bool


def _timestamp(value: object) -> bool:
    try:
        dates.parse(only(value))
    except Malformed:
        return False
    return True


def is_language_value(value: object) -> bool:
    """Whether ``value`` is a language value object (VC Data Model 2.0, 11.1)."""
    return (
        isinstance(value, dict)
        and type(value.get("@value")) is str
        and value.keys() <= _LANGUAGE_VALUE
        and ("@language" not in value or (type(tag := value["@language"]) is str and _is_language(tag) is not None))
        and value.get("@direction", "ltr") in _DIRECTIONS
    )


def _natural_text(value: object) -> bool:
    if type(value) is str:
        return True
    if type(value) is list:
        return len(value) > 0 and all(type(item) is str or is_language_value(item) for item in value)
    return is_language_value(value)


def _object(value: object) -> bool:
    return type(value) is dict or type(only(value)) is dict


def _objects(value: object) -> bool:
    if type(value) is not list:
        return type(value) is dict
    for item in value:
        if type(item) is not dict:
            return False
    return value != []


def _claims(value: object) -> bool:
    if type(value) is dict:
        return value != {}
    return _objects(value) and {} not in as_list(value)


def _resources(value: object) -> bool:
    if not _objects(value):
        return False
    ids = [item.get("id") for item in as_list(value) if isinstance(item, dict)]
    return all(type(one) is str for one in ids) and len(set(map(str, ids))) == len(ids)


def _reference(value: object) -> bool:
    return type(value) is dict or _url(value)


def one_of(*values: str, extensible: bool = False) -> Value:
    """One of ``values``, or, if ``extensible``, a name that starts with `ext:` (OB 3.0, B.1: EnumExt)."""
    known = frozenset(values)

    def accepts(value: object) -> bool:
        value = only(value)
        return type(value) is str and (value in known or (extensible and "ext:" in value))

    return Value(accepts, phrase("one of the values that the standard lists"))


def matching(pattern: str, expected: str, *, many: bool = False) -> Value:
    """A text that matches ``pattern``; ``many`` allows a list of them."""
    matches = re.compile(pattern, re.ASCII).fullmatch

    def accepts(value: object) -> bool:
        values = value if many and type(value) is list else [only(value)]
        return all(type(item) is str and matches(item) is not None for item in values)

    return Value(accepts, expected)


def types_with(*names: str) -> Value:
    """A type or a list of types, among them one of ``names``."""
    wanted = frozenset(names)

    def accepts(value: object) -> bool:
        if type(value) is list:
            return _types(value) and not wanted.isdisjoint(value)
        return type(value) is str and value in wanted

    return Value(accepts, phrase("a list of types with {name}", name=names[-1]), usual=[names[0]])


URL = Value(_url, phrase("a single URL"))
TEXT = Value(_text, phrase("text"), str)
FILLED = Value(_filled, phrase("text that is not empty"))
TEXTS = Value(_texts, phrase("one or more texts"), str)
TYPES = Value(_types, phrase("one or more types"))
NUMBER = Value(_number, phrase("a number"))
BOOLEAN = Value(_boolean, phrase("true or false"), bool)
TIMESTAMP = Value(_timestamp, phrase("a date and time with a timezone"))
NATURAL_TEXT = Value(_natural_text, phrase("text, or text with only its language and direction"), str)
OBJECT = Value(_object, phrase("an object"), dict)
OBJECTS = Value(_objects, phrase("one or more objects"), dict)
CLAIMS = Value(_claims, phrase("one or more objects with at least one claim"))
RESOURCES = Value(_resources, phrase("one or more objects with different ids"))
REFERENCE = Value(_reference, phrase("a URL, or an object with an id"), dict)
