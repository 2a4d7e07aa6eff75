"""PyLD as the oracle for quads: an independent, complete JSON-LD processor over the same bundled contexts.

Known PyLD bugs and differences, and how the comparison avoids them:

- its N-Quads writer leaves control characters and U+007F unescaped: the dataset is taken before it is written;
- it resolves relative IRIs against a base and drops what it cannot use: Laurel refuses those documents;
- it writes whole numbers from 1e21 on as doubles: Laurel refuses numbers beyond 2^53-1.
"""

from __future__ import annotations

import json
from typing import Any

from pyld import jsonld

from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.literals import escape
from chalicelib.verify.canonical.quads import Quads
from chalicelib.verify.canonical.tables import typed_suffix
from tools.contexts import CONTEXTS

INDEX = json.loads((CONTEXTS / "index.json").read_bytes())
DOCUMENTS = {url: json.loads((CONTEXTS / entry["file"]).read_bytes()) for url, entry in INDEX.items()}


def load(url: str, _options: object = None) -> dict[str, Any]:
    """PyLD document loader for the bundled contexts only."""
    if url not in DOCUMENTS:
        raise jsonld.JsonLdError(f"not bundled: {url}", "loading document failed")
    return {"contextUrl": None, "documentUrl": url, "contentType": "application/ld+json", "document": DOCUMENTS[url]}


def canonical(document: dict[str, Any]) -> bytes | None:
    """Return the canonical N-Quads of ``document`` as PyLD reads it, labelled by Laurel; None when PyLD refuses it."""
    try:
        dataset = jsonld.to_rdf(document, {"documentLoader": load, "processingMode": "json-ld-1.1"})
    except jsonld.JsonLdError:
        return None
    quads = [
        (
            _term(triple["subject"]),
            f" {_term(triple['predicate'])} ",
            _term(triple["object"]),
            "" if graph == "@default" else _name(graph),
        )
        for graph, triples in dataset.items()
        for triple in triples
    ]
    return rdfc.canonicalize(Quads.of(quads))


def normalized(document: dict[str, Any]) -> bytes:
    """Return the canonical N-Quads of ``document`` by PyLD alone, including its own labelling."""
    options = {"documentLoader": load, "processingMode": "json-ld-1.1", "algorithm": "URDNA2015"}
    text: str = jsonld.normalize(document, {**options, "format": "application/n-quads"})
    return text.encode()


def _name(graph: str) -> str:
    return graph if graph.startswith("_:") else f"<{graph}>"


def _term(term: dict[str, str]) -> str:
    if term["type"] != "literal":
        return _name(term["value"])
    suffix = f"@{term['language']}" if "language" in term else typed_suffix(term["datatype"])
    return f'"{escape(term["value"])}"{suffix}'
