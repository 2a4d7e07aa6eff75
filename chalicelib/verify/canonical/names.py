"""Resolve names and identifiers in a document to IRIs, accepting only one spelling of each.

JSON-LD can write one IRI in many ways, and a reader of the JSON knows only one of them. Every other spelling is
refused; otherwise a signed member could be renamed without invalidating the signature. Clause: JSON-LD 1.1 API, 5.2.2.
"""

from __future__ import annotations

from typing import Any

from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.literals import XSD, escape, iri, language_suffix
from chalicelib.verify.canonical.tables import TERM_IRIS, ActiveContext, Term, apply, typed_suffix


def scoped(active: ActiveContext, term: Term) -> ActiveContext:
    """Return ``active`` with the term's own context applied, which may replace protected terms (5.1.2 step 8)."""
    return active if term.scope is None else apply(active, term.scope, True)


def member(name: object, active: ActiveContext) -> Term:
    """Resolve a member name that is not a term: a property in the default vocabulary if there is one, else an error.

    :raises CanonicalError: ``term_undefined``, ``keyword_refused``, ``iri_relative``, ``json_invalid``.
    """
    if not isinstance(name, str):
        raise CanonicalError("A member's name is not a string.", code="json_invalid")
    if name.startswith("@"):
        raise CanonicalError(f"{name[:200]!r} is not accepted here.", code="keyword_refused")
    if active.vocab is None or ":" in name:
        raise CanonicalError(f"No context defines {name[:200]!r}, so it would not be signed.", code="term_undefined")
    return Term(name, iri(active.vocab + name)[1:-1], None, None, None, 0)


def reference(value: object, active: ActiveContext) -> str:
    """Return an identifier as an IRI in angle brackets.

    :raises CanonicalError: ``iri_relative``, ``iri_compact``, ``id_blank``, ``value_invalid``.
    """
    if not isinstance(value, str):
        raise CanonicalError("An identifier is not a string.", code="value_invalid")
    if value.startswith("_:"):
        raise CanonicalError("A blank node's label is not signed, so it cannot identify anything.", code="id_blank")
    refuse_abbreviated(value, active)
    return iri(value)


def refuse_abbreviated(value: str, active: ActiveContext) -> None:
    """Refuse an identifier that starts with a prefix.

    :raises CanonicalError: ``iri_compact``.
    """
    if active.prefixes and value.partition(":")[0] in active.prefixes:
        raise CanonicalError(f"{value[:200]!r} is abbreviated. Use the full IRI.", code="iri_compact")


def class_(name: object, active: ActiveContext) -> str:
    """Return one ``type`` as an IRI in angle brackets.

    :raises CanonicalError: ``type_invalid``, ``term_class``, and those of `vocabulary`.
    """
    if not isinstance(name, str):
        raise CanonicalError("A type is not a string.", code="type_invalid")
    term = active.terms.get(name)
    if term is None:
        return vocabulary(name, active)
    if not term.is_class:
        raise CanonicalError(f"{name!r} names a member, not a class.", code="term_class")
    return term.reference


def vocabulary(value: str, active: ActiveContext) -> str:
    """Return a term, a name in the default vocabulary, or an IRI without a term, as an IRI in angle brackets.

    :raises CanonicalError: ``type_undefined``, ``iri_aliased``, and those of `reference`.
    """
    term = active.terms.get(value)
    if term is not None and not term.iri.startswith("@"):
        return term.reference
    if ":" in value:
        if value in TERM_IRIS:
            raise CanonicalError(f"{value[:200]!r} is written out although a term exists for it.", code="iri_aliased")
        return reference(value, active)
    if active.vocab is None or value.startswith("@") or term is not None:
        raise CanonicalError(f"No context defines {value[:200]!r}, so it would be dropped.", code="type_undefined")
    return iri(active.vocab + value)


_PLAIN_TYPES = frozenset(typed_suffix(XSD + name) for name in ("string", "boolean", "integer", "double"))
"""Datatypes of literals that JSON writes without a value object."""


_LANGUAGE_VALUE = frozenset({"@value", "@language", "@direction"})
_DIRECTIONS = ("ltr", "rtl")


def value_object(value: dict[str, Any], term: Term, active: ActiveContext) -> str:
    """Return a literal for ``{"@value", "@language"}`` or ``{"@value", "@type"}`` (5.1.2 step 14).

    A base direction beside the language is accepted and not signed, because RDF 1.1 has none; nothing may use it.
    Everything else is refused: a bare ``@value``, even with a direction, or the type that the value has by default,
    would be a second spelling.

    :raises CanonicalError: ``keyword_refused``, ``value_invalid``, and those of `reference`.
    """
    text = value["@value"]
    if isinstance(text, str) and "@language" in value and value.keys() <= _LANGUAGE_VALUE:
        if value.get("@direction", "ltr") not in _DIRECTIONS:
            raise CanonicalError("A text's direction is neither ltr nor rtl.", code="value_invalid")
        return f'"{escape(text)}"{language_suffix(value["@language"])}'
    if isinstance(text, str) and value.keys() == {"@value", "@type"}:
        suffix = typed_suffix(reference(value["@type"], active)[1:-1])
        if suffix == term.suffix or suffix in _PLAIN_TYPES:
            raise CanonicalError(f"{term.name!r} repeats a type that is implied.", code="keyword_refused")
        return f'"{escape(text)}"{suffix}'
    raise CanonicalError("A value object must have a string and a language or type.", code="keyword_refused")
