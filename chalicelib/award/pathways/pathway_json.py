"""Pathways as JSON, the same form in requests, storage and responses.

    {"name": "…", "description": "…", "reward": "<achievement>" or null, "archived": false,
     "root": {"in_order": [{"achievement": "<achievement>", "name": "…", "description": "…", "url": "https://…"},
                           {"any": [{…}, {…}, {…}], "required": 2, "name": "…"}]}}

A group has one of the members `all`, `in_order` and `any`, which says how its steps must be completed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.award.input.field_errors import (
    FieldError,
    flag,
    integer,
    only,
    optional,
    text,
)
from chalicelib.award.pathways.pathway import MAX_DEPTH, MAX_STEPS, Completion, Group, Node, Pathway, Rule
from chalicelib.award.pathways.pathway_link import Step, write_next
from chalicelib.award.pathways.pathway_progress import NodeProgress, Progress
from chalicelib.credential import dates

_RULES = tuple(rule.value for rule in Rule)
_TEXTS = ("name", "description", "url")
_SENT = ("name", "description", "root", "reward", "archived", "version")
_ADDED = ("id", "reward_name")


@dataclass(frozen=True, slots=True)
class Draft:
    """A pathway as submitted. A step without a name gets the achievement's name when saved."""

    name: str
    description: str
    root: Group
    reward: str | None = None
    archived: bool = False
    version: int | None = None
    """The version that the draft is based on; None for any."""


def read(sent: Mapping[str, object]) -> Draft:
    """Parse a draft. Members that only responses have are ignored.

    Raises `FieldError`. The values are validated by `pathway.check`.
    """
    only(sent, _SENT + _ADDED, "")
    root = read_node(sent.get("root"), "/root", MAX_DEPTH)
    if isinstance(root, Step):
        raise FieldError("/root", "A pathway starts with a group: all, in_order or any.")
    return Draft(
        name=text(sent, "name", ""),
        description=text(sent, "description", ""),
        root=root,
        reward=optional(sent, "reward", ""),
        archived=flag(sent, "archived", ""),
        version=None if sent.get("version") is None else integer(sent["version"], "/version"),
    )


def read_node(sent: object, place: str, depth: int) -> Node:
    """Parse a step or group with at most ``depth`` levels of groups. Raises as `read`."""
    if not isinstance(sent, Mapping):
        raise FieldError(place, "A step must be an object.")
    rule = next((rule for rule in _RULES if rule in sent), None)
    if rule is None:
        only(sent, ("achievement", *_TEXTS), place)
        name, description, url = (optional(sent, each, place) for each in _TEXTS)
        return Step(text(sent, "achievement", place), name or "", description, url)
    only(sent, (rule, "required", *_TEXTS), place)
    below = sent[rule]
    if depth == 0:
        raise FieldError(place, f"Groups can be nested up to {MAX_DEPTH} levels deep.")
    if not isinstance(below, list) or not 1 <= len(below) <= MAX_STEPS:
        raise FieldError(f"{place}/{rule}", f"This must be a list of 1 to {MAX_STEPS} steps.")
    required = sent.get("required", None if rule == Rule.ANY else len(below))
    nodes = tuple(read_node(each, f"{place}/{rule}/{at}", depth - 1) for at, each in enumerate(below))
    name, description, url = (optional(sent, each, place) for each in _TEXTS)
    return Group(Rule(rule), nodes, integer(required, f"{place}/required"), name, description, url)


def write(pathway: Pathway) -> dict[str, object]:
    """``pathway`` as a response: the members that `read` accepts, and generated ones."""
    return {
        "id": pathway.id,
        "version": pathway.version,
        "name": pathway.name,
        "description": pathway.description,
        "archived": pathway.archived,
        "reward": pathway.reward,
        "reward_name": pathway.reward_name,
        "root": write_node(pathway.root),
    }


def write_node(node: Node) -> dict[str, object]:
    """The inverse of `read_node`."""
    texts = {each: value for each in _TEXTS if (value := getattr(node, each)) is not None}
    if isinstance(node, Step):
        return {"achievement": node.achievement_id, **texts}
    return {node.rule.value: [write_node(step) for step in node.steps], "required": node.required, **texts}


def write_progress(progress: Progress) -> dict[str, object]:
    """Progress as a response."""
    return {
        "complete": progress.complete,
        "done": progress.done,
        "needed": progress.needed,
        "next": [write_next(step) for step in progress.next],
        "root": _write_node_progress(progress.root),
    }


def write_completion(completion: Completion) -> dict[str, object]:
    """A completion as a response."""
    return {
        "at": dates.write(completion.at),
        "version": completion.version,
        "credentials": list(completion.credentials),
        "reward": completion.id if completion.rewarded else None,
    }


def _write_node_progress(node_progress: NodeProgress) -> dict[str, object]:
    written = write_node(
        replace(node_progress.node, steps=()) if isinstance(node_progress.node, Group) else node_progress.node
    )
    if isinstance(node_progress.node, Group):
        written[node_progress.node.rule.value] = [_write_node_progress(step) for step in node_progress.steps]
    return {"state": node_progress.state.value, **written}
