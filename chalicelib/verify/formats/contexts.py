"""Check the JSON-LD contexts of a document that is signed as text.

The signature covers every member, whether or not a context defines it, but contexts still decide what a member means to
a JSON-LD processor. So every context must be bundled, and a nested one must not redefine a protected term. Only a
context that adds new names may be written in the document: Laurel knows none of them, so it shows none.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.verify.canonical.tables import EMPTY, TERM_NAMES, ActiveContext, enter
from chalicelib.verify.inner import INNER
from chalicelib.verify.members import as_list
from chalicelib.verify.rules.values import is_url


def validate(document: Mapping[str, object], source: bytes, expected: int) -> None:
    """Check every `@context` in ``document``, at any depth; ``source`` is the JSON that it was parsed from.

    ``expected`` is the number of contexts in ``source`` that need no search, including the document's own. If
    ``source`` has no more `@` characters than that, and no escape that could encode one, the document is not searched.
    Raises `CanonicalError`: `context_unknown`, `context_inline`, `term_conflict`, `document_size`.
    """
    active = enter(EMPTY, _published(document.get("@context")))
    if source.count(b"@") > expected or b"\\" in source:
        _check_nested(document, active)


def _published(context: object) -> object:
    """Return ``context`` without the parts that only add names."""
    if type(context) is str:
        return context
    if isinstance(context, list):
        return [each for each in context if type(each) is str or not _only_adds(each)]
    return [] if _only_adds(context) else context


def _only_adds(context: object) -> bool:
    """Whether ``context`` only defines names that no bundled context has, as members or types and not as keywords."""
    return isinstance(context, dict) and all(
        name not in TERM_NAMES and not name.startswith("@") and ":" not in name and _is_plain(definition)
        for name, definition in context.items()
        if name != "@version"
    )


def _is_plain(definition: object) -> bool:
    iri = definition.get("@id") if isinstance(definition, dict) else definition
    if not isinstance(iri, str) or not is_url(iri):
        return False  # no JSON-LD processor takes such a name, or it is a keyword (JSON-LD 1.1 API, 4.2.2)
    return not isinstance(definition, dict) or definition.keys() <= {"@id", "@type", "@container"}


def _check_nested(document: Mapping[str, object], active: ActiveContext) -> None:
    """Check the contexts in the members of ``document``, which come after the ``active`` one.

    A credential in it that names contexts has only these: it has a signature and a report of its own.
    """
    level: list[object] = [document]
    while level:
        deeper: list[object] = []
        for item in level:
            if type(item) is str:  # the most frequent type
                continue
            if isinstance(item, dict):
                if "@context" in item and item is not document:
                    enter(active, _published(item["@context"]))
                deeper += item.values() if INNER.keys().isdisjoint(item) else _left(item)
            elif isinstance(item, list):
                deeper += item
        level = deeper


def _left(item: Mapping[str, object]) -> list[object]:
    """Return the values of the members of ``item``, without the credentials with contexts, which are checked here."""
    left = [value for name, value in item.items() if name not in INNER]
    for name in INNER.keys() & item.keys():
        for credential in as_list(item[name]):
            if isinstance(credential, dict) and "@context" in credential:
                _check_nested(credential, enter(EMPTY, _published(credential["@context"])))
            else:
                left.append(credential)
    return left
