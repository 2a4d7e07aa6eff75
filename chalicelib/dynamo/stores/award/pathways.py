"""The store of pathways. The step trees are stored as JSON, because they are always read as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.award.pathways.pathway import MAX_DEPTH, Completion, Group, Node, Pathway
from chalicelib.award.pathways.pathway_actions import PathwaySet
from chalicelib.award.pathways.pathway_json import read_node, write_node
from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, members
from chalicelib.dynamo.keys import Key
from chalicelib.dynamo.stores.award.pathway_links import PathwayLinksItem
from chalicelib.dynamo.stores.tasks import raw as raw_task
from chalicelib.dynamo.tables import ABSENT, UNCONDITIONAL, ConditionFailed, Put, Tables
from chalicelib.dynamo.writes import replacing
from chalicelib.errors import Malformed
from chalicelib.tasks.task_queue import Task


class PathwaySetItem(Item, discriminator="pathway_set"):
    """Data shared by all pathways of an issuer."""

    issuer_id = UnicodeAttribute()
    secret = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()

    @classmethod
    def of(cls, pathway_set: PathwaySet) -> Self:
        return cls(*keys.pathway_set(pathway_set.issuer_id), **members(pathway_set, PathwaySet))

    def to_domain(self) -> PathwaySet:
        return PathwaySet(**members(self, PathwaySet))


class PathwayItem(Item, discriminator="pathway"):
    """A pathway, in its current or an earlier version."""

    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute()
    root = UnicodeAttribute()
    reward = UnicodeAttribute(null=True)
    reward_name = UnicodeAttribute(null=True)
    archived = BooleanAttribute()
    version = NumberAttribute()

    @classmethod
    def of(cls, pathway: Pathway, key: Key) -> Self:
        return cls(*key, root=_write(write_node(pathway.root)), **members(pathway, Pathway, exclude=("root",)))

    def to_domain(self) -> Pathway:
        return Pathway(root=_group(self.root), **members(self, Pathway, exclude=("root",)))


class CompletionItem(Item, discriminator="completion"):
    """The completion of a pathway by a holder."""

    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    pathway_id = UnicodeAttribute()
    pathway_version = NumberAttribute()
    email = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    credentials = UnicodeAttribute()
    rewarded = BooleanAttribute()

    @classmethod
    def of(cls, completion: Completion) -> Self:
        return cls(
            *keys.completion(completion.issuer_id, completion.pathway_id, completion.id),
            pathway_version=completion.version,
            credentials=_write(completion.credentials),
            **members(completion, Completion, exclude=("version", "credentials")),
        )

    def to_domain(self) -> Completion:
        return Completion(
            version=int(self.pathway_version),
            credentials=tuple(json.loads(self.credentials)),
            **members(self, Completion, exclude=("version", "credentials")),
        )


class DynamoPathways:
    """`award.pathways.pathway_actions.Pathways` on DynamoDB. Every read is strongly consistent."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def pathway_set(self, issuer_id: str) -> PathwaySet | None:
        return reads.find(self._tables, self._table, PathwaySetItem, keys.pathway_set(issuer_id))

    def pathway(self, issuer_id: str, pathway_id: str) -> Pathway:
        return self._pathway(keys.pathway(issuer_id, pathway_id))

    def version(self, issuer_id: str, pathway_id: str, version: int) -> Pathway:
        return self._pathway(keys.pathway_version(issuer_id, pathway_id, version))

    def pathways(self, issuer_id: str) -> Iterator[Pathway]:
        return reads.list_range(self._tables, self._table, PathwayItem, keys.pathways(issuer_id))

    def pathway_links(self, issuer_id: str, achievement_id: str) -> tuple[PathwayLink, ...]:
        key = keys.pathway_links(issuer_id, achievement_id)
        return reads.find(self._tables, self._table, PathwayLinksItem, key) or ()

    def save(
        self,
        pathway_set: PathwaySet,
        pathway: Pathway,
        pathway_links: Mapping[str, Sequence[PathwayLink]],
        tasks: Sequence[Task] = (),
    ) -> None:
        issuer_id, key = pathway.issuer_id, keys.pathway(pathway.issuer_id, pathway.id)
        version_key = keys.pathway_version(issuer_id, pathway.id, pathway.version)
        self._tables.transact(
            self._table,
            [
                replacing(PathwayItem.of(pathway, key).raw(), pathway.version - 1),
                replacing(PathwaySetItem.of(pathway_set).raw(), pathway_set.version - 1),
                Put(PathwayItem.of(pathway, version_key).raw()),
                *(
                    Put(PathwayLinksItem.of(issuer_id, achievement_id, links).raw(), UNCONDITIONAL)
                    for achievement_id, links in pathway_links.items()
                ),
                *(Put(raw_task(task)) for task in tasks),
            ],
        )

    def complete(self, completion: Completion) -> None:
        put = Put(CompletionItem.of(completion).raw())
        if completion.rewarded:
            put = Put(put.item, f"{ABSENT} OR rewarded = :no", {":no": {"BOOL": False}})
        try:
            self._tables.put(self._table, put)
        except ConditionFailed:
            return  # already stored

    def completion(self, issuer_id: str, pathway_id: str, completion_id: str) -> Completion | None:
        key = keys.completion(issuer_id, pathway_id, completion_id)
        return reads.find(self._tables, self._table, CompletionItem, key)

    def completions(self, issuer_id: str, pathway_id: str, after: str | None, limit: int) -> Sequence[Completion]:
        part = keys.completions_after(issuer_id, pathway_id, after)
        return list(reads.list_range(self._tables, self._table, CompletionItem, part, limit))

    def _pathway(self, key: Key) -> Pathway:
        return reads.require(self._tables, self._table, PathwayItem, key, "This issuer does not have this pathway.")


def _write(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _group(text: str) -> Group:
    try:
        node: Node = read_node(json.loads(text), "", MAX_DEPTH)
    except Malformed as error:
        raise ValueError("not a tree of steps") from error
    if not isinstance(node, Group):
        raise TypeError("found a step instead of a group")
    return node
