"""`award.pathways.pathway_actions.Pathways` on both storages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.award.pathways.pathway import MAX_STEPS, Completion, Pathway
from chalicelib.award.pathways.pathway_actions import Pathways, PathwaySet
from chalicelib.award.pathways.pathway_progress import build_pathway_link
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.pathways import DynamoPathways
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
from tests.contract import nouns

PATHWAY_SET = PathwaySet("acme", b"\0\xff" * 16)
WAY = pathway(
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


def saved(pathways: Pathways, way: Pathway = WAY, pathway_set: PathwaySet = PATHWAY_SET) -> Pathway:
    pathways.save(pathway_set, way, {step: [build_pathway_link(way, step)] for step in "abcd"})
    return way


def test_a_pathway_comes_back_as_it_was_saved(pathways: Pathways) -> None:
    saved(pathways)
    assert pathways.pathway("acme", "p") == WAY
    assert pathways.version("acme", "p", 1) == WAY
    assert list(pathways.pathways("acme")) == [WAY]
    assert pathways.pathway_set("acme") == PATHWAY_SET
    assert pathways.pathway_links("acme", "a") == (build_pathway_link(WAY, "a"),)
    assert [step.name for step in pathways.pathway_links("acme", "a")[0].next] == ["B", "C", "D 👩‍🚀"]


def test_nothing_is_there_before_it_is_saved_nor_for_another_issuer(pathways: Pathways) -> None:
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


def test_every_version_stays_and_the_newest_is_read(pathways: Pathways) -> None:
    saved(pathways)
    after = replace(WAY, version=2, root=every("a"), archived=True, reward=None, reward_name=None)
    pathways.save(replace(PATHWAY_SET, version=2), after, {"a": [], "b": [build_pathway_link(WAY, "b")] * 2})
    assert pathways.pathway("acme", "p") == after
    assert list(pathways.pathways("acme")) == [after]
    assert pathways.version("acme", "p", 1) == WAY
    assert pathways.version("acme", "p", 2) == after
    assert pathways.pathway_links("acme", "a") == ()
    assert len(pathways.pathway_links("acme", "b")) == 2
    assert len(pathways.pathway_links("acme", "c")) == 1


def test_the_same_again_is_harmless(pathways: Pathways) -> None:
    saved(pathways)
    saved(pathways)
    assert pathways.pathway_set("acme") == PATHWAY_SET


@pytest.mark.parametrize(
    ("pathway_set", "way"),
    [
        (PATHWAY_SET, replace(WAY, id="other")),
        (replace(PATHWAY_SET, version=3), replace(WAY, id="other")),
        (replace(PATHWAY_SET, version=2), replace(WAY, name="Another")),
        (replace(PATHWAY_SET, version=2), replace(WAY, version=3)),
    ],
)
def test_whoever_comes_second_changes_nothing(pathways: Pathways, pathway_set: PathwaySet, way: Pathway) -> None:
    saved(pathways)
    with pytest.raises(Conflict):
        pathways.save(pathway_set, way, {"a": []})
    assert list(pathways.pathways("acme")) == [WAY]
    assert pathways.pathway_set("acme") == PATHWAY_SET
    assert pathways.pathway_links("acme", "a") == (build_pathway_link(WAY, "a"),)


def test_of_many_who_save_at_once_one_does(tables: Tables) -> None:
    pathways = DynamoPathways(tables)

    def save(number: int) -> bool:
        try:
            pathways.save(PATHWAY_SET, replace(WAY, id=f"p{number}"), {})
        except (Conflict, Unavailable):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, range(8))) == 1
    assert len(list(pathways.pathways("acme"))) == 1


def test_the_largest_pathway_replaces_another_largest_in_one_transaction(tables: Tables) -> None:
    pathways, url = DynamoPathways(tables), "https://acme.example/" + "x" * 1900

    def large(letter: str, version: int) -> Pathway:
        leaves = [leaf(f"{letter}{n:036}", name="ü" * 200, description="ü" * 1000, url=url) for n in range(MAX_STEPS)]
        return pathway(every(*leaves), version=version)

    posts = [build_pathway_link(large("a", 1), f"a{0:036}")] * 5
    pathways.save(PATHWAY_SET, large("a", 1), {f"a{n:036}": posts for n in range(MAX_STEPS)})
    both = {f"{letter}{n:036}": posts for n in range(MAX_STEPS) for letter in "ab"}
    pathways.save(replace(PATHWAY_SET, version=2), large("b", 2), both)
    assert pathways.pathway("acme", "p") == large("b", 2)
    assert pathways.pathway_links("acme", f"b{0:036}") == tuple(posts)


def test_a_completion_is_kept_as_it_was_first(pathways: Pathways) -> None:
    pathways.complete(DONE)
    pathways.complete(replace(DONE, version=2, credentials=()))
    assert pathways.completion("acme", "p", DONE.id) == DONE


def test_a_completion_without_a_reward_gives_way_to_one_with_it_and_to_no_other(pathways: Pathways) -> None:
    bare = replace(DONE, rewarded=False)
    pathways.complete(bare)
    pathways.complete(replace(bare, version=2))
    assert pathways.completion("acme", "p", DONE.id) == bare
    pathways.complete(DONE)
    assert pathways.completion("acme", "p", DONE.id) == DONE


def test_completions_are_read_in_pages_without_a_gap(pathways: Pathways) -> None:
    every_one = [replace(DONE, id=letter * 26) for letter in "abcdefg"]
    for each in every_one[::-1]:
        pathways.complete(each)
    pathways.complete(replace(DONE, pathway_id="p2"))
    pathways.complete(replace(DONE, issuer_id="other"))
    read: list[Completion] = []
    while page := pathways.completions("acme", "p", read[-1].id if read else None, 3):
        read += page
    assert read == every_one


def test_reading_a_pathway_is_one_call(tables: Tables) -> None:
    pathways = DynamoPathways(tables)
    saved(pathways)
    with counted(tables.client) as calls:
        pathways.pathway("acme", "p")
        pathways.pathway_links("acme", "a")
        list(pathways.pathways("acme"))
    assert calls == ["GetItem", "GetItem", "Query"]


def test_keys_of_two_issuers_never_meet() -> None:
    made = {keys.pathway(issuer_id, "p") for issuer_id in ("a", "a#PATHWAY", "a%23PATHWAY")} | {
        keys.completion("a", "PATHWAY#p", "c"),
        keys.completion("a#PATHWAY", "p", "c"),
        keys.webhook("a", "p"),
    }
    assert len(made) == 6


def test_a_view_reads_the_signposts_in_its_one_call_for_what_is_around(tables: Tables) -> None:
    record = nouns.record()
    way = pathway(in_order(record.achievement_id, "b"), issuer_id=record.issuer_id)
    posts = [build_pathway_link(way, record.achievement_id)]
    DynamoPathways(tables).save(PathwaySet(record.issuer_id, b"s" * 32), way, {record.achievement_id: posts})
    with counted(tables.client) as calls:
        found = DynamoPublicStore(tables).related_items(record, NOW.date())
    assert calls == ["BatchGetItem"]
    assert found.pathway_links == tuple(posts)


def test_what_has_to_follow_is_stored_with_the_pathway_or_not_at_all(tables: Tables) -> None:
    task, tasks = Task("pathways", "acme", "pathway:p", NOW), DynamoTaskQueue(tables)
    pathways = DynamoPathways(tables)
    pathways.save(PATHWAY_SET, WAY, {}, [task])
    assert list(tasks.due(NOW, 10)) == [task]
    tasks.done(task)
    with pytest.raises(Conflict):
        pathways.save(PATHWAY_SET, replace(WAY, id="other"), {}, [task])
    assert list(tasks.due(NOW, 10)) == []
