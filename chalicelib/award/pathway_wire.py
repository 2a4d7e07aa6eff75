"""A pathway as JSON: the one form in which it is sent, stored and answered.

    {"name": "…", "description": "…", "reward": "<achievement>" or null, "archived": false,
     "root": {"in_order": [{"achievement": "<achievement>", "name": "…", "description": "…", "url": "https://…"},
                           {"any": [{…}, {…}, {…}], "required": 2, "name": "…"}]}}

A group says by one of the members `all`, `in_order` and `any` how the steps in it have to be done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from chalicelib.award.pathways import MAX_DEPTH, MAX_STEPS, Completion, Group, Node, Pathway, Progress, Rule, Seen, Step
from chalicelib.credential import dates
from chalicelib.errors import Malformed

_RULES = tuple(rule.value for rule in Rule)
_TEXTS = ("name", "description", "url")


@dataclass(frozen=True, slots=True)
class Draft:
    """What an issuer sends of a pathway. A step without a name gets its achievement's when it is saved."""

    name: str
    description: str
    root: Group
    reward: str | None = None
    archived: bool = False
    version: int | None = None
    """Which version it was written from; None for whichever stands there."""


def read(sent: Mapping[str, object]) -> Draft:
    """The draft in ``sent``; what an answer adds to one may stand in it, and is ignored.

    Raises `Malformed` (`invalid_request`) with the place and the fault. What the members say is judged by
    `pathways.check`.
    """
    _only(sent, ("name", "description", "root", "reward", "archived", "version", "id", "reward_name", "links"), "")
    root = read_node(sent.get("root"), "/root", MAX_DEPTH)
    if isinstance(root, Step):
        _fault("/root", "A pathway begins with a group: one of all, in_order and any.")
    archived, version = sent.get("archived", False), sent.get("version")
    if not isinstance(archived, bool):
        _fault("/archived", "It is true or false.")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        _fault("/version", "It is a whole number.")
    return Draft(
        name=_text(sent, "name", "") or _fault("/name", "A pathway has a name."),
        description=_text(sent, "description", "") or _fault("/description", "A pathway has a description."),
        root=root,
        reward=_text(sent, "reward", ""),
        archived=archived,
        version=version,
    )


def read_node(sent: object, place: str, depth: int) -> Node:
    """The step or group in ``sent``, with at most ``depth`` groups one in another. Raises as `read` does."""
    if not isinstance(sent, Mapping):
        _fault(place, "A step is an object.")
    rules = [rule for rule in _RULES if rule in sent]
    if not rules:
        _only(sent, ("achievement", *_TEXTS), place)
        achievement = _text(sent, "achievement", place)
        if achievement is None:
            _fault(place, "A step names its achievement; a group has one of all, in_order and any.")
        return Step(
            achievement, _text(sent, "name", place) or "", _text(sent, "description", place), _text(sent, "url", place)
        )
    rule = Rule(rules[0])
    _only(sent, (rule.value, "required", *_TEXTS), place)
    below = sent[rule.value]
    if depth == 0:
        _fault(place, f"Groups stand in groups at most {MAX_DEPTH} deep.")
    if not isinstance(below, list) or not 1 <= len(below) <= MAX_STEPS:
        _fault(f"{place}/{rule.value}", f"It is a list of 1 to {MAX_STEPS} steps.")
    required = sent.get("required", None if rule is Rule.ANY else len(below))
    if isinstance(required, bool) or not isinstance(required, int):
        _fault(f"{place}/required", "It is how many of the steps have to be done.")
    nodes = tuple(read_node(each, f"{place}/{rule.value}/{at}", depth - 1) for at, each in enumerate(below))
    name, description, url = (_text(sent, text, place) for text in _TEXTS)
    return Group(rule, nodes, required, name, description, url)


def write(pathway: Pathway) -> dict[str, object]:
    """``pathway`` as an answer: what `read` takes, and what was added."""
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
    texts = {text: said for text in _TEXTS if (said := getattr(node, text)) is not None}
    if isinstance(node, Step):
        return {"achievement": node.achievement_id, **texts}
    return {node.rule.value: [write_node(step) for step in node.steps], "required": node.required, **texts}


def write_progress(progress: Progress) -> dict[str, object]:
    """How far a holder has come."""
    return {
        "complete": progress.complete,
        "done": progress.done,
        "needed": progress.needed,
        "next": [write_next(step) for step in progress.next],
        "root": _write_seen(progress.root),
    }


def write_next(step: Step) -> dict[str, object]:
    """A step that may be taken, in short."""
    return {"achievement": step.achievement_id, "name": step.name, "url": step.url}


def write_completion(completion: Completion) -> dict[str, object]:
    """That a pathway was completed."""
    return {
        "at": dates.write(completion.at),
        "version": completion.version,
        "credentials": list(completion.credentials),
        "reward": completion.id if completion.rewarded else None,
    }


def _write_seen(seen: Seen) -> dict[str, object]:
    written = write_node(replace(seen.node, steps=()) if isinstance(seen.node, Group) else seen.node)
    if isinstance(seen.node, Group):
        written[seen.node.rule.value] = [_write_seen(step) for step in seen.steps]
    return {"state": seen.state.value, **written}


def _text(sent: Mapping[str, object], name: str, place: str) -> str | None:
    value = sent.get(name)
    if value is not None and not isinstance(value, str):
        _fault(f"{place}/{name}", "It is text.")
    return value


def _only(sent: Mapping[str, object], known: tuple[str, ...], place: str) -> None:
    for name in sent:
        if name not in known:
            _fault(f"{place}/{name[:40]}", f"Nothing of this name stands here; known are {', '.join(known)}.")


def _fault(place: str, detail: str) -> NoReturn:
    raise Malformed(f"{place or 'The body'}: {detail}", code="invalid_request")
