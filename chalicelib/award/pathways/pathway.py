"""A pathway: what may be earned after what, and how far somebody has come.

It is a tree. Its leaves are achievements; its inner nodes say how many of the steps below have to be done, and whether
in their order. What somebody has earned counts wherever it stands: an order says what is open next, it takes nothing
away from who came another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from chalicelib.award.input.text_rules import check_text, check_url
from chalicelib.errors import Refused

MAX_STEPS = 25
"""Achievements in one pathway. What it earns names each of their credentials as evidence (`issue.MOST_EVIDENCE`), and
what is stored about each fits one transaction with it (100 actions), even when a change replaces them all."""
MAX_DEPTH = 4
"""Groups within groups. Deeper ones could be stored, but not be understood."""
MAX_PATHWAYS = 100
"""Pathways of one issuer, archived ones among them: all are read when one is saved."""
MAX_THROUGH = 5
"""Pathways that one achievement may be a step of: each is named on the page of each credential of it."""
MAX_NEXT = 3
"""Next steps that a signpost names."""


class Rule(StrEnum):
    """How the steps of a group have to be done."""

    ALL = "all"
    """Every one, in any order."""
    IN_ORDER = "in_order"
    """Every one; each opens when those before it are done."""
    ANY = "any"
    """As many as are required, whichever they are."""


@dataclass(frozen=True, slots=True)
class Step:
    """One achievement to be earned. ``url`` is where one signs up for it."""

    achievement_id: str
    name: str
    description: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Steps that make a larger one together. ``required`` of them have to be done: all of them, but for `Rule.ANY`."""

    rule: Rule
    steps: tuple[Node, ...]
    required: int
    name: str | None = None
    description: str | None = None
    url: str | None = None


Node = Step | Group


@dataclass(frozen=True, slots=True)
class Pathway:
    """One pathway of one issuer. ``reward`` is the achievement that is awarded to whoever completes it."""

    id: str
    issuer_id: str
    name: str
    description: str
    root: Group
    reward: str | None = None
    reward_name: str | None = None
    archived: bool = False
    """Whether it has been closed: it is shown on no credential, and nobody completes it any more."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Completion:
    """That somebody has completed a pathway, as it then was. A later change of the pathway takes nothing away."""

    id: str
    """The same for the same pathway and holder, and the id of the reward's credential."""
    issuer_id: str
    pathway_id: str
    version: int
    email: str
    at: datetime
    credentials: tuple[str, ...]
    """Those that earned it."""
    rewarded: bool
    """Whether a credential with this ``id`` was issued for it."""


@dataclass(frozen=True, slots=True)
class PathwayLink:
    """What a credential's page says of a pathway that its achievement is a step of: public, and about no holder."""

    pathway_id: str
    pathway: str
    next: tuple[Step, ...]
    """What comes after that achievement, `MAX_NEXT` at most; none where the pathway ends."""
    reward: str | None
    """The name of what the whole pathway earns."""


class State(StrEnum):
    """How a step stands for a holder."""

    DONE = "done"
    OPEN = "open"
    """It may be taken now."""
    LOCKED = "locked"
    """Something before it has to be done first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A node as it stands for a holder, with the nodes below it."""

    node: Node
    state: State
    steps: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a holder has come: ``done`` of ``needed`` steps, counted by the shortest way to the end."""

    root: Seen
    done: int
    needed: int
    next: tuple[Step, ...]
    """Every step that is open and still counts, in the order of the pathway."""

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.root.state is State.DONE


def progress(pathway: Pathway, earned: AbstractSet[str]) -> Progress:
    """How far somebody who holds the achievements ``earned`` has come."""
    root = _see(pathway.root, earned, locked=False)
    needed = missing(pathway.root, frozenset())
    return Progress(root, needed - missing(pathway.root, earned), needed, tuple(_wanted(root)))


def eligible(pathway: Pathway, earned: AbstractSet[str], achievement_id: str) -> bool:
    """Whether somebody who holds ``earned`` may take the step ``achievement_id`` now: it is open, and not done."""
    seen = _leaves(_see(pathway.root, earned, locked=False))
    return any(
        leaf.state is State.OPEN and isinstance(leaf.node, Step) and leaf.node.achievement_id == achievement_id
        for leaf in seen
    )


def missing(node: Node, earned: AbstractSet[str]) -> int:
    """The least number of achievements that complete ``node`` for somebody who holds ``earned``; 0 when it is done."""
    if isinstance(node, Step):
        return 0 if node.achievement_id in earned else 1
    # No achievement stands twice in a pathway, so the ways through the steps of a group never share one.
    return sum(sorted(missing(step, earned) for step in node.steps)[: node.required])


def steps(node: Node) -> Iterator[Step]:
    """The leaves, in order."""
    if isinstance(node, Step):
        yield node
    else:
        for step in node.steps:
            yield from steps(step)


def pathway_link(pathway: Pathway, achievement_id: str) -> PathwayLink:
    """What stands on a credential of ``achievement_id``, a step of ``pathway``."""
    _, following = _after(pathway.root, achievement_id)
    short = tuple(replace(step, description=None) for step in following[:MAX_NEXT])
    return PathwayLink(pathway.id, pathway.name, short, pathway.reward_name)


def check(pathway: Pathway) -> None:
    """Raises `Refused` when a text or an address is not acceptable (`bad_text`, `bad_url`), when it is too large
    (`too_many_steps`), or when it is too deep or cannot be completed as it is written (`bad_pathway`)."""
    check_size(pathway.root)
    check_text("pathway's name", pathway.name, 200)
    check_text("pathway's description", pathway.description, 2000)
    _check_node(pathway.root, MAX_DEPTH)
    leaves = [step.achievement_id for step in steps(pathway.root)]
    if len(set(leaves)) < len(leaves):
        raise Refused("An achievement can be in a pathway only once.", code="bad_pathway")
    if pathway.reward in leaves:
        raise Refused("The reward cannot be one of the pathway's own steps.", code="bad_pathway")


def check_size(root: Node) -> None:
    """Raises `Refused` (`too_many_steps`) when there are more leaves than `MAX_STEPS`."""
    leaves = sum(1 for _ in steps(root))
    if leaves > MAX_STEPS:
        raise Refused(f"{leaves:,} steps are too many. The limit is {MAX_STEPS}.", code="too_many_steps")


def check_together(pathways: Iterable[Pathway]) -> None:
    """Raises `Refused`: `pathway_cycle` when what one pathway earns leads, through others, back to one of its own
    steps; `too_many_pathways` when there are too many, in all or through one achievement."""
    everything = list(pathways)
    if len(everything) > MAX_PATHWAYS:
        raise Refused(
            f"An issuer can have up to {MAX_PATHWAYS} pathways, including archived ones. Reuse one of them.",
            code="too_many_pathways",
        )
    through: dict[str, int] = {}
    before: dict[str, set[str]] = {}
    for pathway in (each for each in everything if not each.archived):
        for step in steps(pathway.root):
            through[step.achievement_id] = through.get(step.achievement_id, 0) + 1
            if through[step.achievement_id] > MAX_THROUGH:
                raise Refused(
                    f"“{step.name}” would be a step of more than {MAX_THROUGH} pathways.", code="too_many_pathways"
                )
            if pathway.reward is not None:
                before.setdefault(pathway.reward, set()).add(step.achievement_id)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        raise Refused(
            "Through other pathways, this pathway's reward leads back to one of its own steps.", code="pathway_cycle"
        ) from error


def _see(node: Node, earned: AbstractSet[str], *, locked: bool) -> Seen:
    undone = State.LOCKED if locked else State.OPEN
    state = State.DONE if missing(node, earned) == 0 else undone
    if isinstance(node, Step):
        return Seen(node, state)
    below = []
    for step in node.steps:
        below.append(_see(step, earned, locked=locked))
        # From the first one that is not done on, those that follow it have to wait.
        locked = locked or (node.rule is Rule.IN_ORDER and below[-1].state is not State.DONE)
    return Seen(node, state, tuple(below))


def _leaves(seen: Seen) -> Iterator[Seen]:
    if isinstance(seen.node, Step):
        yield seen
    for below in seen.steps:
        yield from _leaves(below)


def _wanted(seen: Seen, url: str | None = None) -> Iterator[Step]:
    """What is open in ``seen`` and still counts. A step that has no address gets that of the group it is in, ``url``
    when none there has one."""
    if seen.state is not State.OPEN:
        return
    url = seen.node.url or url
    if isinstance(seen.node, Step):
        yield replace(seen.node, url=url)
    for below in seen.steps:
        yield from _wanted(below, url)


def _after(node: Node, achievement_id: str) -> tuple[bool, list[Step]]:
    """Whether the achievement is in ``node``, and what comes after it there; nothing when it ends there."""
    if isinstance(node, Step):
        return node.achievement_id == achievement_id, []
    for place, step in enumerate(node.steps):
        found, following = _after(step, achievement_id)
        if not found:
            continue
        if following or node.required == 1:
            return True, following
        if node.rule is Rule.IN_ORDER:
            others = node.steps[place + 1 : place + 2]
        else:
            others = tuple(other for other in node.steps if other is not step)
        return True, [first for other in others for first in _first(other, node.url)]
    return False, []


def _first(node: Node, url: str | None) -> Iterator[Step]:
    """What is open in ``node`` to somebody who has earned nothing."""
    return _wanted(_see(node, frozenset(), locked=False), url)


def _check_node(node: Node, depth: int) -> None:
    if depth == 0 and isinstance(node, Group):
        raise Refused(f"Groups can be nested up to {MAX_DEPTH} levels deep.", code="bad_pathway")
    if node.name is not None:
        check_text("step's name", node.name, 200)
    if node.description is not None:
        check_text("step's description", node.description, 1000)
    if node.url is not None:
        check_url("step's enrolment URL", node.url)
    if isinstance(node, Step):
        return
    if not node.steps:
        raise Refused("A group has no steps.", code="bad_pathway")
    if not 1 <= node.required <= len(node.steps):
        raise Refused(f"You cannot require {node.required} of {len(node.steps)} steps.", code="bad_pathway")
    if node.rule is not Rule.ANY and node.required != len(node.steps):
        raise Refused(f"In a group with the rule {node.rule!r} every step is required.", code="bad_pathway")
    for step in node.steps:
        _check_node(step, depth - 1)
