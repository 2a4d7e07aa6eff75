"""In-memory ports of pathways and webhooks, and builders of pathway trees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from chalicelib.award.pathways.pathway import Completion, Group, Node, Pathway, Rule
from chalicelib.award.pathways.pathway_actions import PathwaySet
from chalicelib.award.pathways.pathway_link import PathwayLink, Step
from chalicelib.award.webhooks.webhook import Delivery, Webhook
from chalicelib.dynamo.stores.award.webhooks import RETENTION
from chalicelib.errors import Conflict, NotFound
from chalicelib.tasks.task_queue import Task
from tests.fakes import TaskQueue

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
    """`award.pathways.pathway_actions.Pathways`."""

    pathway_sets: dict[str, PathwaySet] = field(default_factory=dict)
    stored: dict[tuple[str, str], Pathway] = field(default_factory=dict)
    versions: dict[tuple[str, str, int], Pathway] = field(default_factory=dict)
    posts: dict[tuple[str, str], tuple[PathwayLink, ...]] = field(default_factory=dict)
    done: dict[tuple[str, str, str], Completion] = field(default_factory=dict)
    tasks: TaskQueue = field(default_factory=TaskQueue)

    def pathway_set(self, issuer_id: str) -> PathwaySet | None:
        return self.pathway_sets.get(issuer_id)

    def pathway(self, issuer_id: str, pathway_id: str) -> Pathway:
        return _found(self.stored.get((issuer_id, pathway_id)))

    def version(self, issuer_id: str, pathway_id: str, version: int) -> Pathway:
        return _found(self.versions.get((issuer_id, pathway_id, version)))

    def pathways(self, issuer_id: str) -> Iterator[Pathway]:
        return iter([self.stored[key] for key in sorted(self.stored) if key[0] == issuer_id])

    def pathway_links(self, issuer_id: str, achievement_id: str) -> tuple[PathwayLink, ...]:
        return self.posts.get((issuer_id, achievement_id), ())

    def save(
        self,
        pathway_set: PathwaySet,
        pathway: Pathway,
        pathway_links: Mapping[str, Sequence[PathwayLink]],
        tasks: Sequence[Task] = (),
    ) -> None:
        key = (pathway.issuer_id, pathway.id)
        if self.stored.get(key) == pathway:
            return
        before, stored_pathway = self.pathway_sets.get(pathway.issuer_id), self.stored.get(key)
        if pathway_set.version != (before.version if before else 0) + 1:
            raise Conflict("changed concurrently")
        if pathway.version != (stored_pathway.version if stored_pathway else 0) + 1:
            raise Conflict("changed concurrently")
        self.pathway_sets[pathway_set.issuer_id] = pathway_set
        self.stored[key] = self.versions[(*key, pathway.version)] = pathway
        self.tasks.add(tasks)
        self.posts.update({(pathway.issuer_id, each): tuple(posts) for each, posts in pathway_links.items()})

    def complete(self, completion: Completion) -> None:
        key = (completion.issuer_id, completion.pathway_id, completion.id)
        existing = self.done.get(key)
        if existing is None or (completion.rewarded and not existing.rewarded):
            self.done[key] = completion

    def completion(self, issuer_id: str, pathway_id: str, completion_id: str) -> Completion | None:
        return self.done.get((issuer_id, pathway_id, completion_id))

    def completions(self, issuer_id: str, pathway_id: str, after: str | None, limit: int) -> Sequence[Completion]:
        own = sorted(key for key in self.done if key[:2] == (issuer_id, pathway_id) and key[2] > (after or ""))
        return [self.done[key] for key in own[:limit]]


@dataclass
class WebhookStore:
    """`award.webhooks.webhook.WebhookStore`."""

    stored: dict[tuple[str, str], Webhook] = field(default_factory=dict)
    arrived: dict[tuple[str, str], dict[tuple[datetime, str], Delivery]] = field(default_factory=dict)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    """What someone else does right before the next webhook is stored, each once."""

    def webhook(self, issuer_id: str, webhook_id: str) -> Webhook:
        return _found(self.stored.get((issuer_id, webhook_id)))

    def webhooks(self, issuer_id: str) -> Iterator[Webhook]:
        return iter([self.stored[key] for key in sorted(self.stored) if key[0] == issuer_id])

    def add_webhook(self, webhook: Webhook) -> None:
        self._let_others()
        if self.stored.setdefault((webhook.issuer_id, webhook.id), webhook) != webhook:
            raise Conflict("taken")

    def replace_webhook(self, webhook: Webhook) -> None:
        self._let_others()
        before = self.stored.get((webhook.issuer_id, webhook.id))
        if before == webhook:
            return
        if before is None or before.version != webhook.version - 1:
            raise Conflict("changed concurrently")
        self.stored[webhook.issuer_id, webhook.id] = webhook

    def _let_others(self) -> None:
        if self.meanwhile:
            self.meanwhile.pop()()

    def remove_webhook(self, webhook: Webhook) -> None:
        self.stored.pop((webhook.issuer_id, webhook.id), None)

    def add_delivery(self, webhook: Webhook, delivery: Delivery) -> None:
        self.arrived.setdefault((webhook.issuer_id, webhook.id), {})[delivery.at, delivery.message_id] = delivery

    def deliveries(self, issuer_id: str, webhook_id: str, now: datetime, limit: int) -> Sequence[Delivery]:
        arrived = self.arrived.get((issuer_id, webhook_id), {})
        newest = [arrived[key] for key in sorted(arrived, reverse=True)]
        return [one for one in newest[:limit] if now < one.at + RETENTION]


def _found(thing: F | None) -> F:
    if thing is None:
        raise NotFound("not found")
    return thing
