"""How values are written in canonical N-Quads (RDFC-1.0, "A canonical form of N-Quads")."""

from __future__ import annotations

import re
from typing import Final

from chalicelib.verify.canonical.errors import CanonicalError

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
MAX_INTEGER: Final = (
    2**53 - 1
)  # beyond it JSON numbers lose digits in the parsers of other languages (RFC 8259, 6; I-JSON)

# RFC 3987 with a scheme, less what N-Quads forbids in an IRIREF, less all white space, which other processors drop.
_absolute = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+").fullmatch
_ascii = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[!#-;=?-\[\]_a-z~]+").fullmatch  # the same of ASCII, and fast
_language = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*").fullmatch
_ESCAPES: Final = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)} | {
    8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"
}  # fmt: skip


def escape(text: str) -> str:
    """``text`` as it stands between the quotes of a literal.

    :raises CanonicalError: ``string_invalid`` for what is not text.
    """
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    if not _encodable(text):
        raise CanonicalError("A string contains code points that are not characters.", code="string_invalid")
    return text.translate(_ESCAPES)


def _encodable(text: str) -> bool:
    """No lone surrogate, and neither of the non-characters that some canonicalisers escape and others do not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\ufffe" not in text and "\uffff" not in text


def iri(value: str) -> str:
    """``value`` in angle brackets.

    :raises CanonicalError: ``iri_relative`` when it is not an absolute IRI.
    """
    if _ascii(value) is None and (_absolute(value) is None or not (value.isprintable() or _plain(value))):
        raise CanonicalError(f"{value[:200]!r} is not an absolute IRI, so it would be dropped.", code="iri_relative")
    return f"<{value}>"


def _plain(value: str) -> bool:
    """No control characters; slower than `isprintable`, which also turns away joiners that some scripts need."""
    return _encodable(value) and not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in value)


def language_suffix(tag: object) -> str:
    """A language tag after the closing quote, in lower case as the common processors write it.

    :raises CanonicalError: ``value_invalid`` when it is not well-formed.
    """
    if not isinstance(tag, str) or _language(tag) is None:
        raise CanonicalError("A language tag is not well-formed.", code="value_invalid")
    return f"@{tag.lower()}"


def number(value: int | float, datatype: str | None) -> str:
    """A JSON number as a literal with its datatype (JSON-LD 1.1 API, 8.6 steps 7 to 9): 42.0 is 42, as in ECMAScript.

    :raises CanonicalError: ``number_range`` beyond 2^53-1, for NaN, and for a fraction where an integer is due.
    """
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise CanonicalError("A number is outside the range that JSON represents safely.", code="number_range")
    whole = value == int(value)
    if not whole and datatype == XSD + "integer":
        raise CanonicalError("A number has a fraction where an integer is required.", code="number_range")
    if whole and datatype != XSD + "double":
        return f'"{int(value)}"^^<{datatype or XSD + "integer"}>'
    return f'"{_double(float(value))}"^^<{datatype or XSD + "double"}>'


def _double(value: float) -> str:
    """The canonical form of xsd:double, sixteen digits at most, as in 5.3E0 (JSON-LD 1.1 API, 8.6)."""
    mantissa, _, exponent = f"{value:.15E}".partition("E")
    mantissa = mantissa.rstrip("0")
    return f"{mantissa}0E{int(exponent)}" if mantissa.endswith(".") else f"{mantissa}E{int(exponent)}"
