"""JSON-LD to RDF in one pass, over the bundled contexts, refusing anything that would be dropped or hidden.

A signature covers the quads, not the JSON. So this supports a deliberately small part of JSON-LD 1.1: every name and
value in the document must reach the quads, and each has only one spelling. Clauses: JSON-LD 1.1 API,
https://www.w3.org/TR/json-ld11-api/ (5.1.2 expansion, 5.3.2 value expansion, 8.1 to RDF).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chalicelib.verify.canonical import jcs
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.literals import XSD, escape, number
from chalicelib.verify.canonical.names import (
    class_,
    member,
    reference,
    refuse_abbreviated,
    scoped,
    value_object,
    vocabulary,
)
from chalicelib.verify.canonical.nodes import CREDENTIAL, merged, refuse_other_roots, refuse_split_root
from chalicelib.verify.canonical.tables import EMPTY, ID, JSON, LITERAL, ActiveContext, Term, apply, enter

# Limits for submitted documents, far above legitimate use: the specification's largest example badge is 6 levels deep,
# has 86 objects and makes 400 quads. No legitimate document of 256 KB, the input limit, exceeds these.
MAX_DEPTH: Final = 32
MAX_NODES: Final = 4_096
MAX_QUADS: Final = 16_384
MAX_TEXT: Final = 8 * 1024 * 1024
"""Maximum total characters of subjects and predicates, which are written again for every value."""

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE, _FIRST, _REST, _NIL = f" <{_RDF}type> ", f" <{_RDF}first> ", f" <{_RDF}rest> ", f"<{_RDF}nil>"

_HANDLED_MEMBERS: Final = frozenset({"id", "type", "@context"})

Json = Any  # parsed JSON; types are compared with type() because bool is a subclass of int
Quad = tuple[str, str, str, str]
"""Subject, predicate, object and graph in N-Quads notation: the predicate between spaces, the graph empty for the
default graph; a blank node starts with an underscore."""


@dataclass(frozen=True, slots=True)
class Quads:
    """An RDF dataset, which may contain duplicates.

    ``ground``: complete lines of the default graph without blank nodes.

    ``facts``: per blank node, the lines of the default graph with it as subject and no other blank node; the subject is
    left out.

    ``links``: every other quad.

    ``nodes``: if made from a document, the merged members of each identifier over all its mentions. The key is the
    identifier in N-Quads notation, followed by the graph's name unless it is the default graph.
    """

    ground: list[str]
    facts: dict[str, list[str]]
    links: list[Quad]
    nodes: dict[str, dict[str, Json]] = field(default_factory=dict)

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Quads:
        """Build a dataset from ``quads``."""
        dataset = cls([], {}, [])
        for quad in quads:
            dataset.add(*quad)
        return dataset

    def add(self, subject: str, predicate: str, object_: str, graph: str) -> None:
        """Add one quad."""
        if graph or object_[0] == "_":
            self.links.append((subject, predicate, object_, graph))
        elif subject[0] == "_":
            self.facts.setdefault(subject, []).append(f"{predicate}{object_} .\n")
        else:
            self.ground.append(f"{subject}{predicate}{object_} .\n")

    def __len__(self) -> int:
        return len(self.ground) + sum(map(len, self.facts.values())) + len(self.links)


def to_quads(
    document: Mapping[str, object],
    *,
    max_depth: int = MAX_DEPTH,
    max_nodes: int = MAX_NODES,
    max_quads: int = MAX_QUADS,
) -> Quads:
    """Convert ``document``, a parsed JSON object with its ``@context``, to quads.

    :raises CanonicalError: whenever a name or value would not reach the quads unambiguously, or a limit is exceeded;
        `CanonicalError` lists the codes.
    """
    if not isinstance(document, dict):
        raise CanonicalError("A document must be a JSON object.", code="json_invalid")
    return converted(Walk(max_depth, max_nodes), document, max_quads)


def converted(walk: Walk, document: dict[str, Json], max_quads: int = MAX_QUADS) -> Quads:
    """Convert ``document`` with ``walk``. Raises `CanonicalError` as `to_quads` does."""
    walk.node(document, EMPTY, "", 1)
    if not len(walk.quads):
        raise CanonicalError("The document contains no statements.", code="node_dropped")
    if len(walk.quads) > max_quads:
        raise CanonicalError(f"The document has more than {max_quads} statements.", code="document_size")
    if walk.root_mentioned:
        refuse_other_roots(document, walk.credentials)
    return walk.quads


class Walk:
    """One pass over one document.

    ``base`` is the active context without an object's own types, ``active`` the one with them: a type-scoped context
    ends with its object (5.1.2 step 7), so nested objects start from ``base`` and plain values use ``active``.
    """

    __slots__ = (
        "add",
        "blank_count",
        "character_count",
        "credentials",
        "max_depth",
        "max_nodes",
        "nodes",
        "quads",
        "root",
        "root_mentioned",
    )

    def __init__(self, max_depth: int, max_nodes: int) -> None:
        self.quads = Quads([], {}, [])
        self.add = self.quads.add
        self.blank_count = 0
        self.nodes = 0
        self.character_count = 0
        self.root = ""
        self.credentials: list[dict[str, Json]] = []
        self.root_mentioned = False
        self.max_depth = max_depth
        self.max_nodes = max_nodes

    def new_blank(self) -> str:
        self.blank_count += 1
        return f"_:b{self.blank_count}"

    def node(self, element: dict[str, Json], base: ActiveContext, graph: str, depth: int) -> str:
        """Write the quads of one JSON object into ``graph`` and return its subject."""
        if "@context" in element:
            base = enter(base, element["@context"])
        subject = self.subject(element, base)
        self.nodes += 1
        self.check_limits(depth, len(subject) * len(element))
        active = self.types(element, subject, base, graph) if "type" in element else base
        if active is not base and "id" in element:
            refuse_abbreviated(element["id"], active)  # prefixes that a type defines apply to the identifier too
        if depth == 1:
            self.root = subject
        elif subject == self.root and not graph:
            self.root_mentioned = True
            refuse_split_root(element)
        terms = active.terms
        if subject[0] == "_":
            line_start, lines = "", self.quads.facts.setdefault(subject, [])
        else:
            line_start, lines = subject, self.quads.ground
            earlier = self.quads.nodes.setdefault(subject + graph, element)
            if earlier is not element:
                self.quads.nodes[subject + graph] = merged(earlier, element)
        for name, value in element.items():
            term = terms.get(name)
            if term is not None and term.plain and type(value) is str and not graph:
                lines.append(f"{line_start}{term.opening}{escape(value)}{term.closing}")
            elif name not in _HANDLED_MEMBERS:
                self.member(subject, term, name, value, active, base, graph, depth)
        return subject

    def undefined_member(self, name: str, active: ActiveContext) -> Term | None:
        """Return the term for a member that no context defines as one, None to leave the member out."""
        return member(name, active)

    def undefined_class(self, name: Json, base: ActiveContext) -> str | None:
        """Return the IRI of a type that no context defines as a class, None to leave the type out."""
        return class_(name, base)

    def check_limits(self, depth: int, characters: int) -> None:
        self.character_count += characters
        if depth > self.max_depth:
            raise CanonicalError(f"The document is nested deeper than {self.max_depth} levels.", code="document_depth")
        if self.nodes > self.max_nodes:
            raise CanonicalError(f"The document has more than {self.max_nodes} objects.", code="document_size")
        if self.character_count > MAX_TEXT:
            raise CanonicalError("The document repeats long names too often.", code="document_size")

    def subject(self, element: dict[str, Json], base: ActiveContext) -> str:
        if "id" not in element:
            return self.new_blank()
        if not base.aliased:
            raise CanonicalError("No context defines 'id'.", code="term_undefined")
        return reference(element["id"], base)

    def types(self, element: dict[str, Json], subject: str, base: ActiveContext, graph: str) -> ActiveContext:
        """Write the type quads. Returns the active context with the type-scoped contexts, in order (5.1.2 step 11)."""
        if not base.aliased:
            raise CanonicalError("No context defines 'type'.", code="term_undefined")
        value = element["type"]
        names = value if type(value) is list else [value]
        if len(names) > 1:
            self.check_limits(0, len(subject) * len(names))
        scopes = []
        for name in names:
            term = base.terms.get(name) if type(name) is str else None
            if term is None or not term.is_class:
                iri = self.undefined_class(name, base)
                if iri is not None:
                    self.add(subject, _TYPE, iri, graph)
                continue
            self.add(subject, _TYPE, term.reference, graph)
            if name == CREDENTIAL:
                self.credentials.append(element)
            if term.scope is not None:
                scopes.append((name, term.scope))
        if len(scopes) > 1:
            scopes.sort()
        for _, scope in scopes:
            base = apply(base, scope, False)
        return base

    def member(
        self,
        subject: str,
        term: Term | None,
        name: str,
        value: Json,
        active: ActiveContext,
        base: ActiveContext,
        graph: str,
        depth: int,
    ) -> None:
        """Write the quads of one member, whatever its shape."""
        term = term or self.undefined_member(name, active)
        if term is None:
            return
        if term.is_class or value is None:
            raise _unusable(term, name)
        if term.kind == JSON:
            text = jcs.canonicalize(value, max_depth=self.max_depth).decode()
            self.add(subject, term.predicate, f'"{escape(text)}"{term.suffix}', graph)
            return
        if term.container is None and type(value) is not list:
            self.add(subject, term.predicate, self.object(term, name, value, active, base, graph, depth), graph)
            return
        values = value if type(value) is list else [value]
        if len(values) > 1:
            self.check_limits(depth, (len(subject) + len(term.predicate)) * len(values))
        if term.container == "@graph":
            objects = [self.graph(term, name, item, base, depth) for item in values]
        else:
            objects = [self.object(term, name, item, active, base, graph, depth) for item in values]
        if term.container == "@list":
            objects = [self.list(objects, graph)]
        elif len(set(objects)) < len(objects):
            # A reader of the JSON could take a duplicate for no value, or for two, where the signature covers one.
            raise CanonicalError(f"{name!r} has a duplicate value, which is signed only once.", code="value_repeated")
        for object_ in objects:
            self.add(subject, term.predicate, object_, graph)

    def object(
        self, term: Term, name: str, value: Json, active: ActiveContext, base: ActiveContext, graph: str, depth: int
    ) -> str:
        """Return one value as the object of a quad, writing the quads of a nested object."""
        kind = type(value)
        if kind is dict:
            if "@value" in value:
                return value_object(value, term, scoped(active, term))
            return self.node(value, scoped(base, term), graph, depth + 1)
        if kind is str:
            if term.kind == LITERAL:
                return f'"{escape(value)}"{term.suffix}'
            iri = (reference if term.kind == ID else vocabulary)(value, scoped(active, term))
            if iri == self.root and not graph:
                self.root_mentioned = True
            return iri
        return _scalar(term, name, value)

    def list(self, objects: list[str], graph: str) -> str:
        """Write an RDF collection and return its head (8.3)."""
        head = _NIL
        for object_ in reversed(objects):
            cell = self.new_blank()
            self.add(cell, _FIRST, object_, graph)
            self.add(cell, _REST, head, graph)
            head = cell
        return head

    def graph(self, term: Term, name: str, value: Json, base: ActiveContext, depth: int) -> str:
        """Write an object's quads into a graph of its own and return the graph's name (5.1.2 step 13.13)."""
        if type(value) is not dict or "@value" in value:
            raise CanonicalError(f"{name!r} must be an object, or it would be dropped.", code="node_dropped")
        graph = self.new_blank()
        before = len(self.quads.links)
        self.node(value, scoped(base, term), graph, depth + 1)
        if not any(quad[3] == graph for quad in self.quads.links[before:]):
            raise CanonicalError(f"{name!r} states nothing, so it would be dropped.", code="node_dropped")
        return graph


def _unusable(term: Term, name: str) -> CanonicalError:
    if term.is_class:
        return CanonicalError(f"{name!r} names a class, not a member.", code="term_class")
    return CanonicalError(f"{name!r} is null, which would be dropped.", code="value_null")


def _scalar(term: Term, name: str, value: Json) -> str:
    """Write a JSON value that is neither object nor string as a literal."""
    kind = type(value)
    if kind is bool:
        return f'"{"true" if value else "false"}"^^<{term.datatype or XSD + "boolean"}>'
    if kind is int or kind is float:
        return number(value, term.datatype)
    if kind is list:
        raise CanonicalError(f"{name!r} contains a nested array.", code="array_nested")
    if value is None:
        raise CanonicalError(f"{name!r} contains null, which would be dropped.", code="value_null")
    raise CanonicalError(f"{name!r} is not a JSON value.", code="json_invalid")
