"""Compile the bundled JSON-LD contexts into the term tables that verification loads.

    python tools/contexts.py           write chalicelib/verify/canonical/tables.json
    python tools/contexts.py --check   exit 1 when that file is not what the bundled contexts compile to

The set of contexts is closed, so their term definitions are resolved here, once, instead of on every verification. The
compiler supports the part of JSON-LD 1.1 that the bundled contexts use, and stops at anything else: a context added
later either compiles faithfully or not at all.

The output, one JSON object (clauses: JSON-LD 1.1 API, https://www.w3.org/TR/json-ld11-api/):
  contexts  URL -> {"local": number, "sha256": hash of the bundled file}
  locals    local contexts by number, without duplicates; number 0 is `null` (the empty context, 4.1.2 step 5.1).
            {"vocab": IRI or null, "closed": no term is late, "terms": {name: [iri, coercion, container, scope, flags]}}
            coercion: null, "@id", "@vocab", "@json" or a datatype IRI; container: null, "@set", "@list" or "@graph";
            scope: number of the term's own local context, or null; flags: the sum of the constants below.
  iris      every IRI that a term stands for: a document must not write these out in place of the term.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Json = Any  # a parsed context, or a part of one
CANONICAL = Path(__file__).resolve().parent.parent / "chalicelib" / "verify" / "canonical"
CONTEXTS = CANONICAL / "contexts"
TABLES = CANONICAL / "tables.json"

PROTECTED = 1  # may not be redefined (4.1.11)
PREFIX = 2  # usable in a compact IRI (4.2.2 step 14.2.5: a simple term whose IRI ends in a delimiter)
LATE = 4  # a compact IRI whose prefix this context does not define: it depends on earlier contexts
CLASS = 8  # a name of a type, never of a member

ALIASES = {"id": "@id", "type": "@type"}
KNOWN_KEYWORDS = {"@protected", "@version", "@vocab"}
KNOWN_MEMBERS = {"@id", "@type", "@container", "@context", "@protected"}
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")
# The only classes with two names; pages must treat both the same (Open Badges 3.0, 9.1.1 type).
CLASS_SYNONYMS = {"https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"}


class Unsupported(Exception):
    """A bundled context uses something that the tables cannot represent."""


class Compiler:
    """Compiles local contexts to tables, without duplicates."""

    def __init__(self) -> None:
        self.locals: list[dict[str, Any] | None] = [None]
        self._numbers: dict[str, int] = {"null": 0}

    def add(self, context: Json, where: str) -> int:
        """Return the number of ``context`` among the locals, compiling it if it is new."""
        key = json.dumps(context, sort_keys=True)
        if key not in self._numbers:
            self._numbers[key] = len(self.locals)
            self.locals.append(None)
            self.locals[self._numbers[key]] = self._compile(context, where)
        return self._numbers[key]

    def _compile(self, context: Json, where: str) -> dict[str, Any]:
        _expect(isinstance(context, dict), where, "only objects and null are supported")
        for keyword in (name for name in context if name.startswith("@")):
            _expect(keyword in KNOWN_KEYWORDS, where, f"unsupported keyword {keyword}")
        protected = context.get("@protected", False)
        terms = {
            name: self._term(name, definition, context, protected, f"{where}/{name}")
            for name, definition in context.items()
            if not name.startswith("@")
        }
        _expect(("id" in terms) == ("type" in terms), where, "id and type must be aliased together")
        closed = not any(flags & LATE for *_, flags in terms.values())
        return {"vocab": context.get("@vocab"), "closed": closed, "terms": terms}

    def _term(self, name: str, definition: Json, context: Json, protected: bool, where: str) -> list[Any]:
        _expect(bool(name) and ":" not in name and "/" not in name, where, "a compact IRI as a term")
        simple = isinstance(definition, str)
        members = {"@id": definition} if simple else definition
        _expect(isinstance(members, dict) and set(members) <= KNOWN_MEMBERS, where, f"unsupported: {definition}")
        _expect(isinstance(members.get("@id"), str), where, "a term without @id")
        iri, late = _expand(members["@id"], context, where)
        if iri.startswith("@"):
            _expect(ALIASES.get(name) == iri and simple, where, "an alias other than id and type")
        _expect(name not in ALIASES or iri == ALIASES[name], where, "id and type must be aliases")
        coercion, late_coercion = members.get("@type"), False
        if coercion not in (None, "@id", "@vocab", "@json"):
            coercion, late_coercion = _expand(coercion, context, where)
        container = members.get("@container")
        _expect(container in (None, "@set", "@list", "@graph"), where, f"unsupported container {container}")
        scope = self.add(members["@context"], where) if "@context" in members else None
        flags = PROTECTED * bool(members.get("@protected", protected)) | LATE * (late or late_coercion)
        flags |= PREFIX * (simple and iri[-1] in ":/?#[]@") | CLASS * _names_class(name, coercion, container)
        return [iri, coercion, container, scope, flags]


def _names_class(name: str, coercion: str | None, container: str | None) -> bool:
    """Apply the naming rule of every bundled vocabulary: classes start with a capital or a digit, members do not."""
    return (name[0].isupper() or name[0].isdigit()) and coercion is None and container is None


def _expand(value: str, context: Mapping[str, Any], where: str, seen: tuple[str, ...] = ()) -> tuple[str, bool]:
    """Return ``value`` as an IRI, and whether that depends on earlier contexts (4.2.2 and 5.2.2)."""
    _expect(isinstance(value, str), where, f"{value} is not a string")
    _expect(value not in seen, where, f"a cycle through {value}")
    if value.startswith("@"):
        return value, False
    if value in context:
        definition = context[value]
        return _expand(definition if isinstance(definition, str) else definition["@id"], context, where, (*seen, value))
    prefix, colon, suffix = value.partition(":")
    _expect(bool(colon), where, f"{value} is neither a term of this context nor an IRI")
    if suffix.startswith("//"):
        _expect(ABSOLUTE.fullmatch(value) is not None, where, f"{value} is no IRI")
        return value, False
    if prefix not in context:
        return value, True
    _expect(isinstance(context[prefix], str), where, f"{prefix} is not a simple term")
    start, late = _expand(context[prefix], context, where, (*seen, value))
    _expect(start[-1] in ":/?#[]@", where, f"{prefix} cannot be a prefix")
    return start + suffix, late


def _expect(condition: bool, where: str, problem: str) -> None:
    if not condition:
        raise Unsupported(f"{where}: {problem}")


def _all_terms(locals_: list[dict[str, Any] | None]) -> Iterator[tuple[str, list[Any]]]:
    for local in locals_:
        if local is not None:
            yield from local["terms"].items()


def refuse_synonyms(locals_: list[dict[str, Any] | None]) -> None:
    """Require that no IRI has two names; otherwise a signed member could be renamed unnoticed.

    A class and a member may share an IRI (`Criteria`, `criteria`): neither is accepted in the other's place.
    """
    names: dict[tuple[str, bool], set[str]] = {}
    for name, (iri, _, _, _, flags) in _all_terms(locals_):
        names.setdefault((iri, bool(flags & CLASS)), set()).add(name)
    for (iri, is_class), synonyms in names.items():
        allowed = len(synonyms) == 1 or (is_class and iri in CLASS_SYNONYMS)
        _expect(allowed, iri, f"has several names: {sorted(synonyms)}")


def compile_tables(folder: Path = CONTEXTS) -> bytes:
    """Compile the contexts that ``folder``/index.json lists; returns the bytes of one JSON file.

    :raises Unsupported: when a file does not match its pinned hash, or uses something that the tables cannot represent.
    """
    index = json.loads((folder / "index.json").read_bytes())
    compiler, contexts = Compiler(), {}
    for url, entry in sorted(index.items()):
        data = (folder / entry["file"]).read_bytes()
        _expect(hashlib.sha256(data).hexdigest() == entry["sha256"], url, f"{entry['file']} is not what was pinned")
        contexts[url] = {"local": compiler.add(json.loads(data)["@context"], url), "sha256": entry["sha256"]}
    refuse_synonyms(compiler.locals)
    iris = sorted({term[0] for _, term in _all_terms(compiler.locals) if not term[0].startswith("@")})
    tables = {"contexts": contexts, "iris": iris, "locals": compiler.locals}
    return json.dumps(tables, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Compile the bundled JSON-LD contexts.")
    parser.add_argument("--check", action="store_true", help="only say whether the committed tables are current")
    check = parser.parse_args().check
    tables = compile_tables()
    if check and (not TABLES.exists() or TABLES.read_bytes() != tables):
        print(f"{TABLES} is stale: run python tools/contexts.py", file=sys.stderr)
        return 1
    if not check:
        TABLES.write_bytes(tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
