"""Check the JSON-LD contexts of a document that is signed as text.

The signature covers every member, whether or not a context defines it, but contexts still decide what a member means to
a JSON-LD processor. So every context must be bundled, and a nested one must not redefine a protected term.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.verify.canonical.tables import EMPTY, enter


def validate(document: Mapping[str, object], source: bytes, expected: int) -> None:
    """Check every `@context` in ``document``, at any depth; ``source`` is the JSON that it was parsed from.

    ``expected`` is the number of contexts in ``source`` that need no search, including the document's own. If
    ``source`` has no more `@` characters than that, and no escape that could encode one, the document is not searched.
    Raises `CanonicalError`: `context_unknown`, `context_inline`, `term_conflict`, `document_size`.
    """
    active = enter(EMPTY, document.get("@context"))
    if source.count(b"@") > expected or b"\\" in source:
        for context in _nested_contexts(document):
            enter(active, context)


def _nested_contexts(document: Mapping[str, object]) -> Iterator[object]:
    level: list[object] = list(document.values())
    while level:
        deeper: list[object] = []
        for item in level:
            if type(item) is str:  # the most frequent type
                continue
            if isinstance(item, dict):
                if "@context" in item:
                    yield item["@context"]
                deeper += item.values()
            elif isinstance(item, list):
                deeper += item
        level = deeper
