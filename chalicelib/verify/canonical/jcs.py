"""Canonical JSON: RFC 8785 (JSON Canonicalization Scheme)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import Any, Final

from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.literals import MAX_INTEGER

Json = Any  # parsed JSON; types are compared with type() because bool is a subclass of int
MAX_DEPTH: Final = 64  # far above legitimate documents, far below the interpreter's recursion limit

_encode_sorted = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def canonicalize(value: object, *, max_depth: int = MAX_DEPTH) -> bytes:
    """Return ``value``, parsed JSON, as canonical UTF-8.

    :raises CanonicalError: ``document_depth``; ``number_range`` for an integer beyond 2^53-1, NaN or an infinity;
        ``string_invalid`` for a lone surrogate; ``json_invalid`` for anything that is not a JSON value.
    """
    text = _encode_sorted(value) if _needs_no_rewrite(value, max_depth) else _write(value)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise CanonicalError("A string contains code points that are not characters.", code="string_invalid") from error


def _needs_no_rewrite(value: Json, max_depth: int) -> bool:
    """Whether Python's own encoder writes ``value`` as RFC 8785 requires. Also checks the limits.

    That is so if all names sort the same in UTF-16, and every float is a fraction of common size, which Python and
    ECMAScript write the same.

    Rejects anything that is not JSON within the limits. Works level by level, so depth uses no stack.
    """
    plain, level = True, [value]
    for _ in range(max_depth + 1):
        below: list[Json] = []
        names: list[Json] = []
        for item in level:
            kind = type(item)
            if kind is str:
                continue
            if kind is dict:
                names += item
                below += item.values()
            elif kind is list:
                below += item
            elif kind is float:
                plain = plain and 1e-4 <= abs(item) < 1e16 and not item.is_integer()
            else:
                _check_scalar(item)
        plain = _sort_alike(names) and plain
        if not below:
            return plain
        level = below
    raise CanonicalError(f"The document is nested deeper than {max_depth} levels.", code="document_depth")


def _sort_alike(names: Iterable[Json]) -> bool:
    """Whether code point order equals UTF-16 order for these names. Raises if one is not a string."""
    try:
        return "".join(names).isascii()
    except TypeError as error:
        raise CanonicalError("A member's name is not a string.", code="json_invalid") from error


def _check_scalar(item: Json) -> None:
    if item is None or type(item) is bool:
        return
    if type(item) is not int:
        raise CanonicalError(f"A {type(item).__name__} is not a JSON value.", code="json_invalid")
    if not -MAX_INTEGER <= item <= MAX_INTEGER:
        raise CanonicalError("A number is outside the range that JSON represents safely.", code="number_range")


def _write(value: Json) -> str:
    """Write ``value``, already within the limits, member by member (RFC 8785, 3.2)."""
    if type(value) is dict:
        names = sorted(value) if _sort_alike(value) else sorted(value, key=_utf16)
        return "{" + ",".join([f"{encode_basestring(name)}:{_write(value[name])}" for name in names]) + "}"
    if type(value) is list:
        return "[" + ",".join([_write(item) for item in value]) + "]"
    if type(value) is str:
        return encode_basestring(value)
    return _number(value) if type(value) is float else _encode_sorted(value)


def _utf16(name: str) -> bytes:
    """Return the sort key: UTF-16 code units (RFC 8785, 3.2.3). A lone surrogate passes here and fails in UTF-8."""
    return name.encode("utf-16-be", "surrogatepass")


def _number(value: float) -> str:
    """Write a float as ECMAScript does (RFC 8785, 3.2.2.3; ECMA-262, Number::toString)."""
    if not math.isfinite(value):
        raise CanonicalError("NaN and infinities are not JSON.", code="number_range")
    if value == 0:
        return "0"  # negative zero too
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    integer_part, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (integer_part + fraction).lstrip("0")
    # value = 0.digits times 10 to the power of point
    point = (
        len(integer_part.lstrip("0"))
        - (len(fraction) - len(fraction.lstrip("0")) if integer_part == "0" else 0)
        + int(exponent or 0)
    )
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"{sign}{digits[0]}{'.' + digits[1:] if len(digits) > 1 else ''}{power}"
