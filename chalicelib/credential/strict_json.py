"""Strict JSON for external input: what two parsers could read differently is refused (RFC 8259, I-JSON RFC 7493)."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import NoReturn

from chalicelib.errors import Malformed

MAX_SAFE_INTEGER = 2**53 - 1
"""The largest integer that every JSON parser represents exactly (RFC 7493, 2.2)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a document, checked before or while it is parsed."""

    size: int = 256 * 1024
    """Bytes. The specification's full example is 21 KB; embedded images make genuine badges larger."""
    depth: int = 32
    """Nested objects and arrays. The full example has 9."""
    members: int = 10_000
    """Members of objects and items of arrays together. The full example has about 700."""


DEFAULT = Limits()


def parse(data: bytes, limits: Limits = DEFAULT) -> dict[str, object]:
    """The JSON object in ``data``.

    Raises `Malformed` with one of the codes `too_large`, `not_utf8`, `not_json`, `not_an_object`, `duplicate_name`,
    `number_out_of_range`, `too_deep`, `too_many_members`, `lone_surrogate`; nothing else, whatever the bytes.
    """
    if len(data) > limits.size:
        raise Malformed(f"The input is {len(data):,} bytes. The limit is {limits.size:,}.", code="too_large")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("This is not valid UTF-8.", code="not_utf8") from error
    value = _decode(text, _QUICK, limits)
    strings = _check_shape(value, limits)
    if text.count('"') != 2 * strings:
        # Every name and every string has two quotes. Further quotes are either escaped, or belong to a value that a
        # second member of the same name replaced; the slower decoder tells which.
        value = _decode(text, _STRICT, limits)
    if "\\" in text and _SURROGATE(text):
        _refuse_lone_surrogates(value)
    return value


def _decode(text: str, decoder: json.JSONDecoder, limits: Limits) -> dict[str, object]:
    try:
        value = decoder.decode(text)
    except RecursionError as error:
        raise Malformed(f"The JSON is nested deeper than {limits.depth} levels.", code="too_deep") from error
    except ValueError as error:
        raise Malformed(f"This is not JSON: {error}.", code="not_json") from error
    if type(value) is not dict:
        raise Malformed("This is JSON, but not an object.", code="not_an_object")
    return value


def _check_shape(value: dict[str, object], limits: Limits) -> int:
    """Check depth and members; return the number of strings, including names."""
    level: list[dict[str, object] | list[object]] = [value]
    members = strings = 0
    for _ in range(limits.depth):
        items: list[object] = []
        for container in level:
            if type(container) is dict:
                strings += len(container)
                items += container.values()
            else:
                items += container
        members += len(items)
        if members > limits.members:
            raise Malformed(f"The JSON has more than {limits.members:,} members.", code="too_many_members")
        level = []
        for item in items:
            if type(item) is str:
                strings += 1
            elif type(item) is dict or type(item) is list:
                level.append(item)
        if not level:
            return strings
    raise Malformed(f"The JSON is nested deeper than {limits.depth} levels.", code="too_deep")


def _refuse_lone_surrogates(value: object) -> None:
    # Escapes such as \ud800 alone make a string that no UTF-8 can hold, so hashing it later would break.
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Malformed("The JSON contains a lone surrogate.", code="lone_surrogate") from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        duplicate = next(name for name, count in counts.items() if count > 1)
        raise Malformed(f"The name {duplicate[:64]!r} appears twice in one object.", code="duplicate_name")
    return members


def _integer(digits: str) -> int:
    # Every safe integer with its sign fits into 17 characters; int() of more digits is slow.
    if len(digits) > 17 or abs(int(digits)) > MAX_SAFE_INTEGER:
        raise Malformed("The JSON contains an integer beyond 2^53-1.", code="number_out_of_range")
    return int(digits)


def _float(digits: str) -> float | int:
    number = float(digits)
    if number.is_integer() and abs(number) <= MAX_SAFE_INTEGER:
        return int(number)  # 42.0 is 42, as in ECMAScript: the spelling of a number does not matter
    if number in (float("inf"), float("-inf")):
        raise Malformed("The JSON contains a number that parsers read differently.", code="number_out_of_range")
    return number


def _constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is not a JSON number.", code="not_json")


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]").search
"""Finds a lone surrogate escape; pairs are characters (RFC 8259, 7)."""

_QUICK = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant)
_STRICT = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)
"""Refuses duplicate names; the default decoder keeps the last."""
