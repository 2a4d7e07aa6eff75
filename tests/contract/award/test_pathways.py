"""`award.pathways.pathway_actions.Pathways`, on the fake and on the real engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.award.pathways.pathway import MAX_STEPS, Completion, Pathway
from chalicelib.award.pathways.pathway_actions import Pathways, PathwaySet
from chalicelib.award.pathways.pathway_progress import build_pathway_link
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.award.pathways import DynamoPathways
from chalicelib.dynamo.stores.public import DynamoPublicStore
from chalicelib.dynamo.stores.tasks import DynamoTaskQueue
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.tasks.task_queue import Task
from tests.award.pathways import fakes
from tests.award.pathways.fakes import (
    every,
    in_order,
    leaf,
    pathway,
    some,
)
from tests.aws_calls import counted
from tests.contract import samples

PATHWAY_SET = PathwaySet("acme", b"\0\xff" * 16)
PATHWAY = pathway(
    in_order(
        leaf("a", description="Line 1\nline 2", url="https://acme.example/a?x=1&y=ü"),
        some(1, "b", every("c", leaf("d", name="D 👩‍🚀"))),
    ),
    reward="r",
    reward_name="The whole",
)
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DONE = Completion("c" * 26, "acme", "p", 1, "ada@example.org", NOW, ("x" * 26, "y" * 26), rewarded=True)


@pytest.fixture(params=["fake", "real"])
def pathways(request: pytest.FixtureRequest) -> Pathways:
    return fakes.Pathways() if request.param == "fake" else DynamoPathways(request.getfixturevalue("tables"))


def saved(pathways: Pathways, sample: Pathway = PATHWAY, pathway_set: PathwaySet = PATHWAY_SET) -> Pathway:
    pathways.save(pathway_set, sample, {step: [build_pathway_link(sample, step)] for step in "abcd"})
    return sample


def test_pathway_round_trips(pathways: Pathways) -> None:
    saved(pathways)
    assert pathways.pathway("acme", "p") == PATHWAY
    assert pathways.version("acme", "p", 1) == PATHWAY
    assert list(pathways.pathways("acme")) == [PATHWAY]
    assert pathways.pathway_set("acme") == PATHWAY_SET
    assert pathways.pathway_links("acme", "a") == (build_pathway_link(PATHWAY, "a"),)
    assert [step.name for step in pathways.pathway_links("acme", "a")[0].next] == ["B", "C", "D 👩‍🚀"]


def test_unsaved_pathways_and_those_of_other_issuers_are_not_found(pathways: Pathways) -> None:
    for issuer_id in ("acme", "other"):
        assert pathways.pathway_set(issuer_id) is None
        assert list(pathways.pathways(issuer_id)) == []
        assert pathways.pathway_links(issuer_id, "a") == ()
        assert pathways.completion(issuer_id, "p", DONE.id) is None
        assert pathways.completions(issuer_id, "p", None, 10) == []
        with pytest.raises(NotFound):
            pathways.pathway(issuer_id, "p")
        with pytest.raises(NotFound):
            pathways.version(issuer_id, "p", 1)
        if issuer_id == "acme":
            saved(pathways)
            pathways.complete(DONE)


def test_every_version_is_kept_and_the_latest_is_read(pathways: Pathways) -> None:
    saved(pathways)
    after = replace(PATHWAY, version=2, root=every("a"), archived=True, reward=None, reward_name=None)
    pathways.save(replace(PATHWAY_SET, version=2), after, {"a": [], "b": [build_pathway_link(PATHWAY, "b")] * 2})
    assert pathways.pathway("acme", "p") == after
    assert list(pathways.pathways("acme")) == [after]
    assert pathways.version("acme", "p", 1) == PATHWAY
    assert pathways.version("acme", "p", 2) == after
    assert pathways.pathway_links("acme", "a") == ()
    assert len(pathways.pathway_links("acme", "b")) == 2
    assert len(pathways.pathway_links("acme", "c")) == 1


def test_saving_a_pathway_is_idempotent(pathways: Pathways) -> None:
    saved(pathways)
    saved(pathways)
    assert pathways.pathway_set("acme") == PATHWAY_SET


@pytest.mark.parametrize(
    ("pathway_set", "sample"),
    [
        (PATHWAY_SET, replace(PATHWAY, id="other")),
        (replace(PATHWAY_SET, version=3), replace(PATHWAY, id="other")),
        (replace(PATHWAY_SET, version=2), replace(PATHWAY, name="Another")),
        (replace(PATHWAY_SET, version=2), replace(PATHWAY, version=3)),
    ],
)
def test_stale_pathway_write_conflicts(pathways: Pathways, pathway_set: PathwaySet, sample: Pathway) -> None:
    saved(pathways)
    with pytest.raises(Conflict):
        pathways.save(pathway_set, sample, {"a": []})
    assert list(pathways.pathways("acme")) == [PATHWAY]
    assert pathways.pathway_set("acme") == PATHWAY_SET
    assert pathways.pathway_links("acme", "a") == (build_pathway_link(PATHWAY, "a"),)


def test_one_of_several_concurrent_saves_succeeds(tables: Tables) -> None:
    pathways = DynamoPathways(tables)

    def save(number: int) -> bool:
        try:
            pathways.save(PATHWAY_SET, replace(PATHWAY, id=f"p{number}"), {})
        except (Conflict, Unavailable):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, range(8))) == 1
    assert len(list(pathways.pathways("acme"))) == 1


def test_largest_pathway_can_be_replaced_in_one_transaction(tables: Tables) -> None:
    pathways, url = DynamoPathways(tables), "https://acme.example/" + "x" * 1900

    def large(letter: str, version: int) -> Pathway:
        leaves = [leaf(f"{letter}{n:036}", name="ü" * 200, description="ü" * 1000, url=url) for n in range(MAX_STEPS)]
        return pathway(every(*leaves), version=version)

    links = [build_pathway_link(large("a", 1), f"a{0:036}")] * 5
    pathways.save(PATHWAY_SET, large("a", 1), {f"a{n:036}": links for n in range(MAX_STEPS)})
    both = {f"{letter}{n:036}": links for n in range(MAX_STEPS) for letter in "ab"}
    pathways.save(replace(PATHWAY_SET, version=2), large("b", 2), both)
    assert pathways.pathway("acme", "p") == large("b", 2)
    assert pathways.pathway_links("acme", f"b{0:036}") == tuple(links)


def test_first_completion_is_kept(pathways: Pathways) -> None:
    pathways.complete(DONE)
    pathways.complete(replace(DONE, version=2, credentials=()))
    assert pathways.completion("acme", "p", DONE.id) == DONE


def test_completion_without_reward_is_only_replaced_by_one_with_a_reward(pathways: Pathways) -> None:
    bare = replace(DONE, rewarded=False)
    pathways.complete(bare)
    pathways.complete(replace(bare, version=2))
    assert pathways.completion("acme", "p", DONE.id) == bare
    pathways.complete(DONE)
    assert pathways.completion("acme", "p", DONE.id) == DONE


def test_completions_are_paginated_without_gaps(pathways: Pathways) -> None:
    every_one = [replace(DONE, id=letter * 26) for letter in "abcdefg"]
    for each in every_one[::-1]:
        pathways.complete(each)
    pathways.complete(replace(DONE, pathway_id="p2"))
    pathways.complete(replace(DONE, issuer_id="other"))
    read: list[Completion] = []
    while page := pathways.completions("acme", "p", read[-1].id if read else None, 3):
        read += page
    assert read == every_one


def test_each_pathway_read_is_one_call(tables: Tables) -> None:
    pathways = DynamoPathways(tables)
    saved(pathways)
    with counted(tables.client) as calls:
        pathways.pathway("acme", "p")
        pathways.pathway_links("acme", "a")
        list(pathways.pathways("acme"))
    assert calls == ["GetItem", "GetItem", "Query"]


def test_keys_of_different_issuers_differ() -> None:
    made = {keys.pathway(issuer_id, "p") for issuer_id in ("a", "a#PATHWAY", "a%23PATHWAY")} | {
        keys.completion("a", "PATHWAY#p", "c"),
        keys.completion("a#PATHWAY", "p", "c"),
        keys.webhook("a", "p"),
    }
    assert len(made) == 6


def test_view_reads_pathway_links_in_its_batch_read(tables: Tables) -> None:
    record = samples.record()
    sample = pathway(in_order(record.achievement_id, "b"), issuer_id=record.issuer_id)
    links = [build_pathway_link(sample, record.achievement_id)]
    DynamoPathways(tables).save(PathwaySet(record.issuer_id, b"s" * 32), sample, {record.achievement_id: links})
    with counted(tables.client) as calls:
        related = DynamoPublicStore(tables).related_items(record, NOW.date())
    assert calls == ["BatchGetItem"]
    assert related.pathway_links == tuple(links)


def test_pathway_and_its_tasks_are_stored_in_one_transaction(tables: Tables) -> None:
    task, tasks = Task("pathways", "acme", "pathway:p", NOW), DynamoTaskQueue(tables)
    pathways = DynamoPathways(tables)
    pathways.save(PATHWAY_SET, PATHWAY, {}, [task])
    assert list(tasks.due(NOW, 10)) == [task]
    tasks.done(task)
    with pytest.raises(Conflict):
        pathways.save(PATHWAY_SET, replace(PATHWAY, id="other"), {}, [task])
    assert list(tasks.due(NOW, 10)) == []
