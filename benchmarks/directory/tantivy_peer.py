"""Index people with tantivy and search them: one JSON object in, one out. Runs in its own virtual environment."""

from __future__ import annotations

import importlib.metadata
import json
import sys

import tantivy  # type: ignore[import-not-found] # in .venv-bench


def main() -> None:
    request = json.load(sys.stdin)
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("name")
    builder.add_text_field("other")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=100_000_000, num_threads=1)
    for one in request["people"]:
        writer.add_document(tantivy.Document(**one))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    found = [
        [searcher.doc(address)["id"][0] for _, address in searcher.search(asked(schema, typed), 10).hits]
        for typed in request["typed"]
    ]
    sys.stdout.write(json.dumps({"version": importlib.metadata.version("tantivy"), "found": found}))


def asked(schema: tantivy.Schema, typed: str) -> tantivy.Query:
    """Every word in the name or elsewhere: exact words count most, then prefixes of the last word, then typos."""
    query, words = tantivy.Query, typed.split()
    must = []
    for word in words:
        ways = []
        for field, weight in (("name", 10.0), ("other", 1.0)):
            ways.append(query.boost_query(query.term_query(schema, field, word), weight * 3))
            ways.append(query.fuzzy_term_query(schema, field, word, 1, transposition_cost_one=True, prefix=False))
            if word == words[-1]:
                ways.append(query.fuzzy_term_query(schema, field, word, 0, prefix=True))
        must.append((tantivy.Occur.Must, query.boolean_query([(tantivy.Occur.Should, way) for way in ways])))
    return query.boolean_query(must)


if __name__ == "__main__":
    main()
