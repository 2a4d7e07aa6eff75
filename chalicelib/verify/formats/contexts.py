"""The contexts of a document that is signed as text: every member is covered, whether a context defines it or not.

What a context says still decides what a member means to a reader of JSON-LD. So here too each one must be bundled, and
one that stands deeper may not give another meaning to a protected name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.verify.canonical.tables import EMPTY, enter


def judge(document: Mapping[str, object], source: bytes, expected: int) -> None:
    """Judge every `@context` in ``document``, at whatever depth; ``source`` is the JSON that it was parsed from.

    ``expected``: how many there are in ``source`` that need no search, the document's own among them. When it has no
    more at signs than those, and no escape that could spell one, the document is not walked through.
    Raises `CanonicalError`: `context_unknown`, `context_inline`, `term_conflict`, `document_size`.
    """
    active = enter(EMPTY, document.get("@context"))
    if source.count(b"@") > expected or b"\\" in source:
        for context in _below(document):
            enter(active, context)


def _below(document: Mapping[str, object]) -> Iterator[object]:
    level: list[object] = list(document.values())
    while level:
        deeper: list[object] = []
        for item in level:
            if type(item) is str:  # most are
                continue
            if isinstance(item, dict):
                if "@context" in item:
                    yield item["@context"]
                deeper += item.values()
            elif isinstance(item, list):
                deeper += item
        level = deeper
