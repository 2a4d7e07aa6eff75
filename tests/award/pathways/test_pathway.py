"""Pathways: progress compared with a brute-force oracle, and validation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.award.pathways import pathway_progress
from chalicelib.award.pathways.pathway import (
    MAX_DEPTH,
    MAX_PATHWAYS,
    MAX_STEPS,
    MAX_THROUGH,
    Group,
    Node,
    Pathway,
    Rule,
    check,
    check_together,
    steps,
)
from chalicelib.award.pathways.pathway_link import Step
from chalicelib.award.pathways.pathway_progress import (
    MAX_NEXT,
    NodeProgress,
    StepState,
    build_pathway_link,
    eligible,
    progress,
)
from chalicelib.errors import Refused
from tests.award.pathways.fakes import (
    every,
    in_order,
    leaf,
    pathway,
    some,
)
from tests.examples import examples

# Trees of at most eight leaves, each with a different letter.


def trees(depth: int = 3) -> st.SearchStrategy[Group]:
    def build(draw: st.DrawFn) -> Group:
        letters = iter("abcdefgh")

        def group(left: int) -> Group:
            below: list[Node] = []
            for _ in range(draw(st.integers(1, 3))):
                deeper = left > 1 and draw(st.booleans())
                node: Node | None = group(left - 1) if deeper else next(map(leaf, letters), None)
                if node is None or (isinstance(node, Group) and not node.steps):
                    break
                below.append(node)
            rule = draw(st.sampled_from(Rule))
            required = draw(st.integers(1, len(below))) if rule is Rule.ANY and below else len(below)
            return Group(rule, tuple(below), required)

        return group(depth)

    return st.composite(build)().filter(lambda root: bool(root.steps))


def letters_of(root: Node) -> list[str]:
    return [step.achievement_id for step in steps(root)]


def fulfilled(node: Node, earned: frozenset[str]) -> bool:
    """Oracle for completion, written directly from the definition of a group."""
    if isinstance(node, Step):
        return node.achievement_id in earned
    done = [fulfilled(step, earned) for step in node.steps]
    return all(done) if node.rule is not Rule.ANY else sum(done) >= node.required


def least(root: Node, earned: frozenset[str]) -> int:
    """The smallest number of missing achievements, by trying all combinations."""
    others = [letter for letter in letters_of(root) if letter not in earned]
    for size in range(len(others) + 1):
        if any(fulfilled(root, earned.union(more)) for more in combinations(others, size)):
            return size
    raise AssertionError("the pathway cannot be completed")


def states(seen: NodeProgress) -> dict[str, StepState]:
    found = {seen.node.achievement_id: seen.state} if isinstance(seen.node, Step) else {}
    for below in seen.steps:
        found |= states(below)
    return found


def locked(node: Node, earned: frozenset[str], waiting: bool = False) -> Iterator[str]:
    """Oracle for locked steps: an earlier step in an ordered group is incomplete."""
    if isinstance(node, Step):
        if waiting and node.achievement_id not in earned:
            yield node.achievement_id
        return
    for position, step in enumerate(node.steps):
        is_blocked = node.rule is Rule.IN_ORDER and not all(fulfilled(one, earned) for one in node.steps[:position])
        yield from locked(step, earned, waiting or is_blocked)


EARNED = st.frozensets(st.sampled_from("abcdefghz"))


@pytest.mark.slow
@given(root=trees(), earned=EARNED)
@examples(400)
def test_progress_equals_brute_force(root: Group, earned: frozenset[str]) -> None:
    found = progress(pathway(root), earned)
    assert found.complete == fulfilled(root, earned)
    assert found.needed == least(root, frozenset())
    assert found.needed - found.done == least(root, earned)
    assert {name for name, state in states(found.root).items() if state is StepState.DONE} == earned & set(
        letters_of(root)
    )
    assert {name for name, state in states(found.root).items() if state is StepState.LOCKED} == set(
        locked(root, earned)
    )


@pytest.mark.slow
@given(root=trees(), earned=EARNED, more=EARNED)
@examples(400)
def test_more_achievements_never_reduce_progress(root: Group, earned: frozenset[str], more: frozenset[str]) -> None:
    before, after = progress(pathway(root), earned), progress(pathway(root), earned | more)
    assert after.done >= before.done
    assert after.complete >= before.complete
    open_to_all = {StepState.LOCKED: 0, StepState.OPEN: 1, StepState.DONE: 2}
    for name, state in states(before.root).items():
        assert open_to_all[states(after.root)[name]] >= open_to_all[state]


@given(root=trees(), earned=EARNED)
@examples(300)
def test_each_next_step_is_open_and_does_not_increase_what_is_missing(root: Group, earned: frozenset[str]) -> None:
    found = progress(pathway(root), earned)
    assert (found.next == ()) == found.complete
    for step in found.next:
        assert states(found.root)[step.achievement_id] is StepState.OPEN
        assert eligible(pathway(root), earned, step.achievement_id)
        assert progress(pathway(root), earned | {step.achievement_id}).done >= found.done


@given(root=trees(), earned=EARNED)
@examples(300)
def test_taking_any_next_step_completes_the_pathway(root: Group, earned: frozenset[str]) -> None:
    for _ in range(9):
        found = progress(pathway(root), earned)
        if found.complete:
            return
        earned |= {found.next[-1].achievement_id}
    pytest.fail("the next steps do not complete the pathway")


@given(root=trees(2), earned=EARNED)
@examples(150)
def test_order_is_irrelevant_in_unordered_groups(root: Group, earned: frozenset[str]) -> None:
    if root.rule is Rule.IN_ORDER:
        root = replace(root, rule=Rule.ALL)
    found = progress(pathway(root), earned)
    for order in permutations(root.steps):
        other = progress(pathway(replace(root, steps=order)), earned)
        assert (other.done, other.needed, other.complete) == (found.done, found.needed, found.complete)
        assert states(other.root) == states(found.root)
        assert set(other.next) == set(found.next)


@given(root=trees())
@examples(200)
def test_link_lists_following_steps_but_not_the_step_itself(root: Group) -> None:
    for letter in letters_of(root):
        link = build_pathway_link(pathway(root, reward="r", reward_name="The whole"), letter)
        named = [step.achievement_id for step in link.next]
        assert len(named) <= MAX_NEXT
        assert letter not in named
        assert set(named) <= set(letters_of(root))
        assert link.reward == "The whole"


def following(root: Group, letter: str) -> str:
    return "".join(step.achievement_id for step in build_pathway_link(pathway(root), letter).next)


def test_link_follows_an_ordered_group_to_its_end() -> None:
    line = in_order("a", "b", "c")
    assert [following(line, letter) for letter in "abc"] == ["b", "c", ""]


def test_link_lists_siblings_without_order_and_the_next_group_after_a_choice() -> None:
    assert following(every("a", "b", "c"), "b") == "ac"
    tree = in_order("a", some(1, "b", "c"), in_order("d", "e"))
    assert [following(tree, letter) for letter in "abcde"] == ["bc", "d", "d", "e", ""]
    assert following(some(2, "a", "b", "c", "d", "e"), "a") == "bcd"


def test_step_earned_out_of_order_counts_without_unlocking_later_ones() -> None:
    found = progress(pathway(in_order("a", "b", "c")), {"c"})
    assert states(found.root) == {"a": StepState.OPEN, "b": StepState.LOCKED, "c": StepState.DONE}
    assert (found.done, found.needed) == (1, 3)


def test_third_of_any_two_of_three_stays_open_but_is_not_next() -> None:
    sample = pathway(in_order(some(2, "a", "b", "c"), "d"))
    found = progress(sample, {"a", "c"})
    assert [step.achievement_id for step in found.next] == ["d"]
    assert states(found.root)["b"] is StepState.OPEN
    assert eligible(sample, {"a", "c"}, "b")
    assert not eligible(sample, {"a"}, "d")
    assert not eligible(sample, {"a"}, "a")
    assert not eligible(sample, {"a"}, "elsewhere")


def test_step_without_url_inherits_the_url_of_its_group() -> None:
    group = replace(every("a", leaf("b", url="https://acme.example/b")), url="https://acme.example/all")
    found = progress(pathway(in_order(group)), set())
    assert [step.url for step in found.next] == ["https://acme.example/all", "https://acme.example/b"]
    assert build_pathway_link(pathway(in_order("x", group)), "x").next == found.next


# Validation.


def deep(levels: int) -> Group:
    return every("a") if levels == 1 else every(deep(levels - 1))


@pytest.mark.parametrize(
    ("code", "root"),
    [
        ("too_many_steps", every(*(f"a{n}" for n in range(MAX_STEPS + 1)))),
        ("bad_pathway", deep(MAX_DEPTH + 1)),
        ("bad_pathway", every("a", in_order("b", "a"))),
        ("bad_pathway", every()),
        ("bad_pathway", some(0, "a")),
        ("bad_pathway", some(3, "a", "b")),
        ("bad_pathway", Group(Rule.IN_ORDER, every("a", "b").steps, 1)),
        ("bad_pathway", every("a", "reward")),
        ("bad_text", every(leaf("a", name=" "))),
        ("bad_text", every(leaf("a", name="x" * 201))),
        ("bad_text", every(leaf("a", description="\0"))),
        ("bad_url", every(leaf("a", url="javascript:alert(1)"))),
        ("bad_url", replace(every("a"), url="/sign-up")),
    ],
)
def test_invalid_pathway_is_refused(code: str, root: Group) -> None:
    with pytest.raises(Refused) as refused:
        check(pathway(root, reward="reward"))
    assert refused.value.code == code


def test_largest_and_deepest_pathways_are_accepted() -> None:
    check(pathway(every(*(f"a{n}" for n in range(MAX_STEPS)))))
    check(pathway(deep(MAX_DEPTH), reward="reward"))


def numbered(*made: tuple[str, Group], **more: object) -> list[Pathway]:
    return [pathway(root, id=f"p{n}", reward=reward, **more) for n, (reward, root) in enumerate(made)]


def test_reward_may_be_a_step_of_another_pathway_but_not_in_a_cycle() -> None:
    check_together(numbered(("b", every("a")), ("c", every("b")), ("d", every("a", "c")), ("c", every("x"))))
    ring = numbered(("b", every("a")), ("c", every("x", some(1, "y", "b"))), ("a", every("c")))
    with pytest.raises(Refused) as refused:
        check_together(ring)
    assert refused.value.code == "pathway_cycle"
    check_together([*ring[:2], replace(ring[2], archived=True)])


def test_number_of_pathways_is_limited() -> None:
    check_together(pathway(every(f"a{n}"), id=str(n)) for n in range(MAX_PATHWAYS))
    for many in (
        [pathway(every(f"a{n}"), id=str(n), archived=True) for n in range(MAX_PATHWAYS + 1)],
        [pathway(every("a"), id=str(n)) for n in range(MAX_THROUGH + 1)],
    ):
        with pytest.raises(Refused) as refused:
            check_together(many)
        assert refused.value.code == "too_many_pathways"


@given(root=trees())
@examples(50)
def test_missing_counts_nothing_twice(root: Group) -> None:
    assert pathway_progress.missing(root, frozenset(letters_of(root))) == 0
    assert 1 <= pathway_progress.missing(root, frozenset()) <= len(letters_of(root))


def test_link_says_the_place_of_a_step_only_in_a_pathway_in_order() -> None:
    ordered = build_pathway_link(pathway(in_order("a", in_order("b", "c"), "d")), "c")
    assert (ordered.place, ordered.steps) == (3, 4)
    free = build_pathway_link(pathway(in_order("a", every("b", "c"), "d")), "a")
    assert (free.place, free.steps) == (None, 4)
