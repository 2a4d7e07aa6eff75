"""The pathway model and its validation.

A pathway is a tree. Its leaves are achievements; its groups say how many of their steps are required, and whether in
order. An earned achievement always counts: an order determines only which step is open next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from chalicelib.award.input.text_rules import check_text, check_url
from chalicelib.award.pathways.pathway_link import Step
from chalicelib.errors import Refused

MAX_STEPS = 25
"""Maximum achievements in one pathway. The reward lists each credential as evidence (`issue.MAX_EVIDENCE`), and a
change that replaces every step still fits into one transaction (100 actions)."""
MAX_DEPTH = 4
"""Maximum levels of nested groups. Deeper pathways could be stored but not understood by people."""
MAX_PATHWAYS = 100
"""Maximum pathways per issuer, including archived ones: saving one reads them all."""
MAX_THROUGH = 5
"""Maximum pathways that can contain the same achievement: each is listed on its credentials' pages."""


class Rule(StrEnum):
    """The rule for completing the steps of a group."""

    ALL = "all"
    """All steps, in any order."""
    IN_ORDER = "in_order"
    """All steps; each opens when the previous ones are done."""
    ANY = "any"
    """Any of the steps, as many as required."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of steps, of which ``required`` must be completed: all of them unless the rule is `Rule.ANY`."""

    rule: Rule
    steps: tuple[Node, ...]
    required: int
    name: str | None = None
    description: str | None = None
    url: str | None = None


Node = Step | Group


@dataclass(frozen=True, slots=True)
class Pathway:
    """A pathway of one issuer. ``reward`` is the achievement that is issued on completion."""

    id: str
    issuer_id: str
    name: str
    description: str
    root: Group
    reward: str | None = None
    reward_name: str | None = None
    archived: bool = False
    """An archived pathway is not shown on credentials and can no longer be completed."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Completion:
    """A holder's completion of a version of a pathway. Later changes of the pathway do not affect it."""

    id: str
    """Derived from pathway and holder; also the id of the reward's credential."""
    issuer_id: str
    pathway_id: str
    version: int
    email: str
    at: datetime
    credentials: tuple[str, ...]
    """Ids of the credentials that completed it."""
    rewarded: bool
    """Whether a reward with this ``id`` was issued."""


def steps(node: Node) -> Iterator[Step]:
    """Yield the leaves in order."""
    if isinstance(node, Step):
        yield node
    else:
        for step in node.steps:
            yield from steps(step)


def check(pathway: Pathway) -> None:
    """Validate one pathway. Raises `Refused` for an invalid text or URL (`bad_text`, `bad_url`), too many steps
    (`too_many_steps`), or a tree that is too deep or cannot be completed (`bad_pathway`)."""
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
    """Raises `Refused` (`too_many_steps`) when there are more than `MAX_STEPS` leaves."""
    leaves = sum(1 for _ in steps(root))
    if leaves > MAX_STEPS:
        raise Refused(f"There are too many steps ({leaves:,}). The limit is {MAX_STEPS}.", code="too_many_steps")


def check_together(pathways: Iterable[Pathway]) -> None:
    """Validate all pathways of an issuer together. Raises `Refused`: `pathway_cycle` when a reward leads, through other
    pathways, back to one of its own steps; `too_many_pathways` for too many in total or for one achievement."""
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
