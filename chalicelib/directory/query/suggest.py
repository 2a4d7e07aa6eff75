"""Suggest values to filter by while someone types. People are not suggested: a list of names by prefix would make it
easy to copy the directory."""

from __future__ import annotations

from chalicelib.directory import text
from chalicelib.directory.ports import IndexReader, Meter, Suggestion

SUGGESTIONS = 10
"""Suggestions shown."""
MIN_LETTERS = 2
"""Letters that must have been typed; one character of a script that is compared by pairs."""
_READ = 100
"""Suggestions read, of which the best are shown: about two units."""


def suggestions(index: IndexReader, generation: str, typed: str, meter: Meter) -> list[Suggestion]:
    """The values whose label contains every word of ``typed``, the last one as a prefix of a word.

    Labels that start with what was typed come first, then shorter labels, then by label, kind and value.
    """
    words = text.searched_words(typed[: text.MAX_KEY])
    if not words or (len(words[-1]) < MIN_LETTERS and not text.is_cjk(words[-1])):
        return []
    found = index.suggestions(generation, words[-1], _READ, meter)
    fitting = {(one.kind, one.value): one for one in found if text.indexed_words(one.label) >= set(words[:-1])}
    begun = text.key(typed)
    return sorted(
        fitting.values(),
        key=lambda one: (not text.key(one.label).startswith(begun), len(one.label), one.label, one.kind, one.value),
    )[:SUGGESTIONS]
