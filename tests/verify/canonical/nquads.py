"""A strict N-Quads reader for test inputs (RDF 1.1 N-Quads); the product itself never reads N-Quads."""

from __future__ import annotations

import re

from chalicelib.verify.canonical.literals import escape
from chalicelib.verify.canonical.quads import Quads
from chalicelib.verify.canonical.tables import typed_suffix

_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_IRI = rf"<(?:[^\x00-\x20<>\"{{}}|^`\\]|{_UCHAR})*>"
_BLANK = r"_:[\w:](?:[\w.:\-·]*[\w:\-·])?"
_LITERAL = rf"\"(?:[^\"\\\n\r]|\\[tbnrf\"'\\]|{_UCHAR})*\"(?:\^\^{_IRI}|@[A-Za-z]+(?:-[A-Za-z0-9]+)*)?"
_QUAD = re.compile(
    rf"[ \t]*({_IRI}|{_BLANK})[ \t]*({_IRI})[ \t]*({_IRI}|{_BLANK}|{_LITERAL})[ \t]*({_IRI}|{_BLANK})?"
    r"[ \t]*\.[ \t]*(?:#.*)?"
)
_ESCAPE = re.compile(rf"{_UCHAR}|\\.")
_SIMPLE = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def read(text: str) -> Quads:
    """Parse ``text`` to a dataset. Raises ValueError when it is not N-Quads."""
    quads = []
    for line in text.split("\n"):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _QUAD.fullmatch(line)
        if match is None:
            raise ValueError(f"not N-Quads: {line!r}")
        subject, predicate, object_, graph = match.groups()
        quads.append((_term(subject), f" {_term(predicate)} ", _term(object_), _term(graph) if graph else ""))
    return Quads.of(quads)


def _term(text: str) -> str:
    """Return one term in its canonical spelling."""
    if text[0] == "_":
        return text
    if text[0] == "<":
        return _unescape(text)
    value, _, suffix = text[1:].rpartition('"')
    if suffix.startswith("^^"):
        suffix = typed_suffix(_unescape(suffix)[3:-1])
    return f'"{escape(_unescape(value))}"{suffix}'


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: _character(match[0]), text)


def _character(escaped: str) -> str:
    return _SIMPLE[escaped[1]] if escaped[1] in _SIMPLE else chr(int(escaped.lstrip("\\uU"), 16))
