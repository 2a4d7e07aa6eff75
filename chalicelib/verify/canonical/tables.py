"""The bundled JSON-LD contexts at run time: terms, and the active context at each place in a document.

An `ActiveContext` is immutable. `apply` builds the next one and has a bounded cache, because documents of the same kind
go through the same few contexts. Clauses: JSON-LD 1.1 API, https://www.w3.org/TR/json-ld11-api/.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from chalicelib.verify.canonical.errors import CanonicalError

LITERAL, ID, VOCAB, JSON = range(4)
"""The coercion of a term's string: a literal, an IRI, a term or an IRI, or (for any value) a JSON literal."""

_PROTECTED, _PREFIX, _LATE, _CLASS = 1, 2, 4, 8  # the flags that tools/contexts.py writes
_KINDS: Final = {None: LITERAL, "@id": ID, "@vocab": VOCAB, "@json": JSON}
_RDF_JSON = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON"
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"

# One kind of document needs about ten active contexts. All combinations of the bundled contexts would not fit in
# memory; at about 10 KB each, this limit is at most 3 MB.
_CACHE_SIZE = 256

MAX_CONTEXTS: Final = 64
"""Maximum contexts in one `@context`. Legitimate documents name at most five."""


class Term:
    """One term definition (4.1.11), prepared for writing quads."""

    __slots__ = (
        "closing",
        "container",
        "datatype",
        "iri",
        "is_class",
        "is_set",
        "kind",
        "name",
        "opening",
        "plain",
        "predicate",
        "prefix",
        "protected",
        "reference",
        "scope",
        "suffix",
    )

    def __init__(
        self, name: str, iri: str, coercion: str | None, container: str | None, scope: int | None, flags: int
    ) -> None:
        self.name = name
        self.iri = iri
        self.reference = f"<{iri}>"
        self.predicate = f" <{iri}> "
        self.kind = _KINDS.get(coercion, LITERAL)
        self.datatype = _RDF_JSON if coercion == "@json" else coercion if coercion not in _KINDS else None
        self.suffix = typed_suffix(self.datatype)
        self.opening = f'{self.predicate}"'
        self.closing = f'"{self.suffix} .\n'
        self.container = None if container == "@set" else container  # an array is always a set, so @set changes nothing
        self.is_set = container == "@set"
        self.scope = scope
        self.protected = bool(flags & _PROTECTED)
        self.prefix = bool(flags & _PREFIX)
        self.is_class = bool(flags & _CLASS)
        keyword = iri.startswith("@") or name in {"id", "type"}
        # Whether a string value becomes a literal without further processing.
        self.plain = self.kind == LITERAL and self.container is None and not self.is_class and not keyword

    def same(self, other: Term) -> bool:
        """Whether both definitions are equal, ignoring `protected` (4.2.2 step 27)."""
        return (self.iri, self.kind, self.datatype, self.container, self.is_set, self.scope, self.prefix) == (
            other.iri, other.kind, other.datatype, other.container, other.is_set, other.scope, other.prefix
        )  # fmt: skip


class ActiveContext:
    """The meaning of names at one place: the terms, and the vocabulary for other names."""

    __slots__ = ("aliased", "prefixes", "terms", "vocab")

    def __init__(self, terms: Mapping[str, Term], vocab: str | None, prefixes: frozenset[str]) -> None:
        self.terms = terms
        self.vocab = vocab
        self.prefixes = prefixes
        self.aliased = "id" in terms


def typed_suffix(datatype: str | None) -> str:
    """Return what follows a literal's closing quote: nothing for a plain string (canonical N-Quads)."""
    return "" if datatype is None or datatype == _XSD_STRING else f"^^<{datatype}>"


def _load() -> dict[str, Any]:
    tables: dict[str, Any] = json.loads(Path(__file__).with_name("tables.json").read_bytes())
    return tables


_TABLES = _load()
_LOCALS: Final[list[dict[str, Any] | None]] = _TABLES["locals"]
_NUMBERS: Final[dict[str, int]] = {url: entry["local"] for url, entry in _TABLES["contexts"].items()}

EMPTY: Final = ActiveContext({}, None, frozenset())
CONTEXTS: Final[Mapping[str, str]] = {url: entry["sha256"] for url, entry in _TABLES["contexts"].items()}
"""Every bundled context: URL to SHA-256 (hex) of the document that the tables were compiled from."""
TERM_IRIS: Final[frozenset[str]] = frozenset(_TABLES["iris"])
"""Every IRI that a bundled term stands for."""
TERM_NAMES: Final[frozenset[str]] = frozenset().union(*(local["terms"] for local in _LOCALS if local))
"""The name of every bundled term, in whatever context."""


def enter(active: ActiveContext, context: object) -> ActiveContext:
    """Return the active context after a document's own ``@context``: a bundled URL or a list of them (4.1).

    :raises CanonicalError: ``context_unknown``, ``context_inline``, ``term_conflict``, ``document_size``.
    """
    contexts = context if isinstance(context, list) else [context]
    if len(contexts) > MAX_CONTEXTS:
        raise CanonicalError(f"The document has more than {MAX_CONTEXTS} contexts.", code="document_size")
    for url in contexts:
        if not isinstance(url, str):
            raise CanonicalError(
                "The document defines its own terms. Laurel only accepts published contexts.", code="context_inline"
            )
        number = _NUMBERS.get(url)
        if number is None:
            raise CanonicalError(f"The context {url[:200]!r} is not supported by Laurel.", code="context_unknown")
        active = apply(active, number, False)
    return active


@lru_cache(maxsize=_CACHE_SIZE)
def apply(active: ActiveContext, number: int, override: bool) -> ActiveContext:
    """Return the active context after local context ``number`` (4.1.2).

    ``override``: it is a property-scoped context, which may redefine protected terms.

    :raises CanonicalError: ``term_conflict`` when it redefines a protected term (4.2.2 step 27).
    """
    local = _LOCALS[number]
    if local is None:  # only a property-scoped context can be null, and it may clear protected terms (4.1.2 step 5.1)
        return EMPTY
    terms, prefixes = dict(active.terms), set(active.prefixes)
    for term in _local_terms(number) if local["closed"] else _late_terms(local, active):
        old = terms.get(term.name)
        if old is None or not old.protected or override:
            terms[term.name] = term
            (prefixes.add if term.prefix else prefixes.discard)(term.name)
        elif old is not term and not old.same(term):
            raise CanonicalError(f"Two contexts define {term.name!r} differently.", code="term_conflict")
    return ActiveContext(terms, local["vocab"] or active.vocab, frozenset(prefixes))


@lru_cache(maxsize=len(_LOCALS))
def _local_terms(number: int) -> list[Term]:
    """Return the terms of a context that does not depend on earlier contexts."""
    local = _LOCALS[number] or {"terms": {}}
    return [Term(name, *entry) for name, entry in local["terms"].items()]


def _late_terms(local: dict[str, Any], active: ActiveContext) -> list[Term]:
    """Return the terms of a context that uses prefixes of earlier contexts."""
    return [
        Term(name, _expand(iri, active), coercion and _expand(coercion, active), container, scope, flags)
        if flags & _LATE
        else Term(name, iri, coercion, container, scope, flags)
        for name, (iri, coercion, container, scope, flags) in local["terms"].items()
    ]


def _expand(value: str, active: ActiveContext) -> str:
    """Expand a compact IRI whose prefix is defined in an earlier context (5.2.2 step 6)."""
    prefix, _, suffix = value.partition(":")
    return active.terms[prefix].iri + suffix if prefix in active.prefixes and not suffix.startswith("//") else value
