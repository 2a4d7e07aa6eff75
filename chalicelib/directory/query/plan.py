"""Translate a query into expressions, one for each tier of its order: every listing of a tier comes before those of the
next, and within a tier the newest comes first."""

from __future__ import annotations

from collections.abc import Collection

from chalicelib.directory import text
from chalicelib.directory.index.terms import MAX_CREDENTIALS, NAME_FIELDS, Field, Kind, name_field, prefix_term
from chalicelib.directory.query.expression import Beginning, Leaf, Node, Since, Without, all_of, some_of
from chalicelib.directory.query.matching import Fit, Similar, may_be_beginning
from chalicelib.directory.query.query import Filter, FilterKind, Order, Query

_LEAF_KINDS = {
    FilterKind.ACHIEVEMENT: Kind.ACHIEVEMENT,
    FilterKind.ISSUER: Kind.ISSUER,
    FilterKind.LANGUAGE: Kind.LANGUAGE,
    FilterKind.OPEN_TO: Kind.OPEN_TO,
}


def whole(query: Query, similar: Similar) -> Node:
    """The expression of all results."""
    return _filtered(query, [_word(query, at, similar, Fit.SIMILAR) for at in range(len(query.words))])


def tiers(query: Query, similar: Similar) -> tuple[Node, ...]:
    """The expressions of the tiers of ``query``, disjoint, in order. Not for the order by name."""
    if query.order is Order.CREDENTIALS:
        return _by_credentials(whole(query, similar))
    if query.order is Order.RELEVANCE and query.words:
        return _by_fit(query, similar)
    return (whole(query, similar),)


def _by_credentials(found: Node) -> tuple[Node, ...]:
    counts = [Leaf(Kind.CREDENTIALS, str(count)) for count in range(MAX_CREDENTIALS, 1, -1)]
    return (*(all_of((found, count)) for count in counts), Without(found, some_of(counts)))


def _by_fit(query: Query, similar: Similar) -> tuple[Node, ...]:
    whole_name = (name_field(len(query.words)),)
    better: Node = all_of(Leaf(Kind.WORD, word, whole_name) for word in query.words)
    found = [_filtered(query, [better])]
    for fit in Fit:
        words = all_of(_word(query, at, similar, fit) for at in range(len(query.words)))
        if words == better:
            continue
        found.append(_filtered(query, [Without(words, better)]))
        better = words
    return tuple(found)


def _word(query: Query, position: int, similar: Similar, fit: Fit) -> Node:
    """The listings in which one word matches at least as well as ``fit``."""
    word = query.words[position]
    nodes: list[Node] = [Leaf(Kind.WORD, word, NAME_FIELDS if fit is Fit.NAME else None)]
    if fit >= Fit.BEGINNING and position == len(query.words) - 1:
        nodes += _beginnings(word)
    if fit >= Fit.SIMILAR:
        nodes += (Leaf(Kind.WORD, one) for one in similar.get(word, ()))
    return some_of(nodes)


def _beginnings(word: str) -> Collection[Node]:
    if may_be_beginning(word, in_name=False):
        return (Beginning(word),)
    if may_be_beginning(word, in_name=True):
        term = prefix_term(word)
        whole_group = len(word) == len(text.prefix_group(word))
        return (Leaf(term.kind, term.value, None if whole_group else (term.field,)),)
    return ()


def _filtered(query: Query, words: Collection[Node]) -> Node:
    wanted = [*words, *(_any_of(one) for one in query.filters if one.any_of)]
    excluded = [_value(one.kind, value) for one in query.filters for value in one.none_of]
    return Without(all_of(wanted), some_of(excluded)) if excluded else all_of(wanted)


def _any_of(condition: Filter) -> Node:
    return some_of([_value(condition.kind, value) for value in condition.any_of])


def _value(kind: FilterKind, value: str) -> Node:
    match kind:
        case FilterKind.ISSUED_AFTER:
            return Since(value)
        case FilterKind.SKILL:
            return Leaf(Kind.WORD, value, (Field.SKILL,))
        case FilterKind.PLACE:
            return all_of(Leaf(Kind.PLACE, part) for part in value.split(","))
        case _:
            return Leaf(_LEAF_KINDS[kind], value)
