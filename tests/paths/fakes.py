"""The ports of pathways and hooks in memory, and short ways to write a tree of steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from chalicelib.award.atlas import Atlas
from chalicelib.award.hooks import Delivery, Hook
from chalicelib.award.pathways import Completion, Group, Node, Pathway, Rule, Signpost, Step
from chalicelib.award.tasks import Task
from chalicelib.dynamo.hooks import KEPT
from chalicelib.errors import Conflict, NotFound
from tests.fakes import Tasks

F = TypeVar("F")


def leaf(achievement_id: str, **more: str) -> Step:
    return Step(achievement_id, more.pop("name", achievement_id.upper()), **more)


def nodes(*steps: str | Node) -> tuple[Node, ...]:
    return tuple(leaf(step) if isinstance(step, str) else step for step in steps)


def every(*steps: str | Node) -> Group:
    return Group(Rule.ALL, nodes(*steps), len(steps))


def in_order(*steps: str | Node) -> Group:
    return Group(Rule.IN_ORDER, nodes(*steps), len(steps))


def some(required: int, *steps: str | Node) -> Group:
    return Group(Rule.ANY, nodes(*steps), required)


def pathway(root: Group, **more: object) -> Pathway:
    return Pathway(**{"id": "p", "issuer_id": "acme", "name": "A way", "description": "Up.", "root": root, **more})  # type: ignore[arg-type]


@dataclass
class Pathways:
    """`award.atlas.Pathways`."""

    atlases: dict[str, Atlas] = field(default_factory=dict)
    stored: dict[tuple[str, str], Pathway] = field(default_factory=dict)
    versions: dict[tuple[str, str, int], Pathway] = field(default_factory=dict)
    posts: dict[tuple[str, str], tuple[Signpost, ...]] = field(default_factory=dict)
    done: dict[tuple[str, str, str], Completion] = field(default_factory=dict)
    tasks: Tasks = field(default_factory=Tasks)

    def atlas(self, issuer_id: str) -> Atlas | None:
        return self.atlases.get(issuer_id)

    def pathway(self, issuer_id: str, pathway_id: str) -> Pathway:
        return _found(self.stored.get((issuer_id, pathway_id)))

    def version(self, issuer_id: str, pathway_id: str, version: int) -> Pathway:
        return _found(self.versions.get((issuer_id, pathway_id, version)))

    def pathways(self, issuer_id: str) -> Iterator[Pathway]:
        return iter([self.stored[key] for key in sorted(self.stored) if key[0] == issuer_id])

    def signposts(self, issuer_id: str, achievement_id: str) -> tuple[Signpost, ...]:
        return self.posts.get((issuer_id, achievement_id), ())

    def save(
        self,
        atlas: Atlas,
        pathway: Pathway,
        signposts: Mapping[str, Sequence[Signpost]],
        tasks: Sequence[Task] = (),
    ) -> None:
        key = (pathway.issuer_id, pathway.id)
        if self.stored.get(key) == pathway:
            return
        before, drawn = self.atlases.get(pathway.issuer_id), self.stored.get(key)
        if atlas.version != (before.version if before else 0) + 1:
            raise Conflict("changed in the meantime")
        if pathway.version != (drawn.version if drawn else 0) + 1:
            raise Conflict("changed in the meantime")
        self.atlases[atlas.issuer_id] = atlas
        self.stored[key] = self.versions[(*key, pathway.version)] = pathway
        self.tasks.add(tasks)
        self.posts.update({(pathway.issuer_id, each): tuple(posts) for each, posts in signposts.items()})

    def complete(self, completion: Completion) -> None:
        key = (completion.issuer_id, completion.pathway_id, completion.id)
        there = self.done.get(key)
        if there is None or (completion.rewarded and not there.rewarded):
            self.done[key] = completion

    def completion(self, issuer_id: str, pathway_id: str, completion_id: str) -> Completion | None:
        return self.done.get((issuer_id, pathway_id, completion_id))

    def completions(self, issuer_id: str, pathway_id: str, after: str | None, limit: int) -> Sequence[Completion]:
        own = sorted(key for key in self.done if key[:2] == (issuer_id, pathway_id) and key[2] > (after or ""))
        return [self.done[key] for key in own[:limit]]


@dataclass
class Hooks:
    """`award.hooks.Hooks`."""

    stored: dict[tuple[str, str], Hook] = field(default_factory=dict)
    arrived: dict[tuple[str, str], dict[tuple[datetime, str], Delivery]] = field(default_factory=dict)

    def hook(self, issuer_id: str, hook_id: str) -> Hook:
        return _found(self.stored.get((issuer_id, hook_id)))

    def hooks(self, issuer_id: str) -> Iterator[Hook]:
        return iter([self.stored[key] for key in sorted(self.stored) if key[0] == issuer_id])

    def add_hook(self, hook: Hook) -> None:
        if self.stored.setdefault((hook.issuer_id, hook.id), hook) != hook:
            raise Conflict("taken")

    def replace_hook(self, hook: Hook) -> None:
        before = self.stored.get((hook.issuer_id, hook.id))
        if before == hook:
            return
        if before is None or before.version != hook.version - 1:
            raise Conflict("changed in the meantime")
        self.stored[hook.issuer_id, hook.id] = hook

    def remove_hook(self, hook: Hook) -> None:
        self.stored.pop((hook.issuer_id, hook.id), None)

    def keep(self, hook: Hook, delivery: Delivery) -> None:
        self.arrived.setdefault((hook.issuer_id, hook.id), {})[delivery.at, delivery.message_id] = delivery

    def deliveries(self, issuer_id: str, hook_id: str, now: datetime, limit: int) -> Sequence[Delivery]:
        arrived = self.arrived.get((issuer_id, hook_id), {})
        newest = [arrived[key] for key in sorted(arrived, reverse=True)]
        return [one for one in newest[:limit] if now < one.at + KEPT]


def _found(thing: F | None) -> F:
    if thing is None:
        raise NotFound("not here")
    return thing
