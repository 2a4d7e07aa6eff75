"""Hypothesis strategies: documents over the bundled contexts, and edits of documents; half valid, half malicious."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.tables import CONTEXTS, EMPTY, ID, JSON, VOCAB, ActiveContext, Term, apply, enter

Draw = Callable[[st.SearchStrategy[Any]], Any]

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CONTEXT_LISTS: st.SearchStrategy[list[str]] = st.one_of(
    st.just([V2, OB]),
    st.builds(
        lambda first, rest: [first, *rest],
        st.sampled_from([V1, V2]),
        st.lists(st.sampled_from(sorted(CONTEXTS)), max_size=2),
    ),
    st.lists(st.sampled_from(sorted(CONTEXTS)), min_size=1, max_size=3),
)

IRIS = st.sampled_from(
    ["https://example.com/1", "did:example:1", "urn:x", "https://example.com/é", "mailto:a@b.example"]
)
ODD_IRIS = st.sampled_from(
    [
        "", "relative", "#here", "_:b0", "../up", "a b:c", "https://e.com/a b", "https://e.com/\u0085", "schema:x",
        "xsd:x", "@id", "@type", "id", "type", "https://schema.org/name", "cred:x", "sec:x", ":x", "1:x", "x:",
        "did:x\u00a0", "http://a/\ufffe",
    ]
)  # fmt: skip
TEXT = st.one_of(
    st.sampled_from(
        ["plain", "é", '"quoted"', "back\\slash", "line\nbreak", "\u2028", "\x00", "\x7f", "😀", "urn:x", "a b:c"]
    ),
    st.text(max_size=6),
)
ODD_TEXT = st.one_of(TEXT, st.sampled_from(["\ufffe", "\uffff", "\ud800"]))
NUMBERS = st.one_of(
    st.sampled_from([0, -0.0, 1, 42.0, 5.3, -1.5, 1e-7, 5e-324, 123456.789, 2**53 - 1, 0.1 + 0.2]),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(-1e15, 1e15),
)
ODD_NUMBERS = st.one_of(
    NUMBERS, st.sampled_from([2**53, -(2**53), 1e21, 1e300, float("nan"), float("inf")]), st.floats()
)
ODD_VALUES = st.sampled_from(
    [
        None, [], {}, [[]], [["a"]], [None], {"@value": "x"}, {"@value": "x", "@language": "en-US"},
        {"@value": "x", "@language": "e n"}, {"@value": "x", "@type": "urn:t"}, {"@value": "x", "@type": "term"},
        {"@value": 5, "@type": "urn:t"}, {"@list": ["a"]}, {"@set": ["a"]}, {"@id": "urn:x"}, {"id": "urn:x"},
        {"id": "_:b1"}, {"@graph": []}, {"@value": "x", "@direction": "rtl"},
        {"@value": "x", "@language": "en", "@direction": "ltr"}, {"@index": "x"}, {"@included": []}, {"id": None},
        {"type": []}, {"type": None}, {"@value": None}, {"@context": None}, {"@context": []},
        {"@context": {"x": "urn:x"}}, {"@context": V2}, b"x", (),
    ]
)  # fmt: skip
ANY_VALUES = st.one_of(ODD_TEXT, IRIS, ODD_IRIS, ODD_NUMBERS, ODD_VALUES)
ODD_NAMES = st.sampled_from(
    [
        "grade", "@index", "@included", "@reverse", "@nest", "@graph", "@id", "@type", "@value", "@list", "@unknown",
        "urn:p", "https://schema.org/name", "schema:name", "cred:issuer", "Criteria", "Image", "Achievement", "",
        "a b", "_:p", "xsd", "id", "type",
    ]
)  # fmt: skip


@st.composite
def documents(draw: Draw, odd: bool = True) -> dict[str, Any]:
    """A document over some of the bundled contexts. With ``odd``, about half of them contain something to refuse."""
    urls = draw(CONTEXT_LISTS)
    try:
        active = enter(EMPTY, urls)
    except CanonicalError:
        active = EMPTY
    odd = odd and draw(st.booleans())
    return {"@context": urls if draw(st.booleans()) or len(urls) > 1 else urls[0], **_node(draw, active, odd, 3)}


def _node(draw: Draw, active: ActiveContext, odd: bool, depth: int) -> dict[str, Any]:
    node: dict[str, Any] = {}
    if depth < 3 and draw(st.integers(0, 9)) == 0:
        node["@context"] = draw(CONTEXT_LISTS)
        with suppress(CanonicalError):
            active = enter(active, node["@context"])
    classes = sorted(name for name, term in active.terms.items() if term.is_class)
    scoped = [name for name in classes if active.terms[name].scope is not None]
    base = active
    if active.aliased and draw(st.booleans()):
        node["id"] = draw(ODD_IRIS if odd and draw(st.booleans()) else IRIS)
    if classes and draw(st.integers(0, 4)):
        names = draw(
            st.lists(st.sampled_from(draw(st.sampled_from([scoped or classes, classes]))), min_size=1, max_size=2)
        )
        if odd and draw(st.integers(0, 3)) == 0:
            names.append(draw(ODD_IRIS))
        node["type"] = names[0] if len(names) == 1 and draw(st.booleans()) else names
        active = _typed(active, names)
    members = sorted(name for name, term in active.terms.items() if not term.is_class and not term.iri.startswith("@"))
    if members:
        for name in draw(st.lists(st.sampled_from(members), min_size=0 if depth < 3 else 1, max_size=4, unique=True)):
            node[name] = _values(draw, active.terms[name], base, odd, depth)
    if odd and draw(st.integers(0, 3)) == 0:
        node[draw(ODD_NAMES)] = draw(st.one_of(ODD_TEXT, ODD_VALUES))
    return node


def _typed(base: ActiveContext, names: list[str]) -> ActiveContext:
    active = base
    for name in sorted(names):
        term = base.terms.get(name)
        if term is not None and term.scope is not None:
            with suppress(CanonicalError):
                active = apply(active, term.scope, False)
    return active


def _values(draw: Draw, term: Term, base: ActiveContext, odd: bool, depth: int) -> Any:
    if odd and draw(st.integers(0, 5)) == 0:
        return draw(ODD_VALUES)
    values = [_value(draw, term, base, odd, depth) for _ in range(draw(st.integers(1, 2)))]
    return values[0] if len(values) == 1 and draw(st.booleans()) else values


def _value(draw: Draw, term: Term, base: ActiveContext, odd: bool, depth: int) -> Any:
    if term.kind == JSON:
        return draw(
            st.recursive(
                st.none() | st.booleans() | TEXT | NUMBERS, lambda inner: st.lists(inner, max_size=2), max_leaves=3
            )
        )
    if depth and (term.container == "@graph" or draw(st.integers(0, 2)) == 0):
        try:
            scoped = base if term.scope is None else apply(base, term.scope, True)
        except CanonicalError:
            scoped = base
        return _node(draw, scoped, odd, depth - 1)
    if draw(st.integers(0, 5)) == 0:
        return draw(st.one_of(st.booleans(), ODD_NUMBERS if odd else NUMBERS))
    if term.kind == ID:
        return draw(ODD_IRIS if odd and draw(st.booleans()) else IRIS)
    if term.kind == VOCAB:
        return draw(st.sampled_from(["assertionMethod", "authentication", "urn:x"]))
    return draw(ODD_TEXT if odd else TEXT)


def mutate(draw: Draw, document: Any) -> None:
    """Make one edit somewhere in ``document``, in place: insert, rename, retarget, delete, wrap or copy a value."""
    container = draw(st.sampled_from(list(_containers(document))))
    keys: list[Any] = list(container) if isinstance(container, dict) else list(range(len(container)))
    edit = draw(st.sampled_from(["insert", "rename", "retarget", "delete", "wrap", "copy"])) if keys else "insert"
    if edit == "insert":
        value = copy.deepcopy(draw(ANY_VALUES))
        if isinstance(container, dict):
            container[draw(st.one_of(ODD_NAMES, NAMES))] = value
        else:
            container.insert(draw(st.integers(0, len(container))), value)
        return
    key = draw(st.sampled_from(keys))
    value = container[key]
    if edit == "rename" and isinstance(container, dict):
        del container[key]
        container[draw(st.one_of(ODD_NAMES, NAMES))] = value
    elif edit == "delete":
        del container[key]
    elif edit == "wrap":
        pair = [value, copy.deepcopy(value)]
        container[key] = draw(st.sampled_from([[value], pair, {"@value": value}, {"id": value}, {"@list": [value]}]))
    elif edit == "copy":
        container[key] = draw(
            st.sampled_from([other for node in _containers(document) for other in _scalars(node)] or ["x"])
        )
    else:
        container[key] = copy.deepcopy(draw(ANY_VALUES))


NAMES = st.sampled_from(
    [
        "name", "description", "image", "criteria", "narrative", "achievement", "issuer", "proof", "evidence",
        "validUntil", "url", "alignment", "credentialStatus", "endorsement", "creator", "result", "allowedValue",
        "resultDescription", "type", "id", "jsonSchema", "tag", "verifiableCredential", "creditsEarned",
    ]
)  # fmt: skip


def _containers(value: Any) -> Iterator[Any]:
    """Yield every object and array in ``value``, including itself."""
    if isinstance(value, dict | list):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from _containers(item)


def _scalars(container: Any) -> Iterator[Any]:
    for item in container.values() if isinstance(container, dict) else container:
        if not isinstance(item, dict | list):
            yield item
