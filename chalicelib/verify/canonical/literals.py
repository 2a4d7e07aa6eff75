"""Write values in canonical N-Quads (RDFC-1.0, "A canonical form of N-Quads")."""

from __future__ import annotations

import re
from typing import Final

from chalicelib.verify.canonical.errors import CanonicalError

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
MAX_INTEGER: Final = 2**53 - 1  # larger JSON numbers lose digits in parsers of other languages (RFC 8259, 6; I-JSON)

# RFC 3987 with a scheme, without what N-Quads forbids in an IRIREF, and without white space: other processors drop it.
_match_absolute = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+").fullmatch
_match_ascii = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[!#-;=?-\[\]_a-z~]+").fullmatch  # fast path for ASCII
_match_language = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*").fullmatch
_ESCAPES: Final = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)} | {
    8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"
}  # fmt: skip


def escape(text: str) -> str:
    """Escape ``text`` for use between the quotes of a literal.

    :raises CanonicalError: ``string_invalid`` for code points that are not characters.
    """
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    if not _encodable(text):
        raise CanonicalError("A string contains code points that are not characters.", code="string_invalid")
    return text.translate(_ESCAPES)


def _encodable(text: str) -> bool:
    """Whether ``text`` has no lone surrogate and no U+FFFE or U+FFFF, which only some canonicalisers escape."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\ufffe" not in text and "\uffff" not in text


def iri(value: str) -> str:
    """Return ``value`` in angle brackets.

    :raises CanonicalError: ``iri_relative`` when it is not an absolute IRI.
    """
    if _match_ascii(value) is None and (
        _match_absolute(value) is None or not (value.isprintable() or _has_no_controls(value))
    ):
        raise CanonicalError(f"{value[:200]!r} is not an absolute IRI, so it would be dropped.", code="iri_relative")
    return f"<{value}>"


def _has_no_controls(value: str) -> bool:
    """Whether ``value`` has no control characters. Unlike `isprintable`, allows joiners, which some scripts need."""
    return _encodable(value) and not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in value)


def language_suffix(tag: object) -> str:
    """Return the language tag after the closing quote, in lower case like the common processors.

    :raises CanonicalError: ``value_invalid`` when it is not well-formed.
    """
    if not isinstance(tag, str) or _match_language(tag) is None:
        raise CanonicalError("A language tag is not well-formed.", code="value_invalid")
    return f"@{tag.lower()}"


def number(value: int | float, datatype: str | None) -> str:
    """Write a JSON number as a literal with its datatype (JSON-LD 1.1 API, 8.6 steps 7 to 9). 42.0 becomes 42.

    :raises CanonicalError: ``number_range`` beyond 2^53-1, for NaN, and for a fraction where an integer is required.
    """
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise CanonicalError("A number is outside the range that JSON represents safely.", code="number_range")
    is_integer = value == int(value)
    if not is_integer and datatype == XSD + "integer":
        raise CanonicalError("A number has a fraction where an integer is required.", code="number_range")
    if is_integer and datatype != XSD + "double":
        return f'"{int(value)}"^^<{datatype or XSD + "integer"}>'
    return f'"{_double(float(value))}"^^<{datatype or XSD + "double"}>'


def _double(value: float) -> str:
    """Return the canonical form of xsd:double, at most sixteen digits, such as 5.3E0 (JSON-LD 1.1 API, 8.6)."""
    mantissa, _, exponent = f"{value:.15E}".partition("E")
    mantissa = mantissa.rstrip("0")
    return f"{mantissa}0E{int(exponent)}" if mantissa.endswith(".") else f"{mantissa}E{int(exponent)}"
