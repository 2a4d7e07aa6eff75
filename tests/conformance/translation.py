"""Rewrite W3C JSON-LD test cases, without changing their meaning, into the spelling that Laurel supports.

Laurel reads no inline contexts, no keywords and no IRIs as member names: credentials need none of these. The suite uses
all three. So the contexts of a case get URLs and are compiled like the bundled contexts, `@id` and `@type` are replaced
by their aliases, and IRIs as names get terms. Anything else stays unchanged, for the compiler or Laurel to refuse.
"""

from __future__ import annotations

import copy
import hashlib
import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.contexts import compile_tables

ALIASES = {"@id": "id", "@type": "type"}
_BASE = "https://contexts.example/"


@dataclass(slots=True)
class Translation:
    """A document without inline contexts, and the contexts that it names by URL instead."""

    document: Any
    contexts: dict[str, dict[str, Any]] = field(default_factory=dict)


def translate(source: Any) -> Translation:
    """Translate ``source``, the input of a test case."""
    translation = Translation(None)
    names = dict(ALIASES)
    document = _node(copy.deepcopy(source), names, translation)
    if isinstance(document, list) and len(document) == 1:
        document = document[0]  # an array of one node equals the node
    if isinstance(document, dict):
        own = {term: iri if iri in ALIASES else {"@id": iri} for iri, term in names.items()}
        given = document.pop("@context", [])
        first = _register(own, translation)
        document = {"@context": [first, *(given if isinstance(given, list) else [given])], **document}
    translation.document = document
    return translation


def _node(value: Any, names: dict[str, str], translation: Translation, *, plain: bool = False) -> Any:
    """Translate ``value`` and everything in it; ``plain`` if no term can change its meaning."""
    if isinstance(value, list):
        return [_node(item, names, translation, plain=plain) for item in value]
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        bare = value.keys() == {"@value"} and type(value["@value"]) in (str, int, float, bool)
        return value["@value"] if bare and plain else value
    if plain and value.keys() == {"@set"}:
        return _node(value["@set"], names, translation, plain=True)
    translated = {}
    for name, inner in value.items():
        if name == "@context":
            translated[name] = _context(inner, translation)
        elif name in ALIASES:
            translated[ALIASES[name]] = inner
        elif _is_iri(name):
            translated[names.setdefault(name, f"member{len(names)}")] = _node(inner, names, translation, plain=True)
        else:
            translated[name] = _node(inner, names, translation)
    return translated


def _context(context: Any, translation: Translation) -> Any:
    if isinstance(context, list):
        return [_context(item, translation) for item in context]
    return _register(_expanded(context, None), translation) if isinstance(context, dict) else context


def _expanded(context: Any, vocabulary: Any) -> Any:
    """Return ``context`` without `@base`, irrelevant for absolute IRIs, and with full IRIs for `@vocab` terms."""
    if not isinstance(context, dict):
        return context
    vocabulary = context.get("@vocab", vocabulary)
    terms = {name: definition for name, definition in context.items() if name != "@base"}
    for name, definition in terms.items():
        if not name.startswith("@") and isinstance(definition, dict):
            terms[name] = dict(definition)
            if _is_iri(str(vocabulary)) and not {"@id", "@reverse"} & definition.keys():
                terms[name]["@id"] = vocabulary + name
            if "@context" in definition:
                terms[name]["@context"] = _expanded(definition["@context"], vocabulary)
    return terms


def _register(context: dict[str, Any], translation: Translation) -> str:
    url = f"{_BASE}{len(translation.contexts)}"
    translation.contexts[url] = context
    return url


def _is_iri(name: str) -> bool:
    # A name with these slashes is never a compact IRI, whatever prefixes a context defines (JSON-LD 1.1 API, 5.2.2).
    return "://" in name and not name.startswith("@")


def tables(translation: Translation) -> Any:
    """Compile the term tables for the contexts of ``translation``. Raises `tools.contexts.Unsupported`."""
    with tempfile.TemporaryDirectory() as path:
        index = {}
        for number, (url, context) in enumerate(translation.contexts.items()):
            data = json.dumps({"@context": context}).encode()
            (Path(path) / f"{number}.json").write_bytes(data)
            index[url] = {"file": f"{number}.json", "sha256": hashlib.sha256(data).hexdigest()}
        (Path(path) / "index.json").write_text(json.dumps(index))
        return json.loads(compile_tables(Path(path)))
