"""JSON-LD to RDF in one pass, over the bundled contexts, refusing whatever would be dropped or hidden.

A signature covers the quads, not the JSON. So this is a deliberately small part of JSON-LD 1.1: every name and value in the document
must reach the quads, in one spelling. Clauses: JSON-LD 1.1 API, https://www.w3.org/TR/json-ld11-api/ (5.1.2 expansion, 8.1 to RDF).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.verify.canonical import jcs
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.literals import escape, iri, language_suffix, number
from chalicelib.verify.canonical.tables import (
    EMPTY, ID, JSON, LITERAL, TERM_IRIS, VOCAB, ActiveContext, Term, apply, enter, typed_suffix
)  # fmt: skip

# Bounds on what a stranger sends, far above honest use: the specification's fullest badge nests 10 deep, has 130 nodes and 500
# quads. Depth as in RFC 8725-style parsers (16 to 32); nodes and quads follow from documents of at most 256 KB.
MAX_DEPTH: Final = 32
MAX_NODES: Final = 4_096
MAX_QUADS: Final = 16_384

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE, _FIRST, _REST, _NIL = f" <{_RDF}type> ", f" <{_RDF}first> ", f" <{_RDF}rest> ", f"<{_RDF}nil>"

Quad = tuple[str, str, str, str]
"""Subject, predicate, object and graph as N-Quads writes them: the predicate between its spaces, the graph empty for the default
graph; a blank node begins with an underscore."""


@dataclass(frozen=True, slots=True)
class Quads:
    """An RDF dataset: ``ground`` holds finished N-Quads lines, ``blank`` the quads that mention blank nodes. May repeat itself."""

    ground: list[str]
    blank: list[Quad]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Quads:
        """The dataset of ``quads``."""
        ground, blank = [], []
        for quad in quads:
            subject, predicate, object_, graph = quad
            if "_" in (subject[0], object_[0], graph[:1]):
                blank.append(quad)
            else:
                ground.append(f"{subject}{predicate}{object_}{' ' + graph if graph else ''} .\n")
        return cls(ground, blank)


def to_quads(
    document: Mapping[str, object],
    *,
    max_depth: int = MAX_DEPTH,
    max_nodes: int = MAX_NODES,
    max_quads: int = MAX_QUADS,
) -> Quads:
    """The quads of ``document``, a parsed JSON object with its ``@context``.

    :raises CanonicalError: with the codes listed there, whenever a name or value would not reach the quads unambiguously.
    """
    if not isinstance(document, dict):
        raise CanonicalError("A document is a JSON object.", code="json_invalid")
    walk = _Walk(max_depth, max_nodes)
    walk.node(document, EMPTY, "", 1)
    if not walk.ground and not walk.blank:
        raise CanonicalError("The document states nothing.", code="node_dropped")
    if len(walk.ground) + len(walk.blank) > max_quads:
        raise CanonicalError(f"The document makes more than {max_quads} statements.", code="document_size")
    return Quads(walk.ground, walk.blank)


class _Walk:
    """One pass over one document."""

    __slots__ = ("blank", "ground", "issued", "max_depth", "max_nodes", "nodes", "root")

    def __init__(self, max_depth: int, max_nodes: int) -> None:
        self.ground: list[str] = []
        self.blank: list[Quad] = []
        self.issued = 0
        self.nodes = 0
        self.root: str | None = None
        self.max_depth = max_depth
        self.max_nodes = max_nodes

    def new_blank(self) -> str:
        self.issued += 1
        return f"_:b{self.issued}"

    def add(self, subject: str, predicate: str, object_: str, graph: str) -> None:
        if graph or object_[0] == "_" or subject[0] == "_":
            self.blank.append((subject, predicate, object_, graph))
        else:
            self.ground.append(f"{subject}{predicate}{object_} .\n")

    def node(self, element: dict[str, Any], base: ActiveContext, graph: str, depth: int) -> str:
        """Write the quads of one JSON object into ``graph``; its subject. ``base``: the context outside the object's own types."""
        self.nodes += 1
        if depth > self.max_depth:
            raise CanonicalError(f"The document nests deeper than {self.max_depth}.", code="document_depth")
        if self.nodes > self.max_nodes:
            raise CanonicalError(f"The document has more than {self.max_nodes} objects.", code="document_size")
        if "@context" in element:
            base = enter(base, element["@context"])
        subject = self.subject(element, base)
        if depth == 1:
            self.root = subject
        active = self.types(element["type"], subject, base, graph) if "type" in element else base
        if active.prefixes and "id" in element:
            reference(
                element["id"], active
            )  # a type's own context may add prefixes, and they hold for the identifier too
        terms = active.terms
        for name, value in element.items():
            if name == "id" or name == "type" or name == "@context":
                continue
            if depth > 1 and subject == self.root and not graph:
                # Otherwise an expiry date could be moved out of the credential, into an object that bears its identifier.
                raise CanonicalError("Part of the credential is placed inside another object.", code="node_split")
            term = terms.get(name) or _undefined(name, active)
            if type(value) is str and term.kind == LITERAL and term.container is None and not term.is_class:
                self.add(subject, term.predicate, f'"{escape(value)}"{term.suffix}', graph)
            else:
                self.member(subject, name, term, value, active, base, graph, depth)
        return subject

    def subject(self, element: dict[str, Any], base: ActiveContext) -> str:
        if "id" not in element:
            return self.new_blank()
        if not base.aliased:
            raise CanonicalError("No context defines 'id'.", code="term_undefined")
        return reference(element["id"], base)

    def types(self, value: object, subject: str, base: ActiveContext, graph: str) -> ActiveContext:
        """Write the type quads; the active context with the types' own contexts, in code point order (5.1.2 step 11)."""
        if not base.aliased:
            raise CanonicalError("No context defines 'type'.", code="term_undefined")
        names: list[Any] = value if isinstance(value, list) else [value]
        for name in names:
            self.add(subject, _TYPE, class_(name, base), graph)
        active, terms = base, base.terms
        for name in sorted(names) if len(names) > 1 else names:
            term = terms.get(name)
            if term is not None and term.scope is not None:
                active = apply(active, term.scope, False)
        return active

    def member(
        self,
        subject: str,
        name: str,
        term: Term,
        value: Any,
        active: ActiveContext,
        base: ActiveContext,
        graph: str,
        depth: int,
    ) -> None:
        """Write the quads of one member, whatever its shape."""
        if term.is_class:
            raise CanonicalError(f"{name!r} names a class, not a member.", code="term_class")
        if value is None:
            raise CanonicalError(f"{name!r} is null, which would be dropped.", code="value_null")
        if term.kind == JSON:
            text = jcs.canonicalize(value, max_depth=self.max_depth).decode()
            self.add(subject, term.predicate, f'"{escape(text)}"{term.suffix}', graph)
            return
        values = value if isinstance(value, list) else (value,)
        if term.container == "@list":
            objects = [self.object(name, term, item, active, base, graph, depth) for item in values]
            self.add(subject, term.predicate, self.list(objects, graph), graph)
        elif term.container == "@graph":
            for item in values:
                self.add(subject, term.predicate, self.graph(name, term, item, base, depth), graph)
        else:
            for item in values:
                self.add(subject, term.predicate, self.object(name, term, item, active, base, graph, depth), graph)

    def object(
        self, name: str, term: Term, value: Any, active: ActiveContext, base: ActiveContext, graph: str, depth: int
    ) -> str:
        """One value as the object of a quad (5.3.2 value expansion); a nested object is written on the way."""
        kind = type(value)
        if kind is dict:
            if "@value" in value:
                return value_object(value, _scoped(active, term))
            return self.node(value, _scoped(base, term), graph, depth + 1)
        if kind is str:
            if term.kind == LITERAL:
                return f'"{escape(value)}"{term.suffix}'
            scoped = _scoped(active, term)
            return reference(value, scoped) if term.kind == ID else vocabulary(value, scoped)
        if kind is bool:
            return f'"{"true" if value else "false"}"^^<{term.datatype or "http://www.w3.org/2001/XMLSchema#boolean"}>'
        if kind is int or kind is float:
            return number(value, term.datatype)
        if kind is list:
            raise CanonicalError(f"{name!r} holds an array in an array.", code="array_nested")
        if value is None:
            raise CanonicalError(f"{name!r} holds null, which would be dropped.", code="value_null")
        raise CanonicalError(f"{name!r} is not a JSON value.", code="json_invalid")

    def list(self, objects: list[str], graph: str) -> str:
        """Write an RDF collection; its head (8.3)."""
        head = _NIL
        for object_ in reversed(objects):
            cell = self.new_blank()
            self.add(cell, _FIRST, object_, graph)
            self.add(cell, _REST, head, graph)
            head = cell
        return head

    def graph(self, name: str, term: Term, value: Any, base: ActiveContext, depth: int) -> str:
        """Write an object's quads into a graph of their own; the graph's name (5.1.2 step 13.13)."""
        if not isinstance(value, dict) or "@value" in value:
            raise CanonicalError(f"{name!r} must be an object, or it would be dropped.", code="node_dropped")
        graph = self.new_blank()
        before = len(self.blank)
        self.node(value, _scoped(base, term), graph, depth + 1)
        if not any(quad[3] == graph for quad in self.blank[before:]):
            raise CanonicalError(f"{name!r} states nothing, so it would be dropped.", code="node_dropped")
        return graph


def _scoped(active: ActiveContext, term: Term) -> ActiveContext:
    """``active`` with the term's own context applied, which may replace protected terms (5.1.2 step 8)."""
    return active if term.scope is None else apply(active, term.scope, True)


def _undefined(name: object, active: ActiveContext) -> Term:
    """What becomes of a member that is no term: with a default vocabulary a property of it, else a refusal."""
    if not isinstance(name, str):
        raise CanonicalError("A member's name is not a string.", code="json_invalid")
    if name.startswith("@"):
        raise CanonicalError(f"{name[:200]!r} is not accepted here.", code="keyword_refused")
    if active.vocab is None or ":" in name:
        raise CanonicalError(f"No context defines {name[:200]!r}, so it would not be signed.", code="term_undefined")
    return Term(iri(active.vocab + name)[1:-1], None, None, None, 0)


def reference(value: object, active: ActiveContext) -> str:
    """An identifier as an IRI in angle brackets (5.2.2, document-relative).

    :raises CanonicalError: ``iri_relative``, ``iri_compact``, ``id_blank``, ``value_invalid``.
    """
    if not isinstance(value, str):
        raise CanonicalError("An identifier is not a string.", code="value_invalid")
    if value.startswith("_:"):
        raise CanonicalError("A blank node's label is not signed, so it cannot identify anything.", code="id_blank")
    if active.prefixes and value.partition(":")[0] in active.prefixes:
        raise CanonicalError(f"{value[:200]!r} is abbreviated; write the IRI out.", code="iri_compact")
    return iri(value)


def class_(name: object, active: ActiveContext) -> str:
    """One ``type`` as an IRI in angle brackets."""
    if not isinstance(name, str):
        raise CanonicalError("A type is not a string.", code="type_invalid")
    term = active.terms.get(name)
    if term is not None and not term.is_class:
        raise CanonicalError(f"{name!r} names a member, not a class.", code="term_class")
    return vocabulary(name, active)


def vocabulary(value: str, active: ActiveContext) -> str:
    """A term, a name in the default vocabulary, or an IRI for which there is no term, in angle brackets (5.2.2, vocab)."""
    term = active.terms.get(value)
    if term is not None and not term.iri.startswith("@"):
        return f"<{term.iri}>"
    if ":" in value:
        if value in TERM_IRIS:
            raise CanonicalError(f"{value[:200]!r} is spelled out though there is a term for it.", code="iri_aliased")
        return reference(value, active)
    if active.vocab is None or value.startswith("@") or term is not None:
        raise CanonicalError(f"No context defines {value[:200]!r}, so it would be dropped.", code="type_undefined")
    return iri(active.vocab + value)


def value_object(value: dict[str, Any], active: ActiveContext) -> str:
    """``{"@value", "@language"}`` or ``{"@value", "@type"}`` as a literal (5.1.2 step 14); nothing else.

    A base direction has no place in RDF 1.1 and would be dropped; a bare ``@value`` would be a second spelling.
    """
    text = value["@value"]
    if not isinstance(text, str) or len(value) != 2:
        raise CanonicalError(
            "A value object has a string and a language, or a string and a type.", code="keyword_refused"
        )
    if "@language" in value:
        return f'"{escape(text)}"{language_suffix(value["@language"])}'
    if "@type" not in value:
        raise CanonicalError(
            "A value object has a string and a language, or a string and a type.", code="keyword_refused"
        )
    return f'"{escape(text)}"{typed_suffix(reference(value["@type"], active)[1:-1])}'
