"""A holder's progress in a pathway, and the next steps after an achievement."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.award.pathways.pathway import Node, Pathway, Rule, steps
from chalicelib.award.pathways.pathway_link import PathwayLink, Step

MAX_NEXT = 3
"""Maximum number of next steps in a pathway link."""


class StepState(StrEnum):
    """The state of a step for a holder."""

    DONE = "done"
    OPEN = "open"
    """Available now."""
    LOCKED = "locked"
    """An earlier step must be completed first."""


@dataclass(frozen=True, slots=True)
class NodeProgress:
    """A holder's progress in a node and the nodes below it."""

    node: Node
    state: StepState
    steps: tuple[NodeProgress, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """A holder's progress: ``done`` of ``needed`` steps, counted along the shortest way to completion."""

    root: NodeProgress
    done: int
    needed: int
    next: tuple[Step, ...]
    """All open steps that still count, in the order of the pathway."""

    @property
    def complete(self) -> bool:
        """Whether the pathway is complete."""
        return self.root.state is StepState.DONE


def progress(pathway: Pathway, earned: AbstractSet[str]) -> Progress:
    """Calculate the progress of a holder of the achievements ``earned``."""
    root = _node_progress(pathway.root, earned, locked=False)
    needed = missing(pathway.root, frozenset())
    return Progress(root, needed - missing(pathway.root, earned), needed, tuple(_open_steps(root)))


def eligible(pathway: Pathway, earned: AbstractSet[str], achievement_id: str) -> bool:
    """Whether the step ``achievement_id`` is open for a holder of the achievements ``earned``."""
    leaves = _leaves(_node_progress(pathway.root, earned, locked=False))
    return any(
        leaf.state is StepState.OPEN and isinstance(leaf.node, Step) and leaf.node.achievement_id == achievement_id
        for leaf in leaves
    )


def missing(node: Node, earned: AbstractSet[str]) -> int:
    """Smallest number of achievements that a holder of ``earned`` still needs to complete ``node``; 0 when complete."""
    if isinstance(node, Step):
        return 0 if node.achievement_id in earned else 1
    # An achievement occurs only once in a pathway, so the steps of a group never share one.
    return sum(sorted(missing(step, earned) for step in node.steps)[: node.required])


def build_pathway_link(pathway: Pathway, achievement_id: str) -> PathwayLink:
    """Build the link to ``pathway`` for credentials of ``achievement_id``, one of its steps."""
    _, following = _steps_after(pathway.root, achievement_id)
    short = tuple(replace(step, description=None) for step in following[:MAX_NEXT])
    ids = [step.achievement_id for step in steps(pathway.root)]
    place = ids.index(achievement_id) + 1 if _in_order(pathway.root) else None
    return PathwayLink(pathway.id, pathway.name, short, pathway.reward_name, len(ids), place)


def _in_order(node: Node) -> bool:
    return isinstance(node, Step) or (node.rule is Rule.IN_ORDER and all(map(_in_order, node.steps)))


def _node_progress(node: Node, earned: AbstractSet[str], *, locked: bool) -> NodeProgress:
    undone = StepState.LOCKED if locked else StepState.OPEN
    state = StepState.DONE if missing(node, earned) == 0 else undone
    if isinstance(node, Step):
        return NodeProgress(node, state)
    below = []
    for step in node.steps:
        below.append(_node_progress(step, earned, locked=locked))
        # All steps after the first incomplete one are locked.
        locked = locked or (node.rule is Rule.IN_ORDER and below[-1].state is not StepState.DONE)
    return NodeProgress(node, state, tuple(below))


def _leaves(node_progress: NodeProgress) -> Iterator[NodeProgress]:
    if isinstance(node_progress.node, Step):
        yield node_progress
    for below in node_progress.steps:
        yield from _leaves(below)


def _open_steps(node_progress: NodeProgress, url: str | None = None) -> Iterator[Step]:
    """Yield the open steps that still count. A step without a URL inherits that of its group, or else ``url``."""
    if node_progress.state is not StepState.OPEN:
        return
    url = node_progress.node.url or url
    if isinstance(node_progress.node, Step):
        yield replace(node_progress.node, url=url)
    for below in node_progress.steps:
        yield from _open_steps(below, url)


def _steps_after(node: Node, achievement_id: str) -> tuple[bool, list[Step]]:
    """Whether the achievement is in ``node``, and the steps after it there, if any."""
    if isinstance(node, Step):
        return node.achievement_id == achievement_id, []
    for place, step in enumerate(node.steps):
        found, following = _steps_after(step, achievement_id)
        if not found:
            continue
        if following or node.required == 1:
            return True, following
        if node.rule is Rule.IN_ORDER:
            others = node.steps[place + 1 : place + 2]
        else:
            others = tuple(other for other in node.steps if other is not step)
        return True, [first for other in others for first in _first_steps(other, node.url)]
    return False, []


def _first_steps(node: Node, url: str | None) -> Iterator[Step]:
    """Yield the steps of ``node`` that are open to a holder without any achievements."""
    return _open_steps(_node_progress(node, frozenset(), locked=False), url)
