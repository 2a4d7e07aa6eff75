"""Labelling depends only on the graph, and stops within its budget (the W3C suite is in tests/conformance)."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.quads import Quad, Quads

P, Q = " <urn:p> ", " <urn:q> "


def clique(size: int) -> list[Quad]:
    return [(f"_:n{a}", P, f"_:n{b}", "") for a in range(size) for b in range(size) if a != b]


def chain(length: int) -> list[Quad]:
    return [(f"_:n{index}", P, f"_:n{index + 1}", "") for index in range(length)]


def cycle(length: int) -> list[Quad]:
    return [(f"_:n{index}", P, f"_:n{(index + 1) % length}", "") for index in range(length)]


def outcome(quads: list[Quad], **options: int) -> bytes | str:
    """Return the canonical form, or the error code."""
    try:
        return rdfc.canonicalize(Quads.of(quads), **options)
    except CanonicalError as error:
        return error.code


@pytest.mark.parametrize("size", [6, 8, 10, 20, pytest.param(200, marks=pytest.mark.slow)])
def test_a_large_clique_exceeds_the_budget(size: int) -> None:
    assert outcome(clique(size)) == "canonical_budget"


@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_small_clique_is_labelled(size: int) -> None:
    assert len(rdfc.issue(Quads.of(clique(size)))) == size


@pytest.mark.parametrize("length", [500, 5_000])
def test_a_long_chain_or_cycle_exceeds_the_budget_without_a_recursion_error(length: int) -> None:
    assert outcome(chain(length)) == "canonical_budget"
    assert outcome(cycle(length)) == "canonical_budget"


def test_a_short_chain_is_labelled() -> None:
    assert len(rdfc.issue(Quads.of(chain(20)))) == 21


def test_the_budget_is_counted_in_steps() -> None:
    assert outcome(clique(4), budget=10) == "canonical_budget"


def test_distinct_blank_nodes_need_no_budget() -> None:
    quads = [(f"_:n{index}", P, f'"{index}"', "") for index in range(500)]
    assert len(rdfc.issue(Quads.of(quads), budget=0)) == 500


def test_a_dataset_without_blank_nodes_is_sorted_and_deduplicated() -> None:
    quads = [("<urn:b>", P, '"1"', ""), ("<urn:a>", P, '"\u2028"', "<urn:g>"), ("<urn:b>", P, '"1"', "")]
    assert rdfc.canonicalize(Quads.of(quads)).decode() == '<urn:a> <urn:p> "\u2028" <urn:g> .\n<urn:b> <urn:p> "1" .\n'


def test_lines_are_sorted_by_code_point_not_by_utf_16() -> None:
    quads = [("<urn:a>", P, '"\U0001f600"', ""), ("<urn:a>", P, '"\uff5e"', "")]
    assert [line[17] for line in rdfc.canonicalize(Quads.of(quads)).decode().split("\n")[:2]] == [
        "\uff5e",
        "\U0001f600",
    ]


def test_graphs_with_equal_content_are_distinguished_by_their_references() -> None:
    quads = [
        part
        for index in range(3)
        for part in (
            ("<urn:c>", P, f"_:g{index}", ""),
            (f"_:p{index}", Q, '"same"', f"_:g{index}"),
            (f"_:p{index}", P, f'"{index}"', ""),
        )
    ]
    text = rdfc.canonicalize(Quads.of(quads)).decode()
    assert text == rdfc.canonicalize(Quads.of(relabelled(quads, random.Random(1)))).decode()
    assert len(text.splitlines()) == 9


def relabelled(quads: list[Quad], rng: random.Random) -> list[Quad]:
    """Return the same graph with other labels, in another order."""
    nodes = sorted({part for quad in quads for part in (quad[0], quad[2], quad[3]) if part[:1] == "_"})
    new_labels = [f"_:x{index}" for index in range(len(nodes))]
    rng.shuffle(new_labels)
    names = dict(zip(nodes, new_labels, strict=True))
    result = [(names.get(s, s), p, names.get(o, o), names.get(g, g)) for s, p, o, g in quads]
    rng.shuffle(result)
    return result


NODES = st.sampled_from(["_:n0", "_:n1", "_:n2", "_:n3", "_:n4", "<urn:a>"])
GRAPHS = st.lists(
    st.tuples(
        NODES,
        st.sampled_from([P, Q]),
        NODES | st.just('"x"'),
        st.sampled_from(["", "", "", "_:g0", "_:g1", "_:n0", "<urn:g>"]),
    ),
    min_size=1,
    max_size=8,
)


@given(GRAPHS, st.randoms(use_true_random=False))
def test_labels_and_order_of_the_input_do_not_matter(quads: list[Quad], rng: random.Random) -> None:
    first = outcome(quads)
    assert first == outcome(relabelled(quads, rng))
    assert first == "canonical_budget" or len(first.splitlines()) == len(set(quads))


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=6))
def test_each_distinct_permutation_is_yielded_once(items: list[str]) -> None:
    orders = [tuple(order) for order in rdfc.distinct_permutations(items)]
    assert orders == sorted(set(permutations(items)))
